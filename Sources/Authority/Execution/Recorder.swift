import Groundwork
import Ledger

/// The one door to the ledger while a ceremony runs: what is appended is replayed by the same rules as a verifier's, and
/// is on disk when `append` returns.
final class Recorder {
    let directory: AuthorityDirectory
    private(set) var replay: Replay
    /// Nil while there is no ledger yet.
    private var writer: LedgerWriter?

    /// Opens the ledger, if there is one.
    ///
    /// - Throws: ``PlanError``, `LedgerError`, `FileError`.
    init(_ directory: AuthorityDirectory) throws {
        self.directory = directory
        var replay = Replay(files: directory)
        if directory.exists {
            writer = try LedgerWriter.open(directory.ledgerPath) { _ = try replay.apply($0) }
        }
        self.replay = replay
    }

    /// Whether this recorder holds the ledger's lock.
    var isOpen: Bool { writer != nil }

    /// Begins a ledger where there is none: once everything that needs no login holds, so that a run that was refused
    /// leaves nothing behind, and before the first login, so that nobody finds out afterwards that it cannot be written.
    ///
    /// - Throws: `FileError`, of kind `exists` when another run was quicker.
    func begin() throws(FileError) {
        guard writer == nil else { return }
        try directory.makeFolder(for: AuthorityPaths.ledger)
        writer = try LedgerWriter.create(directory.ledgerPath)
    }

    var state: AuthorityState {
        get throws(PlanError) {
            guard let state = replay.state else { throw PlanError(.ledgerOrder, "no policy is in force yet") }
            return state
        }
    }

    var head: Plan.LedgerHead { Plan.LedgerHead(size: replay.size, digest: replay.head) }

    /// The Merkle root over all lines.
    var root: Digest { writer?.root ?? LedgerChain().root }

    /// Appends events durably: one write, one fsync.
    ///
    /// - Returns: the index of the first of them.
    @discardableResult
    func append(_ events: [Event]) throws -> Int64 { try append(events, isDurable: true) }

    /// Appends events that say what is done, and that a resumed run would find out again: they are on disk with the
    /// next intent, before anything further can happen.
    func note(_ events: [Event]) throws { _ = try append(events, isDurable: false) }

    /// Waits until all is on disk.
    func synchronize() throws { try writer?.synchronize() }

    private func append(_ events: [Event], isDurable: Bool) throws -> Int64 {
        let first = replay.size
        guard !events.isEmpty else { return first }
        try begin()
        // Replayed first: what a verifier would refuse is never written. A recorder that refused is done with.
        try writer?.append(
            events.map { (event: $0.name, fields: $0.fields) }, time: try now(), isDurable: isDurable
        ) { _ = try replay.apply($0) }
        return first
    }

    /// The time, if the clock does not run behind the ledger.
    func now() throws(PlanError) -> Timestamp {
        let now = Timestamp.now()
        if let last = replay.lastTime, now < last {
            // A clock that was set back a little must not stop a ceremony; times in the ledger never run backwards.
            let skew = replay.state?.policy.limits.maximumClockSkew
            if let skew, now.adding(skew) ?? .latest >= last { return last }
            throw PlanError(
                .ledgerForm, "the clock says \(now), and the ledger's last line is of \(last)",
                advice: "Set the clock and run again")
        }
        return now
    }
}
