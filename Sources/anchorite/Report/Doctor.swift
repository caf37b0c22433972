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
    /// Whether a login follows.
    let logsIn: Bool
    private(set) var checks = CheckList()

    init(
        policy: Policy, site: Site?, authority: AuthorityReading.Reading?, directory: AuthorityDirectory?,
        output: String, time: Timestamp, logsIn: Bool = false
    ) {
        self.policy = policy
        self.site = site
        self.authority = authority
        self.directory = directory
        self.output = output
        self.time = time
        self.logsIn = logsIn
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
        if !logsIn { lookAtMemory() }
    }

    /// Only a token knows whether a directory is the newest copy, and says it to nobody who has not logged in.
    private mutating func lookAtMemory() {
        guard authority?.state?.ceremonies.isEmpty == false else { return }
        for token in policy.tokens.values.sorted(by: { $0.name < $1.name }) where token.remembersLedger {
            checks.skip(
                "memory of \(token.name)",
                "Whether this is the newest copy of the ledger is not known: that takes a login, as --login does.")
        }
    }

    /// Logs in to every token and out again: what everybody brings works.
    mutating func logIn(_ finder: any TokenFinding, _ unlocker: any TokenUnlocking) {
        for token in policy.tokens.keys.sorted() {
            let subject = "login to \(token)"
            do {
                let login = try TokenTrial(policy: policy, state: authority?.state, directory: directory)
                    .logIn(to: token, finder, unlocker)
                if let authority, policy.tokens[token]?.remembersLedger == true {
                    try authority.past.check(login.memory, of: token)
                    checks.ok("memory of \(token)", "What the token remembers of the ledger is in this ledger's past.")
                }
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
        lookAtCheckpoint()
    }

    /// The next ceremony is not opened before the last one's checkpoint is signed.
    private mutating func lookAtCheckpoint() {
        guard let authority, let directory else { return }
        do {
            guard let last = try CheckpointWitnesses.requireClosed(directory, authority, at: time) else { return }
            let names = last.signatures.map(\.witness.name)
            checks.ok(
                "checkpoint",
                names.isEmpty
                    ? "That of ceremony \(last.ceremony) is there; the policy wants nobody's signature over it."
                    : "That of ceremony \(last.ceremony) is signed by \(Phrase.list(names)): the next can be opened.")
        } catch {
            checks.fail("checkpoint", Failure.words(for: error))
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
