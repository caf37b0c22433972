import Groundwork
import PKIX

/// Judges a plan against the authority that it is for.
public enum PlanReview {
    /// Plays a plan with throwaway keys: builds, lints and reads back every object.
    ///
    /// - Parameter lists: makes the CRLs whose entries lie in files; nil where those are not at hand.
    /// - Returns: the lint findings that do not stand in the way, for people.
    /// - Throws: ``PlanError`` with the control that an object breaks.
    public static func simulate(
        _ plan: Plan, state: AuthorityState?, lists: RevocationLists? = nil
    ) throws(PlanError) -> [String] {
        let start: AuthorityState
        if let state {
            start = state
        } else {
            let policy = try plan.establishedPolicy()
            start = AuthorityState(authority: policy.authority, environment: policy.environment, policy: policy)
        }
        return sentences(try Simulation.play(plan, state: try plan.withOpenings(start), throwaways: ThrowawayKeys(), lists: lists).findings)
    }

    /// Warnings, and notices of what devices do. A rule that speaks of many steps is quoted once and counted.
    private static func sentences(_ steps: [(id: StepID, findings: [LintFinding])]) -> [String] {
        var rules: [(rule: String, sentences: [String])] = []
        var places: [String: Int] = [:]
        for (id, findings) in steps {
            for finding in findings where finding.severity == .warning || finding.isAboutDevices {
                let sentence = "\(finding.severity.rawValue) \(id): \(finding.rule): \(finding.message)"
                if let place = places[finding.rule] {
                    rules[place].sentences.append(sentence)
                } else {
                    places[finding.rule] = rules.count
                    rules.append((finding.rule, [sentence]))
                }
            }
        }
        return rules.flatMap { rule, sentences in
            sentences.count <= 3
                ? sentences
                : [sentences[0], "  and so for \(sentences.count - 1) more: \(rule)"]
        }
    }

    /// Everything about a plan that can be judged without approvals and tokens: form, authority, environment, policy,
    /// head, window, and that it is what its ceremony file, the policy and the ledger give.
    ///
    /// - Parameter state: the authority, or nil where there is none yet.
    /// - Returns: the authority as the plan sees it.
    /// - Throws: ``PlanError`` with the control that does not hold.
    public static func check(
        _ plan: Plan, state: AuthorityState?, head: Plan.LedgerHead, time: Timestamp
    ) throws(PlanError) -> AuthorityState {
        let start: AuthorityState
        if let state {
            start = state
        } else {
            guard plan.head == .empty else {
                throw PlanError(
                    .planHead, "the plan continues a ledger of \(plan.head.size) lines, and there is none here",
                    advice: "Name the authority's directory with --authority")
            }
            let policy = try plan.establishedPolicy()
            start = AuthorityState(authority: policy.authority, environment: policy.environment, policy: policy)
        }
        try plan.check(against: start, head: head, time: time)
        try Planner.requireDerived(plan, state: state)
        return try plan.withOpenings(start)
    }
}
