import Groundwork

extension Plan {
    /// The ceremony's title, from its file's text; the number where it cannot be read.
    public var title: String {
        wish.title
    }

    /// The title and the requester, from one reading of the file's text.
    var wish: (title: String, requester: String?) {
        let file = file
        return (file?.title ?? "ceremony \(number)", file?.requester)
    }

    private var file: CeremonyFile? {
        try? CeremonyFile.parsed(Array(ceremony.utf8), path: AuthorityPaths.ceremonyFile(number))
    }

    /// The policy that a plan establishes the authority with.
    ///
    /// - Throws: ``PlanError`` when the plan holds none, or the policy is malformed.
    public func establishedPolicy() throws(PlanError) -> Policy {
        guard let text = policy.text else {
            guard head == .empty else {
                throw PlanError(
                    .planHead, "the plan continues a ledger of \(head.size) lines, and there is none here",
                    advice: "Name the authority's directory with --authority")
            }
            throw PlanError(.plan, "a plan that establishes an authority holds its policy, and this one does not")
        }
        return try Policy.parsed(Array(text.utf8), path: AuthorityPaths.policy(1))
    }

    /// The operator who asked for the ceremony.
    public var requester: String? {
        file?.requester
    }

    /// When the incident was declared that the ceremony answers.
    public var declared: Timestamp? {
        file?.declared
    }

    /// Whether the plan may be run here and now.
    ///
    /// - Parameters:
    ///   - state: the authority as it is.
    ///   - head: where its ledger stands.
    /// - Throws: ``PlanError`` with the control that does not hold.
    public func check(against state: AuthorityState, head: LedgerHead, time: Timestamp) throws(PlanError) {
        guard authority == state.authority else {
            throw PlanError(.planAuthority, "the plan is for the authority \(authority), not for \(state.authority)",
                advice: "Name its own authority with --authority")
        }
        guard environment == state.environment else {
            throw PlanError(
                .environment, "the plan is for \(environment.rawValue), the authority for \(state.environment.rawValue)",
                advice: "Name its own authority with --authority")
        }
        guard policy.digest == state.policy.digest else {
            throw PlanError(
                .planPolicy, "the plan was made under another policy than the one in force", advice: "Make the plan again")
        }
        let next = Int64(state.ceremonies.count) + 1
        if number < next, state.ceremonies.contains(where: { $0.plan == digest }) {
            throw PlanError(.planOnce, "ceremony \(number) was held already, and a plan is run once",
                advice: "Plan anew what is still to be done")
        }
        guard number == next, self.head == head else {
            let reason =
                if self.head == head {
                    "the plan is for ceremony \(number), and the next is \(next)"
                } else if self.head.size < head.size {
                    "the ledger has moved on since the plan was made: it has \(head.size) lines, the plan knows \(self.head.size)"
                } else {
                    "the plan was made against another ledger: of \(self.head.size) lines, and this one has \(head.size)"
                }
            throw PlanError(.planHead, reason, advice: "Make the plan again, and have it approved again")
        }
        // Clocks differ: the machine that plans may be ahead of the one that runs, by as much as the policy allows.
        guard time.adding(state.policy.limits.maximumClockSkew) ?? .latest >= opens else {
            throw PlanError(
                .planWindow, "the plan's window opens at \(opens), and it is \(time)",
                advice: "Wait until then, or see whether the clock is right")
        }
        guard time <= closes else {
            throw PlanError(
                .planWindow, "the plan's window closed at \(closes), and it is \(time)",
                advice: "Make the plan again, and have it approved again")
        }
    }
}
