import Groundwork

/// Judges a plan against the authority that it is for.
public enum PlanReview {
    /// Everything about a plan that can be judged without approvals and tokens: form, authority, environment, policy,
    /// head, window, and that it is what its ceremony file, the policy and the ledger give.
    ///
    /// - Parameter state: the authority, or nil where there is none yet.
    /// - Returns: the authority as the plan sees it.
    /// - Throws: ``PlanError`` with the control that does not hold.
    public static func check(
        _ plan: Plan, planBytes: [UInt8], state: AuthorityState?, head: Plan.LedgerHead, time: Timestamp
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
            guard let text = plan.policy.text else {
                throw PlanError(.plan, "a plan that establishes an authority holds its policy, and this one does not")
            }
            let policy = try Policy.parsed(Array(text.utf8), path: AuthorityPaths.policy(1))
            start = AuthorityState(authority: policy.authority, environment: policy.environment, policy: policy)
        }
        try plan.check(against: start, head: head, time: time)
        try Planner.requireDerived(plan, state: state)
        return start
    }
}
