import Groundwork
import SecretSharing

/// A new secret of a token's PINs with its shares, before anybody has them.
public struct SharedSecret: Sendable {
    /// A share and who is to hold it.
    public struct Handout: Sendable {
        public let share: Share
        public let custodian: String
        public let role: String
        /// Who else holds a copy.
        public let others: [String]
        let group: Int
        let member: Int
    }

    public let secret: SecretBytes
    public let set: Int64
    public let groups: [CustodyGroup]
    let shares: [[Share]]
    let commitments: [[Digest]]

    /// Draws a secret and splits it: every group is needed.
    ///
    /// - Parameters:
    ///   - length: of the secret, in octets: 16 for PINs, whose shares have 20 words; 32 for a key, whose shares have 33.
    ///   - others: sets whose identifiers are not to be used again, so that no share is taken for one of theirs.
    /// - Throws: `SharedPINError`, `SplitError`, `ShareError`.
    public init(
        groups: [CustodyGroup], length: Int = SharedPIN.secretLength, apartFrom others: Set<Int64> = []
    ) throws {
        let secret = length == SharedPIN.secretLength ? try SharedPIN.drawSecret() : try SecretBytes.random(count: length)
        var shares: [[Share]]
        repeat {
            shares = try SecretSharing.split(
                secret: secret, groups: groups.map { ShareGroup(threshold: $0.threshold, count: $0.members.count) },
                groupThreshold: groups.count)
        } while shares.first?.first.map { others.contains(Int64($0.set.identifier)) } ?? false
        self.secret = secret
        self.groups = groups
        self.shares = shares
        set = shares.first?.first.map { Int64($0.set.identifier) } ?? 0
        commitments = try shares.map { try $0.map { try ShareCommitment.of($0) } }
    }

    /// The words with which the shares of a set begin.
    static func setName(_ set: Int64) -> String { SecretSharing.setName(ofIdentifier: UInt16(truncatingIfNeeded: set)) }

    /// The shares in the order in which they are handed out: role by role, person by person.
    public var handouts: [Handout] {
        groups.indices.flatMap { group in
            groups[group].members.indices.flatMap { member in
                groups[group].members[member].map { custodian in
                    Handout(
                        share: shares[group][member], custodian: custodian, role: groups[group].role,
                        others: groups[group].members[member].filter { $0 != custodian }, group: group, member: member)
                }
            }
        }
    }

    /// What the record will know of it.
    public func record(token: String, serial: String, pinLength: Int) -> CustodyRecord {
        CustodyRecord(
            token: token, serial: serial, set: set, pinLength: pinLength, groups: groups, commitments: commitments)
    }
}
