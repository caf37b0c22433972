/// A quorum for what concerns one value of a scope field: the engineers of one factory approve for their factory only.
///
/// It takes the place of the profile's and the operation's quorum: for what is issued with that value in its scope, for
/// the revocation of such a certificate, and for the CRL of such an issuer.
public struct ScopeQuorum: Sendable, Hashable {
    /// The name of the scope field, such as `factory`.
    public let field: String
    /// The value of the field, such as `tallinn`.
    public let value: String
    /// A kind that ``OperationKind/hasScope``.
    public let kind: OperationKind
    public let rule: QuorumRule

    public init(field: String, value: String, kind: OperationKind, rule: QuorumRule) {
        self.field = field
        self.value = value
        self.kind = kind
        self.rule = rule
    }

    /// Where it stands in the policy file.
    public var path: String { "scope-quorums.\(field).\(value).\(kind.rawValue)" }
}
