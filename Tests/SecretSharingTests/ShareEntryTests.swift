import Groundwork
import Testing

@testable import SecretSharing

struct ShareEntryTests {
    /// A keyboard, and the memory that it types into.
    private final class Keyboard {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: ShareEntry.capacity(ofWords: 20), alignment: 1)
        var entry: ShareEntry

        init(shown: Share? = nil) throws {
            memory.initializeMemory(as: UInt8.self, repeating: 0)
            entry = try ShareEntry(into: memory, length: 20, shown: shown)
        }

        deinit { memory.deallocate() }

        func type(_ text: String) -> [ShareEntry.Answer] {
            text.utf8.map { entry.take($0) }.filter { $0 != .nothing }
        }

        var text: String { String(decoding: memory.prefix(entry.textCount), as: UTF8.self) }
    }

    private static let share = Result {
        try SecretSharing.split(.of([UInt8](1...16)), [(2, 3)])[0][1]
    }

    private func words() throws -> [String] {
        try Self.share.get().text().string.split(separator: " ").map(String.init)
    }

    private static let allWords = (1...20).map { ShareEntry.Answer.word($0) }

    @Test func `whole words and their first four letters give the same share`() throws {
        let words = try words()
        for typed in [words, words.map { String($0.prefix(4)) }, words.map { $0.uppercased() }] {
            let keyboard = try Keyboard()
            #expect(keyboard.type(typed.joined(separator: " ") + "\n") == Self.allWords + [.complete])
            #expect(keyboard.text == words.joined(separator: " "))
            #expect(try Share(keyboard.text).isEqual(to: Self.share.get()))
        }
    }

    @Test func `a word is known at its fourth letter`() throws {
        let keyboard = try Keyboard()
        #expect(keyboard.type("aca") == [])
        #expect(keyboard.type("d") == [.word(1)])
        #expect(keyboard.type("emic") == [])
        #expect(keyboard.text == "academic")
    }

    @Test(arguments: ["acax", "aca ", "a\n", "academix", "academics", "zzzz"])
    func `a wrong word is told with its number, and typed again`(_ wrong: String) throws {
        let keyboard = try Keyboard()
        _ = keyboard.type("charity ")
        #expect(keyboard.type(wrong).last == .wrong(2))
        #expect(keyboard.type("\u{15}") == [.cleared])
        #expect(keyboard.type("charity acid ") == [.word(1), .word(2)])
        #expect(keyboard.text == "charity acid")
    }

    @Test func `words that were shown must come back, each told at once`() throws {
        let words = try words()
        let keyboard = try Keyboard(shown: Self.share.get())
        #expect(keyboard.type(words[0] + " ") == [.word(1)])
        let other = words[1] == "academic" ? "acid" : "academic"
        #expect(keyboard.type(String(other.prefix(4))) == [.wrong(2)])
        #expect(keyboard.type(words.dropFirst().joined(separator: " ") + "\r").last == .complete)
        #expect(keyboard.text == words.joined(separator: " "))
    }

    @Test func `backspace takes back a letter, or a word`() throws {
        let keyboard = try Keyboard()
        #expect(keyboard.type("chx\u{7f}arity acid ") == [.word(1), .word(2)])
        #expect(keyboard.type("\u{08}") == [.takenBack(2)])
        #expect(keyboard.text == "charity")
        #expect(keyboard.type("\u{7f}\u{7f}") == [.takenBack(1)])
        #expect(keyboard.text == "")
        #expect(keyboard.memory.allSatisfy { $0 == 0 })
    }

    @Test func `a line that ends too early, or without a word, says so`() throws {
        let keyboard = try Keyboard()
        #expect(keyboard.type("\n") == [.empty])
        #expect(keyboard.type(" charity\n") == [.word(1), .incomplete(1)])
        #expect(keyboard.type("acid\n") == [.word(2), .incomplete(2)])
    }

    @Test func `a word too many is told`() throws {
        let keyboard = try Keyboard()
        let text = try words().joined(separator: " ")
        #expect(keyboard.type(text + " a") == Self.allWords + [.tooMany])
        #expect(keyboard.type("\n") == [.complete])
    }

    @Test func `arrow keys, digits and signs mean nothing`() throws {
        let keyboard = try Keyboard()
        #expect(keyboard.type("1. cha\u{1b}[A\u{1b}OB\u{1b}[1;5Crity\t2) acid ") == [.word(1), .word(2)])
        #expect(keyboard.text == "charity acid")
    }
}
