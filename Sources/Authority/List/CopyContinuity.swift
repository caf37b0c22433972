import Groundwork

extension PlanReview {
    /// The CRLs of a plan continue those of a copy of the authority: whoever has one sees before they approve that no CRL
    /// goes back behind what is out already.
    ///
    /// A plan that was run or begun is held to the copy as it was before; any other to all that the copy holds, what
    /// responders opened since the last ceremony among it. CRLs whose entries lie in a file are compared where that file is:
    /// when they are planned, and when they are run.
    ///
    /// - Parameters:
    ///   - before: the authority where the plan begins.
    ///   - copy: the authority's directory.
    /// - Throws: ``PlanError`` with control CRL-CONTINUITY, and the part that does not hold; PLAN-HEAD where a package was
    ///   opened that the plan does not know of; `FileError` and `LedgerError` when the copy cannot be read.
    public static func requireContinuity(
        _ plan: Plan, digest: Digest, before: AuthorityState, in copy: AuthorityDirectory
    ) throws {
        let reading = try AuthorityReading.state(of: copy)
        let isBegun =
            reading.ceremony?.planDigest == digest
            || reading.state?.ceremonies.contains { $0.plan == digest } == true
        guard !isBegun, let now = reading.state else {
            return try requireContinuity(plan, state: before, files: copy)
        }
        let pending = try copy.pendingOpenings(now)
        if let unknown = pending.inputs.first(where: { !plan.openings.contains($0) }) {
            throw PlanError(
                .planHead, "\(unknown.path) says that a package was opened, and the plan does not know of it",
                advice: "Make the plan again, and have it approved again")
        }
        // Of a package that was opened elsewhere, the plan itself brings the CRL.
        let waiting = try Plan.read(plan.openings).filter { now.package($0.package)?.opened == nil }
        let known = try PendingOpenings(waiting, now)
        try requireContinuity(plan, state: known.state, files: OpenedFiles(copy: copy, opened: known))
    }
}

/// The files of a copy, and those of packages that were opened elsewhere.
private struct OpenedFiles: AuthorityFiles {
    let copy: AuthorityDirectory
    let opened: PendingOpenings

    func read(_ path: String) throws(FileError) -> [UInt8] {
        if let file = opened.files.first(where: { $0.file.path == path }) { return file.bytes }
        return try copy.read(path)
    }
}
