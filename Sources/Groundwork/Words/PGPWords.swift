/// Bytes as words for reading aloud over a noisy line.
///
/// Bytes at even positions become two-syllable words and bytes at odd positions three-syllable words, so that a
/// dropped, doubled or swapped word is heard at once.
public enum PGPWords {
    /// One word for each byte.
    public static func encode(_ bytes: some Sequence<UInt8>) -> [String] {
        bytes.enumerated().map { position, byte in list(at: position)[Int(byte)] }
    }

    /// The bytes behind the words, which may be written in any case.
    public static func decode(_ words: some Sequence<some StringProtocol>) throws(PGPWordsError) -> [UInt8] {
        var bytes: [UInt8] = []
        for (position, word) in words.enumerated() {
            let key = word.lowercased()
            let isEven = position.isMultiple(of: 2)
            guard let byte = (isEven ? evenValues : oddValues)[key] else {
                let isOutOfStep = (isEven ? oddValues : evenValues)[key] != nil
                let nearest = NearestName.nearest(to: key, among: list(at: position))
                throw PGPWordsError(
                    position: position + 1, word: String(word), isOutOfStep: isOutOfStep, nearest: nearest)
            }
            bytes.append(byte)
        }
        return bytes
    }

    private static let even: [String] = column(0)
    private static let odd: [String] = column(1)
    private static let evenValues = values(of: even)
    private static let oddValues = values(of: odd)

    private static func list(at position: Int) -> [String] {
        position.isMultiple(of: 2) ? even : odd
    }

    private static func column(_ column: Int) -> [String] {
        pgpWordPairs.split(separator: "\n").map { String($0.split(separator: " ")[column]) }
    }

    private static func values(of words: [String]) -> [String: UInt8] {
        var values: [String: UInt8] = [:]
        for (value, word) in words.enumerated() {
            values[word.lowercased()] = UInt8(value)
        }
        return values
    }
}

/// A spoken word that cannot stand where it stands.
public struct PGPWordsError: Error, Equatable, CustomStringConvertible {
    /// Counted from 1, as people count.
    public let position: Int
    public let word: String
    /// The word is in the list, but for the other kind of position: a word before it was dropped or doubled.
    public let isOutOfStep: Bool
    public let nearest: String?

    public var description: String {
        if isOutOfStep {
            return "word \(position), \"\(word)\", is out of step. "
                + "A word before it was left out, doubled or swapped: read them again from the start."
        }
        let hint = nearest.map { " Did you mean \"\($0)\"?" } ?? " Read it again."
        return "word \(position), \"\(word)\", is not in the PGP word list for this place.\(hint)"
    }
}
