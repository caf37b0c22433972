import Authority
import Groundwork

/// The last act in the room: the words of the record are read aloud, and somebody types back four that the tool picks.
struct ReadingBack {
    static let count = 4

    let room: RoomTerminal
    let root: Digest
    /// The numbers of the words to be typed, from 1, rising.
    let numbers: [Int]

    init(_ room: RoomTerminal, _ root: Digest) {
        self.room = room
        self.root = root
        numbers = (1...root.words.count).shuffled().prefix(Self.count).sorted()
    }

    /// - Parameter writeDeviation: what happens when somebody types `d`.
    /// - Throws: ``Failure`` when nobody answers any more.
    func ask(writeDeviation: () -> Void) throws {
        room.say("")
        room.say("Read these words aloud. Everybody writes them down, or compares a print.")
        let list = Phrase.list(numbers.map(String.init))
        room.say("Then one who did not read types words \(list) from paper.")
        let words = root.words
        for number in numbers {
            let word = words[number - 1]
            while true {
                guard let answer = room.line("word \(number)? ") else {
                    throw Failure(
                        Exit.check, "The ceremony is closed, and nobody typed its words back",
                        advice: "Compare them now: anchorite witness shows them again")
                }
                if answer == "d" {
                    writeDeviation()
                    continue
                }
                if answer.lowercased() == word.lowercased() { break }
                room.say(explanation(answer, number), .yellow)
            }
        }
        room.say("The words are the same on paper and here.", .green)
    }

    private func explanation(_ answer: String, _ number: Int) -> String {
        let row = (number - 1) / NumberedWords.inRow + 1
        guard !answer.isEmpty, answer != "?" else { return "It stands in row \(row), under the number \(number)." }
        let shown = Shown.text(String(answer.prefix(30)))
        if let other = root.words.firstIndex(where: { $0.lowercased() == answer.lowercased() }) {
            return "\"\(shown)\" is word \(other + 1), not \(number). Look at row \(row) of your paper."
        }
        return "\"\(shown)\" is not word \(number). Compare row \(row) of your paper, and type it again."
    }
}
