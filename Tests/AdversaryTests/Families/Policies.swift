extension Stage {
    /// Plans the first ceremony under a policy that was changed in one place.
    func planUnder(_ old: String, _ new: String) throws -> Shown {
        try edit("policy.yaml", old, new)
        return try plan(Operations.root)
    }
}

extension Family {
    static let policies = Family(
        title: "Policies that give too much, or say too little",
        world: .beginning, accepted: "the policy as it is",
        twin: { try $0.plan(Operations.root) },
        attempts: [
            Attempt("a quorum of none", .policyForm, 65) {
                try $0.planUnder("create-root: {officer: 2 of 3", "create-root: {officer: 0 of 3")
            },
            Attempt("a quorum that nobody has to be in", .policyForm, 65) {
                try $0.planUnder("create-root: {officer: 2 of 3, witness: 1 of 2}", "create-root: {}")
            },
            Attempt("more seats than persons", .policyForm, 65) {
                try $0.planUnder("create-root: {officer: 2 of 3", "create-root: {officer: 4 of 3")
            },
            Attempt("a count that is not the number of operators", .policyForm, 65) {
                try $0.planUnder("create-root: {officer: 2 of 3", "create-root: {officer: 2 of 5")
            },
            Attempt("one person needed in two seats", .quorumReachable, 1) {
                try $0.planUnder(
                    "create-root: {officer: 2 of 3, witness: 1 of 2}", "create-root: {officer: 3 of 3, witness: 2 of 2}")
            },
            Attempt("one person alone", .quorumOfPersons, 1) {
                try $0.planUnder("issue-crl: {officer: 1 of 3, witness: 1 of 2}", "issue-crl: {officer: 1 of 3}")
            },
            Attempt("one person alone, for one profile", .quorumOfPersons, 1) {
                try $0.planUnder("    path-length: 1\n", "    path-length: 1\n    quorum: {witness: 1 of 2}\n")
            },
            Attempt("one person alone, for the close", .quorumOfPersons, 1) {
                try $0.planUnder("closing: {officer: 1 of 3, witness: 1 of 2}", "closing: {witness: 1 of 2}")
            },
            Attempt("one person alone, for one factory", .quorumOfPersons, 1) {
                try $0.planUnder(
                    "issue-intermediate: {officer: 1 of 3, tallinn: 1 of 1}", "issue-intermediate: {officer: 1 of 3}")
            },
            Attempt("a quorum for a factory that there is not", .scopeKnown, 1) {
                try $0.planUnder("    tallinn:\n      issue-intermediate", "    narva:\n      issue-intermediate")
            },
            Attempt("shares of a PIN that one person alone could hold", .custodyOfPersons, 1) {
                try $0.planUnder(
                    "    unlock: [prompt, file-descriptor]\n",
                    "    unlock: [shares]\n    custody: {officer: 1 of 3, witness: 1 of 2}\n")
            },
            Attempt("shares of a PIN that nobody holds", .custodyOfPersons, 1) {
                try $0.planUnder("unlock: [prompt, file-descriptor]", "unlock: [shares]")
            },
            Attempt("one key for two persons", .policyForm, 65) {
                try $0.planUnder(TestPolicy.line("bo"), TestPolicy.line("ana"))
            },
            Attempt("one key twice for one person", .policyForm, 65) {
                try $0.planUnder("- \(TestPolicy.line("ana"))\n", "- \(TestPolicy.line("ana"))\n      - \(TestPolicy.line("ana"))\n")
            },
            Attempt("a key with options", .policyForm, 65) {
                try $0.planUnder(TestPolicy.line("ana"), "no-touch-required \(TestPolicy.line("ana"))")
            },
            Attempt("a role that nobody has", .policyForm, 65) {
                try $0.planUnder("create-root: {officer: 2 of 3", "create-root: {chief: 2 of 3")
            },
            Attempt("a key that policies do not have", .policyForm, 65) {
                try $0.planUnder("authority: adversary\n", "authority: adversary\nskip-approvals: yes\n")
            },
            Attempt("a key that stands there twice", .policyForm, 65) {
                try $0.planUnder("environment: production\n", "environment: production\nenvironment: development\n")
            },
            Attempt("a second document", .policyForm, 65) {
                try $0.planUnder("  maximum-clock-skew: 5m\n", "  maximum-clock-skew: 5m\n---\nenvironment: development\n")
            },
            Attempt("text after the document's end", .policyForm, 65) {
                try $0.planUnder("  maximum-clock-skew: 5m\n", "  maximum-clock-skew: 5m\n...\nenvironment: development\n")
            },
            Attempt("an anchor, to take over a part in another place", .policyForm, 65) {
                try $0.planUnder("scope: [product]\n", "scope: &s [product]\n")
            },
            Attempt("letters that turn the text around", .policyForm, 65) {
                try $0.planUnder("name: Ana\n", "name: \"An\u{202e}a\"\n")
            },
            Attempt("a byte that is no UTF-8", .policyForm, 65) { stage in
                try stage.write(stage.read("policy.yaml") + [0x23, 0xff, 0x0a], "policy.yaml")
                return try stage.plan(Operations.root)
            },
            Attempt("a root whose name does not tell its generation", .subjectUnique, 1) {
                try $0.planUnder("CN: Acme Root {name}", "CN: Acme Root")
            },
            Attempt("a staging policy whose root does not say so", .environmentInName, 1) {
                try $0.planUnder("environment: production\n", "environment: staging\n")
            },
            Attempt("name constraints that a target does not know", .nameConstraintsTargets, 1) {
                try $0.planUnder(
                    "scope: [product]\n", "scope: [product]\n    targets: [bearssl]\n"
                        + "    name-constraints:\n      mode: critical\n      directory:\n"
                        + "        - O: Acme Devices\n")
            },
        ])

    static let ceremonies = Family(
        title: "Ceremony files",
        world: .grown, accepted: "a ceremony file that revokes, with the CRL that says so",
        twin: { try $0.plan(Operations.revoke("p1") + Operations.crl) },
        attempts: [
            Attempt("a second document in the ceremony file", .ceremonyForm, 65) {
                try $0.plan(Operations.crl + "---\noperations: []\n")
            },
            Attempt("text after the ceremony file's end", .ceremonyForm, 65) { try $0.plan(Operations.crl + "...\nmore\n") },
            Attempt("a key that stands twice in an operation", .ceremonyForm, 65) {
                try $0.plan(Operations.crl + "    issuer: G2\n")
            },
            Attempt("a key that ceremony files do not have", .ceremonyForm, 65) {
                try $0.plan(Operations.crl + "    serial-number: 1\n")
            },
            Attempt("an operation that there is not", .ceremonyForm, 65) { try $0.plan("  - operation: sign-anything\n") },
            Attempt("no operation at all", .ceremonyForm, 65) { try $0.plan("  []\n") },
            Attempt("a policy of one's own beside the ceremony file", .planPolicy, 1) { stage in
                try stage.edit("policy.yaml", "window: 14d", "window: 999d")
                return try stage.plan(Operations.crl)
            },
            Attempt("a requester who is nobody", .ceremonyForm, 65) {
                try $0.plan(Operations.crl, requester: "nobody")
            },
            Attempt("a ceremony of another authority", .planAuthority, 1) { stage in
                try stage.ceremony(Operations.crl, named: "c")
                try stage.edit("c.yaml", "authority: adversary", "authority: elsewhere")
                return try stage.anchorite("plan", "c.yaml", "--output", "c")
            },
            Attempt("a ceremony for another environment", .environment, 1) { stage in
                try stage.ceremony(Operations.crl, named: "c")
                try stage.edit("c.yaml", "environment: production", "environment: development")
                return try stage.anchorite("plan", "c.yaml", "--output", "c")
            },
            Attempt("more operations than the policy allows", .limits, 1) {
                try $0.plan((0...10).map { Operations.revoke("x\($0)") }.joined())
            },
            Attempt("revoking what is revoked", .revocationTarget, 1) { try $0.plan(Operations.revoke("p2") + Operations.crl) },
            Attempt("revoking what never was", .revocationTarget, 1) { try $0.plan(Operations.revoke("p7") + Operations.crl) },
            Attempt("a revocation that no CRL publishes", .revocationPublished, 1) { try $0.plan(Operations.revoke("p1")) },
            Attempt("a revocation after the CRL that should publish it", .revocationPublished, 1) {
                try $0.plan(Operations.crl + Operations.revoke("p1"))
            },
            Attempt("a revocation that is only a hold", .ceremonyForm, 65) {
                try $0.plan(
                    "  - operation: revoke\n    profile: product\n    scope: {product: p1}\n    reason: certificateHold\n"
                        + Operations.crl)
            },
            Attempt("two CRLs of one moment", .listContinuity, 1) { try $0.plan(Operations.crl + Operations.crl) },
            Attempt("two bundles of one ceremony", .bundleSequence, 1) { try $0.plan(Operations.bundle + Operations.bundle) },
            Attempt("a second root of the same name", .subjectUnique, 1) { try $0.plan(Operations.root) },
        ])
}
