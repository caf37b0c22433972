import Groundwork

/// Shares of one secret as they come in, one by one, until there are enough.
///
/// SLIP-0039 combines exactly as many groups as are needed with exactly as many shares each. Shares beyond are refused
/// when they come; groups that were begun but are not needed in the end are left out.
public struct ShareSet: Sendable {
    /// Of the first share; nil before it.
    public private(set) var parameters: Share.SetParameters?
    private var groups: [Int: [Share]] = [:]

    public init() {}

    /// Takes a share that is needed.
    ///
    /// - Throws: ``ShareSetError``, and the set is as before.
    public mutating func add(_ share: Share) throws(ShareSetError) {
        if let parameters, let first = groups.values.first?.first {
            try Self.check(share, against: parameters, wordCount: first.wordCount)
        }
        let members = groups[share.groupIndex] ?? []
        if let known = members.first, known.memberThreshold != share.memberThreshold {
            throw .contradiction(
                .memberThreshold(group: share.groupIndex), expected: known.memberThreshold, found: share.memberThreshold
            )
        }
        if let known = members.first(where: { $0.memberIndex == share.memberIndex }) {
            throw known.isEqual(to: share)
                ? .duplicate(group: share.groupIndex, member: share.memberIndex)
                : .sameIndex(group: share.groupIndex, member: share.memberIndex)
        }
        guard members.count < share.memberThreshold else { throw .groupComplete(group: share.groupIndex) }
        guard !isComplete else { throw .groupNotNeeded(group: share.groupIndex) }
        parameters = share.set
        groups[share.groupIndex] = members + [share]
    }

    private static func check(
        _ share: Share, against expected: Share.SetParameters, wordCount: Int
    ) throws(ShareSetError) {
        let found = share.set
        guard found.identifier == expected.identifier, found.isExtendable == expected.isExtendable,
            found.iterationExponent == expected.iterationExponent
        else { throw .otherSet(expected: ShareLayout.setName(expected), found: share.setName) }
        for (field, expected, found) in [
            (ShareSetError.Field.groupThreshold, expected.groupThreshold, found.groupThreshold),
            (.groupCount, expected.groupCount, found.groupCount),
            (.wordCount, wordCount, share.wordCount),
        ] where expected != found {
            throw .contradiction(field, expected: expected, found: found)
        }
    }

    /// Whether the secret can be combined; every further share is refused then.
    public var isComplete: Bool {
        guard let parameters else { return false }
        return completeGroups.count == parameters.groupThreshold
    }

    private var completeGroups: [Int] {
        groups.filter { $0.value.count == $0.value.first?.memberThreshold }.keys.sorted()
    }

    /// The state of each group of the set, in their order; empty before the first share.
    public var progress: [GroupProgress] {
        (0..<(parameters?.groupCount ?? 0)).map { index in
            let members = groups[index] ?? []
            return GroupProgress(
                index: index, members: members.map(\.memberIndex).sorted(), threshold: members.first?.memberThreshold)
        }
    }

    /// The secret, once the set is complete.
    ///
    /// - Parameter passphrase: printable ASCII. A wrong one is not noticed: each opens the shares to another secret.
    /// - Throws: ``ShareSetError``
    public func combine(passphrase: SecretBytes? = nil) throws(ShareSetError) -> SecretBytes {
        guard passphrase?.isPrintable != false else { throw .passphraseNotPrintable }
        guard let parameters, isComplete else { throw .incomplete(missing: missing) }
        var points: [Polynomial.Point] = []
        for group in completeGroups {
            let members = (groups[group] ?? []).map { Polynomial.Point(x: UInt8($0.memberIndex), y: $0.value) }
            points.append(Polynomial.Point(x: UInt8(group), y: try Self.recover(from: members, group: group)))
        }
        let encrypted = try Self.recover(from: points, group: nil)
        return try MasterSecretCipher(parameters: parameters, passphrase: passphrase)
            .decrypt(encrypted, orThrow: ShareSetError.self)
    }

    /// The value shared by as many points as its threshold says, compared with its digest; a single one holds the value
    /// itself and has no digest.
    private static func recover(from points: [Polynomial.Point], group: Int?) throws(ShareSetError) -> SecretBytes {
        if points.count == 1, let only = points.first { return only.y }
        let polynomial = Polynomial(points: points)
        let secret = try polynomial.value(at: Polynomial.secretPlace, orThrow: ShareSetError.self)
        let digest = try polynomial.value(at: Polynomial.digestPlace, orThrow: ShareSetError.self)
        guard ShareDigest.matches(digest, secret: secret) else { throw .wrongDigest(group: group) }
        return secret
    }
}
