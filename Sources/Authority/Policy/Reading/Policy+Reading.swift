import Groundwork
import StrictYAML

/// The keys of a policy file.
private enum PolicyKeys {
    static let format = YAMLKey.required(
        "anchorite", YAMLForm<String>.name(among: ["policy/1"], "the format of a policy"),
        "What the file is: policy/1.")
    static let authority = YAMLKey.required(
        "authority", YAMLForm<String>.slug, "The authority's short name, such as acme-devices.")
    static let environment = YAMLKey.required(
        "environment", YAMLForm<DeploymentEnvironment>.choice,
        "Part of every name and record; a file of one environment is refused in another.")
    static let organization = YAMLKey.optional(
        "organization", YAMLForm<String>.line(maximumLength: 64), "{organization} in templates.")
    static let operators = YAMLKey.required("operators", Operator.form, "The persons, by short name.")
    static let tokens = YAMLKey.required("tokens", TokenPolicy.form, "The tokens, by the name that ceremonies use.")
    static let quorums = YAMLKey.required("quorums", OperationKind.quorumForm, "Who must approve what.")
    static let scopeQuorums = YAMLKey.standard(
        "scope-quorums", ScopeQuorum.form, [], as: "{}",
        "Quorums for one value of a scope field, as {factory: {tallinn: {revoke: {officer: 2 of 3}}}}.")
    static let closing = YAMLKey.optional(
        "closing", QuorumRule.form, "Who must sign a ceremony's checkpoint before the next one is opened.")
    static let approvals = YAMLKey.required("approvals", ApprovalRules.form, "What makes an approval good.")
    static let scopes = YAMLKey.standard(
        "scopes", ScopeField.form, [:], as: "{}", "The fields that limit certificates, and the values that exist.")
    static let profiles = YAMLKey.required("profiles", ProfileKeys.form, "The certificates that can be made.")
    static let crl = YAMLKey.required("crl", CRLRules.form, "When CRLs are due.")
    static let bundle = YAMLKey.required("bundle", BundleRules.form, "How trust-anchor bundles are made.")
    static let breakGlass = YAMLKey.optional(
        "break-glass", BreakGlassRules.form,
        "Revocations that are signed before they are needed, and who opens them. Left out: none.")
    static let ledger = YAMLKey.required("ledger", LedgerRules.form, "How the record is signed.")
    static let response = YAMLKey.standard(
        "response", ResponseRules.form, .none, as: "{}", "How fast an incident is to be answered.")
    static let limits = YAMLKey.required("limits", Limits.form, "Every limit in force.")

    static let record = YAMLRecord(
        "the policy",
        [
            format.description, authority.description, environment.description, organization.description,
            operators.description, tokens.description, quorums.description, scopeQuorums.description,
            closing.description, approvals.description, scopes.description, profiles.description, crl.description,
            bundle.description, breakGlass.description, ledger.description, response.description, limits.description,
        ])
}

extension Policy {
    /// JSON Schema of a policy file, for editors.
    public static var schema: JSONValue {
        YAMLSchema.record(PolicyKeys.record).document(
            title: "Anchorite policy", description: "The rules in force: who may do what, and what comes out.")
    }

    /// Reads and checks a policy file. `file` is the name under which errors speak of it.
    public init(_ bytes: [UInt8], file: String) throws(YAMLError) {
        let root = try YAMLDocument(bytes, file: file).root
        let reader = try YAMLReader(root, record: PolicyKeys.record)
        _ = try reader.read(PolicyKeys.format)
        let scopes = try reader.read(PolicyKeys.scopes)
        let crl = try reader.read(PolicyKeys.crl)
        var profiles: [String: Profile] = [:]
        var profileQuorums: [String: QuorumRule] = [:]
        for entry in try reader.read(PolicyKeys.profiles) {
            profiles[entry.name] = try Profile(entry.name, entry.value, scopes: scopes, crlURLs: crl.urls)
            profileQuorums[entry.name] = try entry.value.readIfPresent(ProfileKeys.quorum)
        }
        self.init(
            bytes: bytes, digest: Digest(of: bytes), source: root.sourceMap,
            authority: try reader.read(PolicyKeys.authority), environment: try reader.read(PolicyKeys.environment),
            organization: try reader.readIfPresent(PolicyKeys.organization),
            operators: try reader.read(PolicyKeys.operators), tokens: try reader.read(PolicyKeys.tokens),
            quorums: try reader.read(PolicyKeys.quorums), profileQuorums: profileQuorums,
            scopeQuorums: try reader.read(PolicyKeys.scopeQuorums),
            closing: try reader.readIfPresent(PolicyKeys.closing), approvals: try reader.read(PolicyKeys.approvals), profiles: profiles, scopeFields: scopes, crl: crl,
            bundle: try reader.read(PolicyKeys.bundle), breakGlass: try reader.readIfPresent(PolicyKeys.breakGlass),
            ledger: try reader.read(PolicyKeys.ledger), response: try reader.read(PolicyKeys.response),
            limits: try reader.read(PolicyKeys.limits))
        try PolicyCheck(self).run()
    }
}
