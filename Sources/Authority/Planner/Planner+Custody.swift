import Groundwork

extension Planner {
    /// New PINs of a token and new shares, for the custodians of the policy in force.
    mutating func reshareCustody(_ token: String) throws(PlanError) -> (title: String, steps: [PlannedStep]) {
        guard let groups = policy.custodyGroups(of: token) else {
            throw PlanError(
                .custody, "the policy says of nobody that they hold shares of the token \(token)",
                advice: "Add custody to the token in the policy, by change-policy")
        }
        guard let before = state.custodies[token] else {
            throw PlanError(
                .custody, "the record knows of no shares of the token \(token) that could be renewed",
                advice: "Shares come with the token: run anchorite token init \(token)")
        }
        let number = before.number + 1
        let step = try take(.custody(PlannedCustody(
            token: token, number: number, groups: groups, path: AuthorityPaths.custody(token, number))))
        let words = groups.map(\.words).joined(separator: ", ")
        return ("Give the token \(token) new PINs, and hand out their shares (\(words))", [step])
    }
}
