import Authority
import Groundwork
import PKCS11

/// Looks at everything that a ceremony needs, before anybody travels to it.
struct Doctor {
    let policy: Policy
    let site: Site?
    /// The authority, if it exists already.
    let authority: AuthorityReading.Reading?
    /// Where the authority is, or will be.
    let directory: AuthorityDirectory?
    /// Where ceremonies will write.
    let output: String
    let time: Timestamp
    private(set) var checks = CheckList()

    init(
        policy: Policy, site: Site?, authority: AuthorityReading.Reading?, directory: AuthorityDirectory?,
        output: String, time: Timestamp
    ) {
        self.policy = policy
        self.site = site
        self.authority = authority
        self.directory = directory
        self.output = output
        self.time = time
    }

    mutating func examine() {
        lookAtPolicy()
        lookAtQuorums()
        MachineExamination(
            environment: policy.environment, output: output, authority: authority, policy: policy, time: time
        )
        .run(&checks)
        CustodyExamination(policy: policy, directory: directory, state: authority?.state).run(&checks)
        if let site {
            TokenExamination(policy: policy, site: site, knownSerials: authority?.state?.tokenSerials ?? [:]).run(
                &checks)
        }
    }

    /// Logs in to every token and out again: what everybody brings works.
    mutating func logIn(_ finder: any TokenFinding, _ unlocker: any TokenUnlocking) {
        for token in policy.tokens.keys.sorted() {
            let subject = "login to \(token)"
            do {
                let login = try TokenTrial(policy: policy, state: authority?.state, directory: directory)
                    .logIn(to: token, finder, unlocker)
                checks.ok(
                    subject,
                    "It was unlocked by \(login.method.rawValue)"
                        + (login.custodians.map { " of \(Phrase.list($0))" } ?? "") + ", and is locked again.")
            } catch {
                checks.fail(subject, Failure.words(for: error))
            }
        }
    }

    // MARK: Policy and quorums

    private mutating func lookAtPolicy() {
        checks.ok(
            "policy",
            "It reads well: \(policy.authority), \(policy.environment.rawValue), "
                + "\(Phrase.count(policy.operators.count, "operator"))."
        )
        guard let state = authority?.state else { return }
        if state.policy.digest == policy.digest {
            checks.ok(
                "authority", "It is under this policy, and its ledger of \(authority?.head.size ?? 0) lines replays.")
        } else {
            checks.fail(
                "authority", "Another policy than this file is in force in it; use the one in its folder policies.")
        }
        if let open = authority?.ceremony {
            checks.warn("authority", "Ceremony \(open.plan.number) is open: run its plan to the end first.")
        }
    }

    private mutating func lookAtQuorums() {
        let rules =
            policy.quorums.map { ($0.key.rawValue, $0.value) }
            + policy.profileQuorums.map { ("profile \($0.key)", $0.value) }
            + policy.scopeQuorums.map { ("\($0.kind.rawValue) for \($0.field) \($0.value)", $0.rule) }
            + (policy.closing.map { [("closing", $0)] } ?? [])
        for (name, rule) in rules.sorted(by: { $0.0 < $1.0 }) {
            let subject = "quorum \(name)"
            let reach = QuorumReach(rule, policy: policy, at: time)
            let needs = Phrase.list(rule.seats.map(\.words))
            let without =
                reach.withoutKey.isEmpty
                ? "" : " \(Phrase.list(reach.withoutKey.map(\.name))) has no key that counts now."
            if !reach.isReachable {
                checks.fail(
                    subject,
                    "It cannot be reached: \(needs), and "
                        + "\(Phrase.count(reach.candidates.count, "person")) could approve.\(without)"
                )
            } else if !reach.survivesAbsence {
                checks.warn(
                    subject,
                    "\(needs): it can be reached by "
                        + "\(Phrase.count(reach.candidates.count, "person")), and fails when a certain one is away.\(without)"
                )
            } else {
                checks.ok(
                    subject,
                    "\(needs): any one of \(Phrase.count(reach.candidates.count, "person")) may be away.\(without)")
            }
        }
        for kind in OperationKind.allCases where policy.quorums[kind] == nil {
            let isNeeded = kind != .reshareCustody || policy.tokens.values.contains { $0.custody != nil }
            guard isNeeded else { continue }
            checks.warn("quorum \(kind.rawValue)", "The policy has none, so nobody can do it.")
        }
    }
}
