import Groundwork

/// One share of a secret: SLIP-0039, "Share format".
///
/// ```
/// id 15 bits | ext 1 | e 4 | GI 4 | Gt-1 4 | g-1 4 | I 4 | t-1 4 | padding | value | checksum 30
/// ```
public struct Share: Sendable {
    /// What all shares of one secret have in common.
    public struct SetParameters: Hashable, Sendable {
        /// 15 bits, drawn at random for each set.
        public let identifier: UInt16
        /// Whether further shares of the same secret can be made later: the identifier then is no part of the
        /// passphrase's salt.
        public let isExtendable: Bool
        /// 0...15: PBKDF2 takes 10000 · 2^e iterations.
        public let iterationExponent: Int
        /// 1...16: how many groups are needed.
        public let groupThreshold: Int
        /// 1...16
        public let groupCount: Int

        /// The first two words of every share of the set, which tell nothing of the secret.
        public var name: String { ShareLayout.setName(self) }
    }

    public let set: SetParameters
    /// Counted from 0, as the standard does; people are told one more.
    public let groupIndex: Int
    /// Counted from 0 within its group.
    public let memberIndex: Int
    /// 1...16: how many shares of its group are needed.
    public let memberThreshold: Int
    /// As long as the secret.
    public let value: SecretBytes

    init(set: SetParameters, groupIndex: Int, memberIndex: Int, memberThreshold: Int, value: SecretBytes) {
        self.set = set
        self.groupIndex = groupIndex
        self.memberIndex = memberIndex
        self.memberThreshold = memberThreshold
        self.value = value
    }

    /// 20 for a secret of 16 bytes, 33 for one of 32.
    public var wordCount: Int { ShareLayout.wordCount(forSecretOf: value.count) }

    /// The first two words, which are the same in every share of a set and tell nothing of the secret.
    public var setName: String { ShareLayout.setName(set) }

    /// Hands out the words one by one with their positions, counted from 1. Each is a string without memory of its own,
    /// and nothing remains of it once it is shown.
    ///
    /// - Throws: ``ShareError/memory(reason:)``
    public func forEachWord(_ body: (_ position: Int, _ word: String) -> Void) throws(ShareError) {
        let words = try ShareLayout.encode(self)
        words.withUnsafeBytes { words in
            for position in 0..<(words.count / 2) {
                body(position + 1, ShareWords.all[ShareLayout.word(position, words)])
            }
        }
    }

    /// All words in a row with spaces between, in ASCII.
    ///
    /// - Throws: ``ShareError/memory(reason:)``
    public func text() throws(ShareError) -> SecretBytes {
        let words = try ShareLayout.encode(self)
        return try words.withUnsafeBytes { words throws(ShareError) in
            let positions = 0..<(words.count / 2)
            let word = { (position: Int) in ShareWords.all[ShareLayout.word(position, words)].utf8 }
            let length = positions.reduce(positions.count - 1) { $0 + word($1).count }
            return try SecretBytes.filled(length, orThrow: ShareError.self) { text throws(ShareError) in
                var place = 0
                for position in positions {
                    if position > 0 {
                        text[place] = UInt8(ascii: " ")
                        place += 1
                    }
                    for letter in word(position) {
                        text[place] = letter
                        place += 1
                    }
                }
            }
        }
    }

    /// Whether the other is the same share of the same set, its value included.
    public func isEqual(to other: Share) -> Bool {
        set == other.set && groupIndex == other.groupIndex && memberIndex == other.memberIndex
            && memberThreshold == other.memberThreshold && value.isEqual(to: other.value)
    }
}

extension Share: CustomStringConvertible {
    /// Which share it is, nothing of its value.
    public var description: String {
        "share \(memberIndex + 1) of group \(groupIndex + 1) of the set \(setName)"
    }
}
