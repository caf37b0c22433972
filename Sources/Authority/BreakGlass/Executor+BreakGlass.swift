import Groundwork

extension Executor {
    /// Shares are handed to people: without a place for that, nothing is begun.
    ///
    /// - Throws: ``PlanError`` with control BREAK-GLASS-SEALED.
    func requireDesk() throws(PlanError) {
        guard unlocker.desk == nil, plan.steps.contains(where: { if case .breakGlass = $0.step { true } else { false } }) else {
            return
        }
        throw PlanError(
            .breakGlassSealed, "the plan hands out shares of break-glass packages, and there is nobody to hand them to",
            advice: "Run without --pin-fd, at a terminal")
    }

    /// The packages that were opened since the last ceremony, which are those that the plan knows.
    ///
    /// - Parameter state: the authority as the ledger leaves it.
    /// - Throws: ``PlanError`` with control PLAN-HEAD, or BREAK-GLASS-OPENED when an opening was cut off.
    func requireOpenings(_ state: AuthorityState) throws -> PendingOpenings {
        let pending = try directory.pendingOpenings(state)
        let recorded = Set(state.packages.filter { $0.opened != nil }.map { AuthorityPaths.opened($0.planned.package) })
        guard Set(pending.inputs) == Set(plan.openings.filter { !recorded.contains($0.path) }) else {
            let unknown = pending.inputs.first { !plan.openings.contains($0) }
            throw PlanError(
                .planHead,
                unknown.map { "\($0.path) says that a package was opened, and the plan does not know of it" }
                    ?? "the plan knows of an opened package that is not here",
                advice: unknown == nil
                    ? "Bring the .opened file of the package into the authority, and run anchorite break-glass open for it"
                    : "Make the plan again, and have it approved again")
        }
        try pending.requireComplete(in: directory)
        return pending
    }
}
