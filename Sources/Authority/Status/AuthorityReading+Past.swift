import Groundwork
import Ledger

extension AuthorityReading {
    /// Reads an authority as it was when its ledger stood where a plan begins.
    ///
    /// - Parameter position: the head that the plan was made against.
    /// - Throws: ``PlanError`` with the control that does not hold, PLAN-HEAD when the ledger was never at `position`;
    ///   `FileError` and `LedgerError` when the ledger cannot be read.
    public static func state(of directory: AuthorityDirectory, at position: Plan.LedgerHead) throws -> AuthorityState? {
        guard position != .empty else { return nil }
        var replay = Replay(files: directory)
        do {
            _ = try LedgerReader.forEachEvent(directory.ledgerPath) { event, _, _ in
                _ = try replay.apply(event)
                if replay.size >= position.size { throw Stop() }
            }
        } catch is Stop {}
        guard position == Plan.LedgerHead(size: replay.size, digest: replay.head) else {
            throw PlanError(
                .planHead,
                "the ledger \(directory.ledgerPath) was never where the plan begins: after \(position.size) lines, at "
                    + position.digest.hex,
                advice: "Name the authority that the plan was made for")
        }
        return replay.state
    }

    private struct Stop: Error {}
}
