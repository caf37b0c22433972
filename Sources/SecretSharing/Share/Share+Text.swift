import Groundwork

extension Share {
    /// Reads a share as it was written down: its words in any case with white space between, each whole or shortened to
    /// four letters or more.
    ///
    /// - Throws: ``ShareError``
    public init(_ text: SecretBytes) throws(ShareError) {
        self = try text.withUnsafeBytes { text throws(ShareError) in try Self.read(text) }
    }

    /// The same for a string, of which nothing is wiped: for shares that are no secret.
    ///
    /// - Throws: ``ShareError``
    public init(_ text: String) throws(ShareError) {
        var bytes = Array(text.utf8)
        let secret: SecretBytes
        do {
            secret = try SecretBytes(wiping: &bytes)
        } catch {
            throw .memory(reason: "\(error)")
        }
        try self.init(secret)
    }

    private static func read(_ text: UnsafeRawBufferPointer) throws(ShareError) -> Share {
        let isSpace = { (character: UInt8) in character == 0x20 || (0x09...0x0d).contains(character) }
        let ranges = text.split(maxSplits: ShareLayout.longest + 1, whereSeparator: isSpace).map(\.indices)
        let words = try SecretBytes.filled(2 * ranges.count, orThrow: ShareError.self) { words throws(ShareError) in
            for (position, range) in ranges.enumerated().prefix(ShareLayout.longest) {
                let word = UnsafeRawBufferPointer(rebasing: text[range])
                guard let index = ShareWords.index(of: word) else {
                    let nearest = word.count > 15 ? nil : ShareWords.nearest(to: String(decoding: word, as: UTF8.self))
                    throw .unknownWord(position: position + 1, nearest: nearest)
                }
                words[2 * position] = UInt8(index >> 8)
                words[2 * position + 1] = UInt8(index & 0xff)
            }
        }
        guard ranges.count >= ShareLayout.shortest else { throw .tooFewWords(ranges.count) }
        guard ranges.count <= ShareLayout.longest else { throw .tooManyWords }
        return try words.withUnsafeBytes { words throws(ShareError) in try ShareLayout.decode(words) }
    }
}
