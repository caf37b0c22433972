import Groundwork
import Ledger

/// An authority as its ledger tells it, for those who only read.
///
/// The ledger's chain is checked, and every event is replayed; signatures and artifacts are ``Verifier``'s to check.
public struct AuthorityReading: Sendable {
    public let directory: AuthorityDirectory
    public let state: AuthorityState?
    /// The ceremony that is open.
    public let openCeremony: CeremonyProgress?
    /// Where the ledger stands.
    public let head: Plan.LedgerHead
    public let lastTime: Timestamp?
    /// Bytes after the last whole line: a line whose writing was cut short.
    public let tornBytes: Int

    /// Replays the ledger, or its beginning.
    ///
    /// - Parameter position: where to stop, such as the head that a plan was made against; nil: at the end.
    /// - Throws: ``PlanError`` with the control that does not hold, PLAN-HEAD when the ledger was never at `position`;
    ///   `FileError` and `LedgerError` when the ledger cannot be read.
    public init(_ directory: AuthorityDirectory, until position: Plan.LedgerHead? = nil) throws {
        self.directory = directory
        var replay = Replay(files: directory, derivesPlans: false)
        var torn: TornTail?
        if position != .empty {
            do {
                torn = try LedgerReader.forEachEvent(directory.ledgerPath) { event, _, _ in
                    _ = try replay.apply(event)
                    if let position, replay.size >= position.size { throw Stop() }
                }.tornTail
            } catch is Stop {}
        }
        head = Plan.LedgerHead(size: replay.size, digest: replay.head)
        if let position, position != head {
            throw PlanError(
                .planHead,
                "the ledger \(directory.ledgerPath) was never where the plan begins: after \(position.size) lines, at "
                    + position.digest.hex,
                advice: "Name the authority that the plan was made for")
        }
        state = replay.state
        openCeremony = replay.ceremony
        lastTime = replay.lastTime
        tornBytes = torn?.bytes.count ?? 0
    }

    private struct Stop: Error {}
}

extension CeremonyProgress {
    /// The persons whose approvals the ledger holds, in the order in which they came.
    public var approvedBy: [Approver] { approvals }
}
