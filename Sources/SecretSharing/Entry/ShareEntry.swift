import Groundwork

/// A share as it is typed, key by key, into memory that the caller has locked.
///
/// A word is known by its first four letters; whether the rest is typed does not matter, but what is typed of it must be
/// right. White space ends a word, Enter the share. What is shown to people must come from the answers, which never hold
/// a word.
public struct ShareEntry {
    /// What a key did. Words are counted from 1.
    public enum Answer: Hashable, Sendable {
        /// A letter inside a word, white space, a key without meaning.
        case nothing
        /// The word is known.
        case word(Int)
        /// The word is to be typed again, since it was taken back.
        case takenBack(Int)
        /// All words are to be typed again, since they were taken back.
        case cleared
        /// What was typed is no word of shares, or not the one that was shown; it is to be typed again.
        case wrong(Int)
        /// A word follows the last one.
        case tooMany
        /// Enter, with all words there.
        case complete
        /// Enter, with so many words there.
        case incomplete(Int)
        /// Enter, and nothing was typed.
        case empty
    }

    private enum Escape { case none, begun, inSequence }

    private let memory: UnsafeMutableRawBufferPointer
    /// The number of words that a share has.
    public let length: Int
    /// The words that were shown, as `ShareLayout` has them.
    private let expected: SecretBytes?
    /// How many words are complete.
    public private(set) var count = 0
    /// The text of the complete words, with a space between them, takes so many bytes.
    public private(set) var textCount = 0
    /// The letters of the current word that were typed, which stand behind the text.
    private var letters = 0
    /// The last word is known, and may still be typed to its end: the place of its next letter.
    private var isOpen = false
    private var rest = 0
    private var escape = Escape.none

    /// - Parameters:
    ///   - memory: ``capacity(ofWords:)`` bytes, which hold the share's text once it is complete.
    ///   - length: the number of words that the share has.
    ///   - shown: the share that is typed back; nil when it is not known what will be typed.
    /// - Throws: ``ShareError/memory(reason:)``
    public init(
        into memory: UnsafeMutableRawBufferPointer, length: Int, shown: Share? = nil
    ) throws(ShareError) {
        precondition(memory.count >= Self.capacity(ofWords: length), "too little memory for a share")
        self.memory = memory
        self.length = length
        expected = if let shown { try ShareLayout.encode(shown) } else { nil }
    }

    /// How much memory so many words take: eight letters each, and what is between them.
    public static func capacity(ofWords length: Int) -> Int { 9 * length }

    /// Takes a key.
    public mutating func take(_ key: UInt8) -> Answer {
        switch escape {
        case .begun:
            escape = key == UInt8(ascii: "[") || key == UInt8(ascii: "O") ? .inSequence : .none
            return .nothing
        case .inSequence:
            if (0x40...0x7e).contains(key) { escape = .none }
            return .nothing
        case .none: break
        }
        switch key {
        case 0x1b:
            escape = .begun
            return .nothing
        case UInt8(ascii: "a")...UInt8(ascii: "z"): return letter(key)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): return letter(key | 0x20)
        case 0x08, 0x7f: return takeBack()
        case 0x15: return clear()
        case 0x0a, 0x0d: return end()
        case 0x09, 0x20: return separate()
        default: return .nothing
        }
    }

    private mutating func letter(_ letter: UInt8) -> Answer {
        if isOpen {
            guard rest < textCount, memory[rest] == letter else {
                removeWord()
                return .wrong(count + 1)
            }
            rest += 1
            return .nothing
        }
        guard count < length else { return .tooMany }
        memory[letterPlace + letters] = letter
        letters += 1
        guard letters == 4 else { return .nothing }
        return recognize()
    }

    /// Where the current word begins.
    private var letterPlace: Int { count == 0 ? 0 : textCount + 1 }

    private mutating func recognize() -> Answer {
        let start = letterPlace
        let typed = UnsafeRawBufferPointer(rebasing: memory[start..<(start + letters)])
        letters = 0
        guard let index = ShareWords.index(of: typed), isExpected(index) else {
            wipe(from: textCount)
            return .wrong(count + 1)
        }
        if count > 0 { memory[textCount] = 0x20 }
        var place = start
        for letter in ShareWords.all[index].utf8 {
            memory[place] = letter
            place += 1
        }
        rest = start + 4
        textCount = place
        count += 1
        isOpen = true
        return .word(count)
    }

    private func isExpected(_ index: Int) -> Bool {
        guard let expected else { return true }
        return expected.withUnsafeBytes { 2 * count + 1 < $0.count && ShareLayout.word(count, $0) == index }
    }

    private mutating func separate() -> Answer {
        isOpen = false
        guard letters > 0 else { return .nothing }
        letters = 0
        wipe(from: textCount)
        return .wrong(count + 1)
    }

    private mutating func end() -> Answer {
        let answer = separate()
        if case .wrong = answer { return answer }
        if count == length { return .complete }
        return count == 0 ? .empty : .incomplete(count)
    }

    private mutating func takeBack() -> Answer {
        if letters > 0 {
            letters -= 1
            memory[letterPlace + letters] = 0
            return .nothing
        }
        guard count > 0 else { return .nothing }
        removeWord()
        return .takenBack(count + 1)
    }

    private mutating func removeWord() {
        isOpen = false
        var start = textCount
        while start > 0, memory[start - 1] != 0x20 { start -= 1 }
        textCount = max(0, start - 1)
        count -= 1
        wipe(from: textCount)
    }

    private mutating func clear() -> Answer {
        (count, textCount, letters, isOpen) = (0, 0, 0, false)
        wipe(from: 0)
        return .cleared
    }

    private func wipe(from start: Int) {
        for place in start..<memory.count { memory[place] = 0 }
    }
}
