import Groundwork
import Testing

@testable import Authority

/// Every property of a policy is told when it changes: a new property without a sentence fails here.
@Suite struct PolicyDifferenceTests {
    private static let line = PolicyChanges.line("newcomer")
    private static let yuki =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJo/nkOZPeRc7QKm6pyVIRy7fDGfhjarRC2Yc5qQzfjo yuki@vault"
    private static let factoryTargets = "    targets: [openssl, wolfssl, mbedtls, bearssl, esp-idf]\n\n  # A device"

    /// A change of one property in the production policy.
    struct Change: Sendable, CustomTestStringConvertible {
        let property: String
        let edits: [(old: String, new: String)]
        let sentence: String
        var testDescription: String { property }

        init(_ property: String, _ old: String, _ new: String, _ sentence: String) {
            self.init(property, [(old, new)], sentence)
        }

        init(_ property: String, _ edits: [(old: String, new: String)], _ sentence: String) {
            self.property = property
            self.edits = edits
            self.sentence = sentence
        }
    }

    /// A key that the production policy's bundle rules leave out.
    private static func bundle(_ property: String, _ line: String, _ sentence: String) -> Change {
        Change(
            "BundleRules.\(property)", "store-id: acme/device-trust", "store-id: acme/device-trust\n  \(line)",
            "bundles: \(sentence)")
    }

    /// A key of the intermediates' CRLs that not every target reads.
    private static func partition(_ property: String, _ key: String, _ sentence: String) -> Change {
        let targets = "targets: [openssl, wolfssl, mbedtls, bearssl, esp-idf]"
        let schedule = "intermediate: {next-update: 12mo, overlap: 30d, "
        return Change(
            "CRLSchedule.\(property)",
            [
                (targets, "targets: [openssl]"), (targets, "targets: [openssl]"),
                ("\(schedule)series: 4}", "\(schedule)\(key)}"),
            ], sentence)
    }

    static let changes: [Change] = [
        Change(
            "Policy.authority", "authority: acme-devices", "authority: acme-things",
            "authority is now acme-things, and was acme-devices"),
        Change(
            "Policy.environment", "environment: production", "environment: staging",
            "environment is now staging, and was production"),
        Change(
            "Policy.organization", "organization: Acme Devices", "organization: Acme Things",
            "organization is now Acme Things, and was Acme Devices"),
        Change("Policy.operators", "  yuki:", "  yoko:", "operator yoko is new"),
        Change("Policy.tokens", "  vault:", "  cellar:", "token vault is gone"),
        Change(
            "Policy.quorums", "issue-crl: {security-officer: 1 of 3", "issue-crl: {security-officer: 2 of 3",
            "issue-crl: the quorum is now incident-responder: 1 of 2, security-officer: 2 of 3, and was "
                + "incident-responder: 1 of 2, security-officer: 1 of 3"),
        Change(
            "Policy.profileQuorums", "    validity: 5y\n", "    validity: 5y\n    quorum: {witness: 2 of 2}\n",
            "profile bundle-signer: has a quorum now, witness: 2 of 2"),
        Change(
            "Policy.scopeQuorums", "      issue-intermediate: {security-officer: 2 of 3, tallinn",
            "      issue-intermediate: {security-officer: 1 of 3, tallinn",
            "issue-intermediate for factory tallinn: the quorum is now security-officer: 1 of 3, tallinn-engineer: 1 of 2"),
        Change(
            "Policy.closing", "closing: {security-officer: 1 of 3", "closing: {security-officer: 2 of 3",
            "who must sign a checkpoint is now security-officer: 2 of 3, witness: 1 of 2"),
        Change("Policy.approvals", "window: 14d", "window: 7d", "approvals: the window is now 7d, and was 14d"),
        Change("Policy.profiles", "  sample-device:", "  example-device:", "profile sample-device is gone"),
        Change(
            "Policy.scopeFields", "  device:\n    kind: text", "  lot:\n    kind: text\n  device:\n    kind: text",
            "scope lot is new"),
        Change("Policy.crl", "root: {next-update: 12mo", "root: {next-update: 6mo", "CRLs: of roots: next-update is now 6mo"),
        Change("Policy.bundle", "acme/device-trust", "acme/trust", "bundles: the store is now acme/trust"),
        Change(
            "Policy.ledger", [("  record-key:\n", "  record:\n"), ("record-profile: record-key", "record-profile: record")],
            "ledger: the record key's profile is now record, and was record-key"),
        Change("Policy.response", "revoke: 24h,", "revoke: 18h,", "incidents: the time to revoke is now 18h"),
        Change("Policy.limits", "maximum-approvals: 64", "maximum-approvals: 65", "limits: maximum-approvals is now 65"),

        Change("Operator.name", "Yuki Tanabe", "Yuki Sato", "operator yuki: the name is now Yuki Sato, and was Yuki Tanabe"),
        Change(
            "Operator.roles", "name: Bo Lindqvist\n    roles: [witness]", "name: Bo Lindqvist\n    roles: [witness, auditor]",
            "operator bo: becomes auditor"),
        Change("Operator.keys", yuki, line, "counts no more"),
        Change(
            "OperatorKey.notBefore", "not-before: 2026-01-01", "not-before: 2026-02-01",
            "the time from which it counts is now 2026-02-01T00:00:00Z, and was 2026-01-01T00:00:00Z"),
        Change(
            "OperatorKey.notAfter", "not-before: 2026-01-01T00:00:00Z",
            "not-before: 2026-01-01T00:00:00Z\n        not-after: 2029-01-01T00:00:00Z",
            "the time until which it counts is now 2029-01-01T00:00:00Z, and was nothing"),

        Change("TokenPolicy.label", "acme-device-vault", "acme-vault", "token vault: the label is now acme-vault"),
        Change("TokenPolicy.serial", "A70341C2", "A70341C3", "token vault: the serial number is now A70341C3"),
        Change(
            "TokenPolicy.unlock", "unlock: [protected-path, shares]", "unlock: [shares, prompt]",
            "token vault: the way to unlock it is now shares, prompt, and was protected-path, shares"),
        Change(
            "TokenPolicy.custody", "    custody: {security-officer: 2 of 3", "    custody: {security-officer: 1 of 3",
            "token vault: who holds shares of the PIN is now security-officer: 1 of 3, witness: 1 of 2"),
        Change(
            "TokenPolicy.remembersLedger", "remembers-ledger: yes", "remembers-ledger: no",
            "token vault: remembers-ledger is now no, and was yes"),
        Change(
            "TokenPolicy.alwaysAuthenticate", "remembers-ledger: yes",
            "remembers-ledger: yes\n    always-authenticate: yes", "token vault: always-authenticate is now yes, and was no"),

        Change("ApprovalRules.window", "window: 14d", "window: 15d", "approvals: the window is now 15d"),
        Change(
            "ApprovalRules.requireUserVerification", "require-user-verification: no", "require-user-verification: yes",
            "approvals: require-user-verification is now yes"),
        Change(
            "ApprovalRules.requesterMayApprove", "requester-may-approve: no", "requester-may-approve: yes",
            "approvals: requester-may-approve is now yes"),

        Change(
            "ScopeField.kind", "  device:\n    kind: text", "  device:\n    kind: identifier",
            "scope device: the kind is now identifier, and was text"),
        Change("ScopeField.allowed", "penang: 4}", "penang: 4, gdansk: 5}", "scope factory: gdansk is new"),
        Change("ScopeField.numbers", "penang: 4}", "penang: 6}", "scope factory: the number of penang is now 6, and was 4"),
        Change("ScopeField.early", "early: 120d", "early: 90d", "scope year: early is now 90d, and was 120d"),
        Change("ScopeField.late", "early: 120d", "early: 120d\n    late: 3d", "scope year: late is now 3d, and was nothing"),

        Change("CRLRules.root", "root: {next-update: 12mo", "root: {next-update: 11mo", "CRLs: of roots: next-update"),
        Change(
            "CRLRules.intermediate", "intermediate: {next-update: 12mo", "intermediate: {next-update: 11mo",
            "CRLs: of intermediates: next-update is now 11mo"),
        Change("CRLRules.urls", "example/crl/", "example/lists/", "CRLs: the place is now http://"),
        Change("CRLSchedule.nextUpdate", "next-update: 12mo", "next-update: 13mo", "next-update is now 13mo"),
        Change("CRLSchedule.overlap", "overlap: 30d", "overlap: 31d", "the overlap is now 31d"),
        Change(
            "CRLSchedule.series", "series: 4", "series: 5",
            "how many CRLs may be signed at once is now 5"),
        partition("delta", "delta: 30d", "how long a delta CRL is good is now 30d, and was nothing"),
        partition("shards", "shards: 16", "into how many CRLs those of new issuers are split is now 16, and was 1"),

        Change("BundleRules.storeID", "acme/device-trust", "acme/devices", "bundles: the store is now acme/devices"),
        Change(
            "BundleRules.expires", "store-id: acme/device-trust", "store-id: acme/device-trust\n  expires: 2y",
            "bundles: expires is now 2y, and was nothing"),
        Change(
            "BundleRules.signerProfile",
            [("  bundle-signer:\n", "  signer:\n"), ("signer-profile: bundle-signer", "signer-profile: signer")],
            "bundles: the signer's profile is now signer"),
        Change(
            "BundleRules.includeIntermediates", "include-intermediates: yes", "include-intermediates: no",
            "bundles: include-intermediates is now no"),
        bundle("anchors", "anchors: spki", "what stands for an anchor is now spki, and was certificate"),
        bundle("algorithmLabel", "algorithm-label: es256", "the algorithm's label is now es256, and was esp256"),
        bundle("threshold", "threshold: 2", "the number of signers is now 2, and was 1"),
        bundle(
            "signerTokens", "signer-tokens: [vault]",
            "the place of the signers' keys is now vault, and was the root's token"),
        bundle("forms", "forms: [cose, cms]", "the signed form is now cose, cms, and was cose"),
        Change(
            "BundleRules.renderings", "esp-idf-5.4, esp-idf-legacy]", "esp-idf-5.4]",
            "what is rendered is now der, pem, mbedtls, wolfssl, bearssl, esp-idf-5.4, and was der, pem, mbedtls, "),
        Change(
            "BundleRules.productLines", "    gateway: {form", "    camera: {form", "bundles: product line camera is new"),
        Change(
            "ProductLine.form", "form: cose, budget", "form: der, budget",
            "bundles: product line gateway: the form is now der, and was cose"),
        Change(
            "ProductLine.budget", "budget: 65536", "budget: 4096",
            "bundles: product line gateway: the budget is now 4096 bytes, and was 65536 bytes"),
        Change(
            "LedgerRules.recordProfile",
            [("  record-key:\n", "  record:\n"), ("record-profile: record-key", "record-profile: record")],
            "ledger: the record key's profile is now record"),

        Change("ResponseRules.revoke", "revoke: 24h,", "revoke: 12h,", "incidents: the time to revoke is now 12h, and was 24h"),
        Change("ResponseRules.publish", "publish: 4h}", "publish: 2h}", "incidents: the time to publish is now 2h, and was 4h"),

        Change(
            "Policy.breakGlass",
            [("  responders: {incident-responder: 1 of 2, security-officer: 1 of 3}\n", ""), ("break-glass:\n", ""),
             ("  # A package that is not opened within this time is worthless, and so are its shares.\n  valid: 180d\n", ""),
             ("  combinations: 2\n", "")],
            "break-glass: no packages can be prepared any more"),
        Change(
            "BreakGlassRules.responders", "responders: {incident-responder: 1 of 2,", "responders: {incident-responder: 2 of 2,",
            "break-glass: who opens a package is now incident-responder: 2 of 2, security-officer: 1 of 3"),
        Change("BreakGlassRules.valid", "valid: 180d", "valid: 90d", "how long a package can be opened is now 90d, and was 180d"),
        Change(
            "BreakGlassRules.combinations", "combinations: 2", "combinations: 1",
            "how many intermediates a package revokes at most is now 1, and was 2"),
        Change(
            "BreakGlassRules.maximumPackages", "combinations: 2\n", "combinations: 2\n  maximum-packages: 9\n",
            "the most packages at a time is now 9, and was 31"),
        Change("Limits.maximumOperations", "maximum-operations: 2000", "maximum-operations: 2", "maximum-operations is now 2,"),
        Change("Limits.maximumApprovals", "maximum-approvals: 64", "maximum-approvals: 6", "maximum-approvals is now 6,"),
        Change(
            "Limits.maximumRequestBytes", "request-bytes: 16384", "request-bytes: 8192", "maximum-request-bytes is now 8192"),
        Change(
            "Limits.maximumPlanBytes", "plan-bytes: 67108864", "plan-bytes: 65536", "maximum-plan-bytes is now 65536"),
        Change(
            "Limits.maximumCRLEntries", "crl-entries: 1000000", "crl-entries: 10", "maximum-crl-entries is now 10,"),
        Change("Limits.maximumClockSkew", "clock-skew: 5m", "clock-skew: 6m", "maximum-clock-skew is now 6m"),
    ]

    static let profileChanges: [Change] = [
        Change(
            "Profile.kind",
            [
                ("    kind: end-entity\n", "    kind: intermediate\n"), ("    key-usage: [digitalSignature]\n", ""),
                ("    extended-key-usage: [clientAuth]\n", ""),
            ], "profile sample-device: the kind is now intermediate, and was end-entity"),
        Change(
            "Profile.subject", "{environment} Bundle Signer", "{environment} Signer",
            "profile bundle-signer: the subject is now O={organization}, CN=Acme {environment} Signer {name}"),
        Change(
            "Profile.scope",
            [
                ("      - OU: \"{factory}\"\n      - CN: \"{device}\"", "      - CN: \"{device}\""),
                ("scope: [factory, device]", "scope: [device]"),
            ], "profile sample-device: the scope is now device, and was factory, device"),
        Change("Profile.validity", "validity: 12y", "validity: 11y", "profile factory: the validity is now 11y"),
        Change(
            "Profile.maximumValidity", "    validity: 12y\n", "    validity: 12y\n    maximum-validity: 13y\n",
            "profile factory: the longest validity is now 13y"),
        Change(
            "Profile.validityEndsAt", "ends-after-year: 10y", "ends-after-year: 9y",
            "profile factory: the validity's end is now 9y after its year"),
        Change("Profile.backdate", "backdate: 1h", "backdate: 2h", "profile device-root: the backdating is now 2h"),
        Change("Profile.pathLength", "path-length: 2", "path-length: 3", "profile device-root: the path length is now 3"),
        Change(
            "Profile.keyUsage", "[digitalSignature]", "[digitalSignature, keyAgreement]",
            "profile sample-device: the key usage is now digitalSignature, keyAgreement"),
        Change(
            "Profile.extendedKeyUsage", "[clientAuth]", "[clientAuth, serverAuth]",
            "profile sample-device: the extended key usage is now 1.3.6.1.5.5.7.3.2, 1.3.6.1.5.5.7.3.1"),
        Change(
            "Profile.certificatePolicies", "32473.2.{year}", "32473.3.{year}",
            "profile factory: certificate-policies is now 1.3.6.1.4.1.32473.1.{factory-number}, 1.3.6.1.4.1.32473.3.{year}"),
        Change(
            "Profile.nameConstraints", "        - OU: \"{factory}\"\n", "",
            "profile factory: name constraints: the permitted names is now"),
        Change(
            "NameConstraintRule.mode",
            [("mode: non-critical", "mode: critical"), (factoryTargets, "    targets: [openssl, wolfssl]\n\n  # A device")],
            "profile factory: name constraints: the mode is now critical, and was non-critical"),
        Change(
            "NameConstraintRule.permittedDirectory", "        - OU: \"{factory}\"\n", "",
            "name constraints: the permitted names is now O={organization}, and was O={organization}, OU={factory}"),
        Change(
            "NameConstraintRule.permittedDNS", "      mode: non-critical\n",
            "      mode: non-critical\n      dns: [\"{factory}.acme.example\"]\n",
            "name constraints: the permitted DNS names is now {factory}.acme.example, and was nothing"),
        Change(
            "Profile.hardwareModule", "    key-usage: [digitalSignature]\n",
            "    key-usage: [digitalSignature]\n    hardware-module: {type: 1.3.6.1.4.1.32473.5.1, serial: \"{device}\"}\n",
            "profile sample-device: the hardware module is now 1.3.6.1.4.1.32473.5.1 {device}, and was none"),
        Change(
            "Profile.authorityInformationAccess", "example/ca/", "example/cas/",
            "profile factory: the issuer's place is now http://pki.acme-devices.example/cas/{issuer}.cer"),
        Change(
            "Profile.crlDistributionPoints", "    key-usage: [digitalSignature]\n",
            "    key-usage: [digitalSignature]\n    crl-distribution-points: [\"http://x.example/{issuer}.crl\"]\n",
            "profile sample-device: the CRL's place is now http://x.example/{issuer}.crl"),
        Change("Profile.keyTypes", "[ec-p256, ec-p384]", "[ec-p256]", "profile factory: key-types is now ec-p256"),
        Change(
            "Profile.signatureScheme",
            [("    key-types: [ec-p384]\n", "    key-types: [rsa-3072]\n    rsa-signature: rsa-pss\n    targets: [openssl]\n")],
            "profile device-root: rsa-signature is now rsa-pss, and was rsa-pkcs1"),
        Change(
            "Profile.onePerScope", "    scope: [factory, year]\n", "    scope: [factory, year]\n    one-per-scope: no\n",
            "profile factory: one-per-scope is now no, and was yes"),
        Change(
            "Profile.targets", factoryTargets, "    targets: [openssl]\n\n  # A device",
            "profile factory: targets is now openssl, and was openssl, wolfssl, mbedtls, bearssl, esp-idf"),
    ]

    static func production(_ edits: [(old: String, new: String)] = []) throws -> Policy {
        var text = try ReadyFiles.text("Policies/production.yaml")
        for edit in edits {
            let range = try #require(text.range(of: edit.old), "the policy has no \(edit.old)")
            text.replaceSubrange(range, with: edit.new)
        }
        return try Policy(Array(text.utf8), file: "policy.yaml")
    }

    static func difference(_ edits: [(old: String, new: String)]) throws -> PolicyDifference {
        PolicyDifference(PolicyChange(old: try production(), new: try production(edits)))
    }

    @Test(arguments: changes + profileChanges)
    func `a change of any property is told in a sentence`(_ change: Change) throws {
        let difference = try Self.difference(change.edits)
        #expect(
            difference.changes.contains { $0.sentence.contains(change.sentence) },
            "\(difference.changes.map(\.sentence))")
        let back = PolicyDifference(
            PolicyChange(old: try Self.production(change.edits), new: try Self.production()))
        #expect(back.changes.contains { $0.topic != .text })
    }

    @Test func `a policy that says the same in another way differs in its text alone`() throws {
        #expect(try Self.difference([]).changes.isEmpty)
        let comment = try Self.difference([("anchorite: policy/1", "# more\nanchorite: policy/1")])
        #expect(comment.changes.map(\.sentence) == ["only the text of the file changes: comments, order or spacing"])
        let order = try Self.difference([
            ("closing: {security-officer: 1 of 3, witness: 1 of 2}", "closing: {witness: 1 of 2, security-officer: 1 of 3}")
        ])
        #expect(order.changes.map(\.topic) == [.text])
    }

    // MARK: Nothing is forgotten

    /// The parts of a policy, an example of each, and the properties that have a facet.
    private static func parts() throws -> [(name: String, example: Any, properties: [String], elsewhere: Set<String>)] {
        let policy = try production()
        let factory = try #require(policy.profiles["factory"])
        func part<Part>(
            _ example: Part, _ facets: [Facet<Part>], _ elsewhere: Set<String> = []
        ) -> (String, Any, [String], Set<String>) {
            ("\(Part.self)", example, facets.map(\.property), elsewhere)
        }
        return [
            part(policy, PolicyDifference.policy.map(\.facet), ["bytes", "digest", "source"]),
            part(try #require(policy.operators.first), PolicyDifference.person, ["id"]),
            part(try #require(policy.operators.first?.keys.first), PolicyDifference.key, ["authorizedKeysLine"]),
            part(try #require(policy.tokens["vault"]), PolicyDifference.token, ["name"]),
            part(policy.approvals, PolicyDifference.approvals),
            part(factory, PolicyDifference.profile, ["name"]),
            part(factory.nameConstraints, PolicyDifference.nameConstraints),
            part(try #require(policy.scopeFields["factory"]), PolicyDifference.scopeField, ["name"]),
            part(policy.crl, PolicyDifference.crl), part(policy.crl.root, PolicyDifference.schedule),
            part(policy.bundle, PolicyDifference.bundle),
            part(try #require(policy.bundle.productLines["gateway"]), PolicyDifference.productLine), part(policy.ledger, PolicyDifference.ledger),
            part(try #require(policy.breakGlass), PolicyDifference.breakGlass),
            part(policy.response, PolicyDifference.response), part(policy.limits, PolicyDifference.limits),
        ]
    }

    @Test func `every property of every part of a policy has a facet, and every facet a change here`() throws {
        let tested = Set((Self.changes + Self.profileChanges).map(\.property))
        for part in try Self.parts() {
            let properties = Mirror(reflecting: part.example).children.compactMap(\.label)
            #expect(Set(properties) == Set(part.properties), "\(part.name)")
            #expect(part.properties.count == Set(part.properties).count, "\(part.name)")
            for property in properties where !part.elsewhere.contains(property) {
                #expect(tested.contains("\(part.name).\(property)"), "\(part.name).\(property) has no change in this test")
            }
        }
    }

    /// A new kind of part, deep inside, would come without facets.
    @Test func `a policy is made of the parts that have facets, and of what these say whole`() throws {
        let known = Set(try Self.parts().map(\.name))
        let whole: Set<String> = [
            "QuorumRule", "QuorumSeats", "ScopeQuorum", "SubjectAttribute", "Template", "SourceMap", "Digest",
        ]
        var found: Set<String> = []
        func walk(_ value: Any) {
            let mirror = Mirror(reflecting: value)
            let name = "\(mirror.subjectType)"
            if mirror.displayStyle == .struct, !mirror.children.isEmpty, !name.contains("<"),
                String(reflecting: mirror.subjectType).hasPrefix("Authority.")
            {
                found.insert(name)
                guard !whole.contains(name) else { return }
            }
            for child in mirror.children where child.label != "source" { walk(child.value) }
        }
        walk(try Self.production())
        #expect(found.subtracting(whole) == known)
    }
}
