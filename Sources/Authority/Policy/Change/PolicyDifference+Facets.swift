import SSHSignature

extension PolicyDifference {
    /// Every property of a policy. A test fails when one is missing here.
    static let policy: [(topic: Topic, facet: Facet<Policy>)] = [
        (.text, Facet(elsewhere: "bytes")), (.text, Facet(elsewhere: "digest")), (.text, Facet(elsewhere: "source")),
        (.rules, Facet("authority", "authority") { $0.authority }),
        (.rules, Facet("environment", "environment") { $0.environment.rawValue }),
        (.rules, Facet("organization", "organization") { FacetWords.optional($0.organization) }),
        (
            .operators,
            Facet("operators") { old, new in
                FacetWords.sentences(person, named(old.operators), named(new.operators), what: "operator")
            }
        ),
        (
            .tokens,
            Facet("tokens") { FacetWords.sentences(token, $0.tokens, $1.tokens, what: "token") }
        ),
        (.quorums, quorums("quorums") { $0.quorums.map { ($0.key.rawValue, $0.value) } }),
        (.quorums, quorums("profileQuorums") { $0.profileQuorums.map { ("profile \($0.key)", $0.value) } }),
        (
            .quorums,
            quorums("scopeQuorums") { policy in
                policy.scopeQuorums.map { ("\($0.kind.rawValue) for \($0.field) \($0.value)", $0.rule) }
            }
        ),
        (
            .quorums,
            Facet("closing", "who must sign a checkpoint") { FacetWords.rule($0.closing) }
        ),
        (
            .rules,
            Facet("approvals") { FacetWords.sentences(approvals, $0.approvals, $1.approvals, about: "approvals") }
        ),
        (.profiles, Facet("profiles") { FacetWords.sentences(profile, $0.profiles, $1.profiles, what: "profile") }),
        (
            .scopes,
            Facet("scopeFields") { FacetWords.sentences(scopeField, $0.scopeFields, $1.scopeFields, what: "scope") }
        ),
        (.rules, Facet("crl") { FacetWords.sentences(crl, $0.crl, $1.crl, about: "CRLs") }),
        (.rules, Facet("bundle") { FacetWords.sentences(bundle, $0.bundle, $1.bundle, about: "bundles") }),
        (
            .rules,
            Facet("breakGlass") { old, new in
                switch (old.breakGlass, new.breakGlass) {
                case (let old?, let new?): FacetWords.sentences(breakGlass, old, new, about: "break-glass")
                case (nil, .some): ["break-glass: packages can be prepared now"]
                case (.some, nil): ["break-glass: no packages can be prepared any more"]
                case (nil, nil): []
                }
            }
        ),
        (.rules, Facet("ledger") { FacetWords.sentences(ledger, $0.ledger, $1.ledger, about: "ledger") }),
        (
            .rules,
            Facet("response") { FacetWords.sentences(response, $0.response, $1.response, about: "incidents") }
        ),
        (.limits, Facet("limits") { FacetWords.sentences(limits, $0.limits, $1.limits, about: "limits") }),
    ]

    private static func named(_ operators: [Operator]) -> [String: Operator] {
        Dictionary(operators.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func quorums(
        _ property: String, _ rules: @escaping @Sendable (Policy) -> [(String, QuorumRule)]
    ) -> Facet<Policy> {
        Facet(property) { old, new in
            let before = Dictionary(rules(old), uniquingKeysWith: { first, _ in first })
            let after = Dictionary(rules(new), uniquingKeysWith: { first, _ in first })
            return Set(before.keys).union(after.keys).sorted().compactMap { name in
                let (was, now) = (FacetWords.rule(before[name]), FacetWords.rule(after[name]))
                switch (before[name], after[name]) {
                case (nil, _): return "\(name): has a quorum now, \(now)"
                case (_, nil): return "\(name): has no quorum of its own any more, and had \(was)"
                default: return was == now ? nil : "\(name): the quorum is now \(now), and was \(was)"
                }
            }
        }
    }

    // MARK: The parts

    static let person: [Facet<Operator>] = [
        Facet(elsewhere: "id"),
        Facet("name", "the name") { $0.name },
        Facet("roles") { old, new in
            new.roles.subtracting(old.roles).sorted().map { "becomes \($0)" }
                + old.roles.subtracting(new.roles).sorted().map { "is \($0) no more" }
        },
        Facet("keys") { old, new in
            let before = keys(old)
            let after = keys(new)
            return Set(before.keys).union(after.keys).sorted().flatMap { fingerprint -> [String] in
                switch (before[fingerprint], after[fingerprint]) {
                case (let old?, let new?):
                    return key.flatMap { $0.say(old, new) }.map { "the key \(fingerprint): \($0)" }
                case (nil, _): return ["the key \(fingerprint) is new"]
                case (_, nil): return ["the key \(fingerprint) counts no more"]
                }
            }
        },
    ]

    private static func keys(_ person: Operator) -> [String: OperatorKey] {
        Dictionary(
            person.keys.map { key in
                let parsed = try? SSHPublicKey(authorizedKeysLine: key.authorizedKeysLine)
                return (parsed?.fingerprint ?? key.authorizedKeysLine, key)
            }, uniquingKeysWith: { first, _ in first })
    }

    static let key: [Facet<OperatorKey>] = [
        // Keys are told apart by it; what else the line says is a comment.
        Facet(elsewhere: "authorizedKeysLine"),
        Facet("notBefore", "the time from which it counts") { FacetWords.optional($0.notBefore) },
        Facet("notAfter", "the time until which it counts") { FacetWords.optional($0.notAfter) },
    ]

    static let token: [Facet<TokenPolicy>] = [
        Facet(elsewhere: "name"),
        Facet("label", "the label") { $0.label },
        Facet("serial", "the serial number") { $0.serial ?? "any" },
        Facet("unlock", "the way to unlock it") { FacetWords.list($0.unlock.map(\.rawValue)) },
        Facet("custody") { old, new in
            let (was, now) = (FacetWords.rule(old.custody), FacetWords.rule(new.custody))
            guard was != now else { return [] }
            return [
                "who holds shares of the PIN is now \(now), and was \(was); until reshare-custody the old shares unlock it"
            ]
        },
        Facet("remembersLedger", "remembers-ledger") { FacetWords.answer($0.remembersLedger) },
        Facet("alwaysAuthenticate", "always-authenticate") { FacetWords.answer($0.alwaysAuthenticate) },
    ]

    static let approvals: [Facet<ApprovalRules>] = [
        Facet("window", "the window") { $0.window.description },
        Facet("requireUserVerification", "require-user-verification") {
            FacetWords.answer($0.requireUserVerification)
        },
        Facet("requesterMayApprove", "requester-may-approve") { FacetWords.answer($0.requesterMayApprove) },
    ]

    static let response: [Facet<ResponseRules>] = [
        Facet("revoke", "the time to revoke") { FacetWords.optional($0.revoke) },
        Facet("publish", "the time to publish") { FacetWords.optional($0.publish) },
    ]

    static let scopeField: [Facet<ScopeField>] = [
        Facet(elsewhere: "name"),
        Facet("kind", "the kind") { $0.kind.rawValue },
        Facet("allowed") { old, new in
            switch (old.allowed, new.allowed) {
            case (let before?, let after?):
                return after.filter { !before.contains($0) }.map { "\($0) is new" }
                    + before.filter { !after.contains($0) }.map { "\($0) is gone" }
            case (nil, let after?): return ["only \(FacetWords.list(after)) are allowed now"]
            case (_?, nil): return ["every value is allowed now"]
            case (nil, nil): return []
            }
        },
        Facet("numbers") { old, new in
            Set(old.numbers.keys).union(new.numbers.keys).sorted().compactMap { value in
                guard old.numbers[value] != new.numbers[value] else { return nil }
                return "the number of \(value) is now \(FacetWords.optional(new.numbers[value])), and was "
                    + FacetWords.optional(old.numbers[value])
            }
        },
        Facet("early", "early") { FacetWords.optional($0.early) },
        Facet("late", "late") { FacetWords.optional($0.late) },
    ]

    static let crl: [Facet<CRLRules>] = [
        Facet("root") { FacetWords.sentences(schedule, $0.root, $1.root, about: "of roots") },
        Facet("intermediate") {
            FacetWords.sentences(schedule, $0.intermediate, $1.intermediate, about: "of intermediates")
        },
        Facet("urls", "the place") { FacetWords.list($0.urls.map(\.source)) },
    ]

    static let schedule: [Facet<CRLSchedule>] = [
        Facet("nextUpdate", "next-update") { $0.nextUpdate.description },
        Facet("overlap", "the overlap") { $0.overlap.description },
        Facet("series", "how many CRLs may be signed at once") { String($0.series ?? 1) },
        Facet("delta", "how long a delta CRL is good") { $0.delta?.description ?? "nothing" },
        Facet("shards", "into how many CRLs those of new issuers are split") { String($0.shards ?? 1) },
    ]

    static let bundle: [Facet<BundleRules>] = [
        Facet("storeID", "the store") { $0.storeID },
        Facet("expires", "expires") { FacetWords.optional($0.expires) },
        Facet("signerProfile", "the signer's profile") { $0.signerProfile },
        Facet("includeIntermediates", "include-intermediates") { FacetWords.answer($0.includeIntermediates) },
        Facet("anchors", "what stands for an anchor") { $0.anchors.rawValue },
        Facet("algorithmLabel", "the algorithm's label") { $0.algorithmLabel.rawValue },
        Facet("threshold", "the number of signers") { String($0.threshold) },
        Facet("signerTokens", "the place of the signers' keys") {
            $0.signerTokens.isEmpty ? "the root's token" : FacetWords.list($0.signerTokens)
        },
        Facet("forms", "the signed form") { FacetWords.list($0.forms.map(\.rawValue)) },
        Facet("renderings", "what is rendered") { FacetWords.list($0.renderings) },
        Facet("productLines") {
            FacetWords.sentences(productLine, $0.productLines, $1.productLines, what: "product line")
        },
    ]

    static let productLine: [Facet<BundleRules.ProductLine>] = [
        Facet("form", "the form") { $0.form },
        Facet("budget", "the budget") { "\($0.budget) bytes" },
    ]

    static let breakGlass: [Facet<BreakGlassRules>] = [
        Facet("responders", "who opens a package") { FacetWords.rule($0.responders) },
        Facet("valid", "how long a package can be opened") { $0.valid.description },
        Facet("combinations", "how many intermediates a package revokes at most") { "\($0.combinations)" },
        Facet("maximumPackages", "the most packages at a time") { "\($0.maximumPackages)" },
    ]

    static let ledger: [Facet<LedgerRules>] = [
        Facet("recordProfile", "the record key's profile") { $0.recordProfile }
    ]

    static let limits: [Facet<Limits>] = [
        Facet("maximumOperations", "maximum-operations") { "\($0.maximumOperations)" },
        Facet("maximumApprovals", "maximum-approvals") { "\($0.maximumApprovals)" },
        Facet("maximumRequestBytes", "maximum-request-bytes") { "\($0.maximumRequestBytes)" },
        Facet("maximumPlanBytes", "maximum-plan-bytes") { "\($0.maximumPlanBytes)" },
        Facet("maximumCRLEntries", "maximum-crl-entries") { "\($0.maximumCRLEntries)" },
        Facet("maximumClockSkew", "maximum-clock-skew") { $0.maximumClockSkew.description },
    ]
}
