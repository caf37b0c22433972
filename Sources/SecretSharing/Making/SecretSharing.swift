import Groundwork

/// How many of how many shares of a group are needed.
public struct ShareGroup: Hashable, Sendable {
    public let threshold: Int
    public let count: Int

    public init(threshold: Int, count: Int) {
        self.threshold = threshold
        self.count = count
    }
}

/// SLIP-0039: a secret as shares in words, of which any large enough part gives it back and any smaller part tells
/// nothing. What they give back then stands in this machine's memory, so sharing guards a secret while nobody uses it.
public enum SecretSharing {
    /// Makes shares, for each group as many as it counts.
    ///
    /// - Parameters:
    ///   - secret: 16 bytes or more, an even number up to 1270.
    ///   - groups: 1 to 16 groups of 1 to 16 shares. 1 of several is refused: such shares would be copies of one.
    ///   - groupThreshold: how many of the groups are needed.
    ///   - passphrase: printable ASCII; nil is the empty one. Without it the shares give another secret, and nothing
    ///     tells that it is another.
    ///   - iterationExponent: 0...15. PBKDF2 slows down who guesses the passphrase: 10000 · 2^e iterations.
    ///   - extendable: whether shares that are made later with the same identifier and passphrase give the same secret.
    /// - Throws: ``SplitError``
    public static func split(
        secret: SecretBytes, groups: [ShareGroup], groupThreshold: Int, passphrase: SecretBytes? = nil,
        iterationExponent: Int = 1, extendable: Bool = true
    ) throws(SplitError) -> [[Share]] {
        try split(
            secret: secret, groups: groups, groupThreshold: groupThreshold, passphrase: passphrase,
            iterationExponent: iterationExponent, extendable: extendable, random: fillFromSystem)
    }

    /// The first two words of every share of a set that ``split`` made with its defaults.
    ///
    /// - Parameter identifier: 15 bits.
    public static func setName(ofIdentifier identifier: UInt16) -> String {
        Share.SetParameters(
            identifier: identifier & 0x7fff, isExtendable: true, iterationExponent: 1, groupThreshold: 1, groupCount: 1
        ).name
    }

    static func split(
        secret: SecretBytes, groups: [ShareGroup], groupThreshold: Int, passphrase: SecretBytes?,
        iterationExponent: Int, extendable: Bool, random: RandomSource
    ) throws(SplitError) -> [[Share]] {
        try check(secret, groups, groupThreshold, passphrase, iterationExponent)
        var identifier: UInt16 = 0
        withUnsafeMutableBytes(of: &identifier, random)
        let set = Share.SetParameters(
            identifier: identifier & 0x7fff, isExtendable: extendable, iterationExponent: iterationExponent,
            groupThreshold: groupThreshold, groupCount: groups.count)
        let encrypted = try MasterSecretCipher(parameters: set, passphrase: passphrase)
            .encrypt(secret, orThrow: SplitError.self)

        let ofGroups = try values(of: encrypted, ShareGroup(threshold: groupThreshold, count: groups.count), random)
        var result: [[Share]] = []
        for (index, (group, value)) in zip(groups, ofGroups).enumerated() {
            result.append(
                try values(of: value, group, random).enumerated().map { member, value in
                    Share(
                        set: set, groupIndex: index, memberIndex: member, memberThreshold: group.threshold, value: value
                    )
                })
        }
        return result
    }

    /// The values of a polynomial that is random but for the secret and its digest. With a threshold of 1 each is the
    /// secret.
    private static func values(
        of secret: SecretBytes, _ group: ShareGroup, _ random: RandomSource
    ) throws(SplitError) -> [SecretBytes] {
        if group.threshold == 1 { return Array(repeating: secret, count: group.count) }
        var values: [SecretBytes] = []
        for _ in 0..<(group.threshold - 2) {
            values.append(
                try SecretBytes.filled(secret.count, orThrow: SplitError.self) { value throws(SplitError) in
                    random(value)
                })
        }
        let digest = try ShareDigest.make(secret: secret, random: random, orThrow: SplitError.self)
        let polynomial = Polynomial(
            points: values.enumerated().map { Polynomial.Point(x: UInt8($0), y: $1) } + [
                Polynomial.Point(x: Polynomial.digestPlace, y: digest),
                Polynomial.Point(x: Polynomial.secretPlace, y: secret),
            ])
        for x in values.count..<group.count {
            values.append(try polynomial.value(at: UInt8(x), orThrow: SplitError.self))
        }
        return values
    }

    private static func check(
        _ secret: SecretBytes, _ groups: [ShareGroup], _ groupThreshold: Int, _ passphrase: SecretBytes?,
        _ iterationExponent: Int
    ) throws(SplitError) {
        guard secret.count >= 16, secret.count.isMultiple(of: 2),
            ShareLayout.wordCount(forSecretOf: secret.count) <= ShareLayout.longest
        else { throw .secretLength(secret.count) }
        guard (1...16).contains(groups.count) else { throw .groupCount(groups.count) }
        guard (1...groups.count).contains(groupThreshold) else {
            throw .groupThreshold(groupThreshold, groups: groups.count)
        }
        for (index, group) in groups.enumerated() {
            guard (1...16).contains(group.count) else { throw .memberCount(group.count, group: index) }
            guard (1...group.count).contains(group.threshold) else {
                throw .memberThreshold(group.threshold, members: group.count, group: index)
            }
            guard group.threshold > 1 || group.count == 1 else {
                throw .oneOfSeveral(members: group.count, group: index)
            }
        }
        guard (0...15).contains(iterationExponent) else { throw .iterationExponent(iterationExponent) }
        guard passphrase?.isPrintable != false else { throw .passphraseNotPrintable }
    }
}
