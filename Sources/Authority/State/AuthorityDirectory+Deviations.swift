import Groundwork

extension AuthorityDirectory {
    /// The deviations that people wrote down and no run has recorded, in the order of their time.
    ///
    /// - Throws: `FileError`, or ``PlanError`` with control DEVIATION for a file that is none.
    public func pendingDeviations(beside recorded: Set<String>) throws -> [PendingDeviation] {
        guard contains(AuthorityPaths.deviationFolder) else { return [] }
        return try DurableDirectory.names(in: absolute(AuthorityPaths.deviationFolder)).sorted()
            .map { "\(AuthorityPaths.deviationFolder)/\($0)" }
            .filter { !recorded.contains($0) }
            .map { try PendingDeviation(path: $0, bytes: read($0)) }
    }
}
