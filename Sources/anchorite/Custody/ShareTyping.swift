import Groundwork
import SecretSharing

/// A share as it is typed at the terminal. Nothing is echoed but how many words there are, unless that is wanted.
struct ShareTyping {
    let keyboard: Keyboard
    let showsWords: Bool
    /// How many words a share has: 20 of a token's PINs, 33 of a package's key.
    var length = 20
    /// The words with which the shares begin that are wanted; nil takes any.
    var setName: String?

    enum Outcome {
        case share(Share)
        /// Enter, before anything was typed.
        case nothing
    }

    /// Reads one share.
    ///
    /// - Parameter shown: what the custodian was shown and types back; another word is told at once.
    /// - Throws: ``Failure`` when the terminal is closed, `ShareError` when the words are no share.
    func read(shown: Share? = nil) throws -> Outcome {
        var isEmpty = false
        let text = try SecretBytes(capacity: ShareEntry.capacity(ofWords: length)) { memory in
            var entry = try ShareEntry(into: memory, length: length, shown: shown)
            mark(0)
            while true {
                switch entry.take(try keyboard.key()) {
                case .nothing:
                    continue
                case .word(let number):
                    if showsWords { show(number, entry, memory) }
                    if number == 2, let setName, !begins(memory, entry, with: setName) {
                        say("Shares of another set begin so. Those that are wanted begin with \"\(setName)\". Press Ctrl-U to begin again.")
                    }
                    mark(number)
                case .takenBack(let number):
                    mark(number - 1)
                case .cleared:
                    mark(0)
                case .wrong(let number):
                    say(shown == nil
                        ? "Word \(number) is none of the words of shares. Type it again."
                        : "Word \(number) is not the one that was shown. Type it again.")
                    mark(number - 1)
                case .tooMany:
                    say("A share has \(length) words, and they are all here. Press Enter, or Ctrl-U to begin again.")
                    mark(length)
                case .incomplete(let count):
                    // Enter after each word is as good as a space; how many are here stands on the line.
                    mark(count)
                case .empty:
                    isEmpty = true
                    keyboard.show("\n")
                    return 0
                case .complete:
                    keyboard.show("\n")
                    return entry.textCount
                }
            }
        }
        return isEmpty ? .nothing : .share(try Share(text))
    }

    /// `  9 of 20  •••••••••`
    private func mark(_ count: Int) {
        keyboard.show("\r\u{1b}[K")
        keyboard.show("  \(count < 10 ? " " : "")\(count) of \(length)  ")
        for _ in 0..<count { keyboard.show("•") }
    }

    /// The word that was completed last, on a line of its own.
    private func show(_ number: Int, _ entry: ShareEntry, _ memory: UnsafeMutableRawBufferPointer) {
        keyboard.show("\r\u{1b}[K  \(number < 10 ? " " : "")\(number). ")
        var start = entry.textCount
        while start > 0, memory[start - 1] != 0x20 { start -= 1 }
        // At most eight letters: a string of that length has no memory of its own.
        keyboard.show(String(decoding: memory[start..<entry.textCount], as: UTF8.self))
        keyboard.show("\n")
    }

    /// The first two words tell nothing of the secret.
    private func begins(_ memory: UnsafeMutableRawBufferPointer, _ entry: ShareEntry, with name: String) -> Bool {
        memory[..<entry.textCount].elementsEqual(name.utf8)
    }

    private func say(_ sentence: String) {
        keyboard.show("\r\u{1b}[K\u{07}  \(sentence)\n")
        keyboard.forgetTyped()
    }
}
