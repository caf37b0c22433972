import Groundwork
import StrictYAML

/// The rules in force, as one YAML file. What is approved and recorded is the digest of the file's exact bytes.
public struct Policy: Sendable, Equatable {
    /// The exact bytes of the file.
    public let bytes: [UInt8]
    /// SHA-256 of `bytes`.
    public let digest: Digest
    /// Where every value stands in the file, for errors that are found later.
    public let source: SourceMap
    /// The authority's slug, `[a-z0-9-]{1,32}`; the name of its directory and the origin of its checkpoints.
    public let authority: String
    public let environment: DeploymentEnvironment
    /// The organization's name; `{organization}` in templates. Nil: no template may use it.
    public let organization: String?
    /// Sorted by id.
    public let operators: [Operator]
    /// By the token's name in the policy.
    public let tokens: [String: TokenPolicy]
    /// Who must approve each kind of operation. A kind without a quorum cannot be done under this policy.
    public let quorums: [OperationKind: QuorumRule]
    /// The quorum of a profile, in place of its operation's.
    public let profileQuorums: [String: QuorumRule]
    /// The quorums of scope values, in place of the profile's and the operation's. All are of one scope field; sorted by
    /// path.
    public let scopeQuorums: [ScopeQuorum]
    /// Who must sign the checkpoint of a ceremony before the next one is opened; nil: nobody has to.
    public let closing: QuorumRule?
    public let approvals: ApprovalRules
    /// By profile name.
    public let profiles: [String: Profile]
    /// The scope fields that profiles draw from, by name.
    public let scopeFields: [String: ScopeField]
    public let crl: CRLRules
    public let bundle: BundleRules
    /// Revocations that are signed before they are needed; nil: none are.
    public let breakGlass: BreakGlassRules?
    public let ledger: LedgerRules
    /// How fast an incident is to be answered.
    public let response: ResponseRules
    public let limits: Limits

    public init(
        bytes: [UInt8], digest: Digest, source: SourceMap, authority: String, environment: DeploymentEnvironment,
        organization: String? = nil, operators: [Operator], tokens: [String: TokenPolicy],
        quorums: [OperationKind: QuorumRule], profileQuorums: [String: QuorumRule],
        scopeQuorums: [ScopeQuorum] = [], closing: QuorumRule? = nil, approvals: ApprovalRules,
        profiles: [String: Profile], scopeFields: [String: ScopeField], crl: CRLRules, bundle: BundleRules,
        breakGlass: BreakGlassRules? = nil, ledger: LedgerRules, response: ResponseRules = .none, limits: Limits
    ) {
        self.bytes = bytes
        self.digest = digest
        self.source = source
        self.authority = authority
        self.environment = environment
        self.organization = organization
        self.operators = operators
        self.tokens = tokens
        self.quorums = quorums
        self.profileQuorums = profileQuorums
        self.scopeQuorums = scopeQuorums
        self.closing = closing
        self.approvals = approvals
        self.profiles = profiles
        self.scopeFields = scopeFields
        self.crl = crl
        self.bundle = bundle
        self.breakGlass = breakGlass
        self.ledger = ledger
        self.response = response
        self.limits = limits
    }

    /// The operators with a role, sorted by id.
    public func operators(withRole role: String) -> [Operator] { operators.filter { $0.roles.contains(role) } }

    /// Whether an operation can be done under this policy, for one scope value at least.
    func hasQuorum(for kind: OperationKind, profile: String?) -> Bool {
        quorum(for: kind, profile: profile) != nil || scopeQuorums.contains { $0.kind == kind }
    }

    /// The quorum of an operation: that of a value of the scope if there is one, else the profile's own, else the
    /// operation's; nil: nobody may.
    ///
    /// - Parameter scope: of the certificate that is issued or revoked, or of the issuer of a CRL.
    public func quorum(
        for kind: OperationKind, profile: String? = nil, scope: [String: String] = [:]
    ) -> QuorumRule? {
        if let own = scopeQuorums.first(where: { $0.kind == kind && scope[$0.field] == $0.value }) { return own.rule }
        if let profile, let rule = profileQuorums[profile] { return rule }
        return quorums[kind]
    }
}
