import Groundwork

/// The words in which shares are written: SLIP-0039, "Wordlist".
///
/// Each has four to eight letters and is known by its first four. Which word a share holds may be seen in how long its
/// lookup takes: words are typed by people and shown to them, so only arithmetic on values is free of that.
public enum ShareWords {
    /// All 1024, in alphabetic order.
    public static let all: [String] = shareWordList.split { $0 == " " || $0 == "\n" }.map(String.init)

    /// The words that begin so, in any case; all of them for an empty prefix.
    public static func completions(of prefix: some StringProtocol) -> [String] {
        let prefix = prefix.lowercased()
        return all.filter { $0.hasPrefix(prefix) }
    }

    /// The only word that begins so, or nil when several do or none.
    public static func complete(_ prefix: some StringProtocol) -> String? {
        let found = completions(of: prefix)
        return found.count == 1 ? found.first : nil
    }

    /// The word that a mistyped one is closest to, or nil when none is close.
    public static func nearest(to word: some StringProtocol) -> String? {
        NearestName.nearest(to: String(word), among: all)
    }

    /// The place of a word in the list: in any case, whole or shortened to four letters or more.
    public static func index(of word: some StringProtocol) -> Int? {
        Array(word.utf8).withUnsafeBytes { index(of: $0) }
    }

    /// The same for the bytes of a word, without a copy of them.
    static func index(of word: UnsafeRawBufferPointer) -> Int? {
        guard (4...8).contains(word.count) else { return nil }
        let key = key(word)
        var range = keys.indices
        while let first = range.first {
            let middle = first + range.count / 2
            if keys[middle] == key {
                let known = all[middle].utf8
                let isPrefix = word.count <= known.count && zip(word, known).allSatisfy { lowercase($0) == $1 }
                return isPrefix ? middle : nil
            }
            range = keys[middle] < key ? (middle + 1)..<range.upperBound : first..<middle
        }
        return nil
    }

    /// The first four letters of each word as a number.
    private static let keys: [UInt32] = all.map { word in Array(word.utf8).withUnsafeBytes { key($0) } }

    private static func key(_ word: UnsafeRawBufferPointer) -> UInt32 {
        word.prefix(4).reduce(0) { $0 << 8 | UInt32(lowercase($1)) }
    }

    private static func lowercase(_ character: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(character) ? character | 0x20 : character
    }
}
