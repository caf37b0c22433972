import Groundwork
import Ledger

/// Reads an authority's state from its ledger, without a lock and without writing.
public enum AuthorityReading {
    /// What a ledger says, replayed.
    public struct Reading: Sendable {
        /// Nil where there is no ledger yet, or it holds no policy.
        public var state: AuthorityState?
        public var head: Plan.LedgerHead
        public var ceremony: CeremonyProgress?
        public var lastTime: Timestamp?
        /// The bytes of a line that was cut off.
        public var tornTail: TornTail?
        /// The files that deviations account for.
        var deviationFiles: Set<String> = []
        /// What tokens may remember of the ledger.
        public var past = LedgerPast()
    }

    /// What people wrote down, and nobody has recorded yet.
    ///
    /// - Throws: `FileError`, or ``PlanError`` with control DEVIATION.
    public static func waitingDeviations(of directory: AuthorityDirectory, _ reading: Reading) throws -> [PendingDeviation] {
        try directory.pendingDeviations(beside: reading.deviationFiles)
    }

    /// - Throws: `FileError`, `LedgerError`, or ``PlanError`` for an event that is not possible where it stands.
    public static func state(of directory: AuthorityDirectory) throws -> Reading {
        guard directory.exists else { return Reading(head: .empty) }
        var replay = Replay(files: directory)
        let contents = try LedgerReader.read(directory.ledgerPath)
        for event in contents.events { _ = try replay.apply(event) }
        return Reading(
            state: replay.state, head: Plan.LedgerHead(size: replay.size, digest: replay.head),
            ceremony: replay.ceremony, lastTime: replay.lastTime, tornTail: contents.tornTail,
            deviationFiles: replay.deviationFiles, past: replay.past)
    }
}
