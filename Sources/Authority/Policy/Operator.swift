import Groundwork

/// A person. Persons are counted, never keys: two approvals with two keys of one operator count once.
public struct Operator: Sendable, Equatable {
    /// Short name in the policy, `[a-z0-9-]{1,32}`.
    public let id: String
    /// The person's name as it is printed.
    public let name: String
    /// At least one; the roles that quorums count.
    public let roles: Set<String>
    /// At least one. No key belongs to two operators.
    public let keys: [OperatorKey]

    public init(id: String, name: String, roles: Set<String>, keys: [OperatorKey]) {
        self.id = id
        self.name = name
        self.roles = roles
        self.keys = keys
    }
}

/// A public key with which an operator approves.
public struct OperatorKey: Sendable, Equatable {
    /// One line as in OpenSSH's `authorized_keys`, without options: key type, base64, comment.
    public let authorizedKeysLine: String
    /// Approvals made before this instant do not count; nil: no limit.
    public let notBefore: Timestamp?
    /// Approvals made after this instant do not count; nil: no limit.
    public let notAfter: Timestamp?

    public init(authorizedKeysLine: String, notBefore: Timestamp? = nil, notAfter: Timestamp? = nil) {
        self.authorizedKeysLine = authorizedKeysLine
        self.notBefore = notBefore
        self.notAfter = notAfter
    }
}
