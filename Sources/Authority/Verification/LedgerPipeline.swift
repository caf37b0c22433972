import Dispatch
import Groundwork
import Ledger
import Synchronization

/// Reads a ledger on one core while another replays what was read.
final class LedgerPipeline: Sendable {
    /// What is known of a ledger when all of it was read.
    struct Reading: Sendable {
        var chain: LedgerChain
        /// The Merkle tree over all lines.
        var merkle: MerkleTree
        var tornTail: TornTail?
    }

    /// How many lines are handed over at once, and how many such pieces may wait.
    private static let pieceSize = 512
    private static let maximumWaiting = 16

    private struct State {
        var waiting: [[LedgerEvent]] = []
        var outcome: Result<Reading, any Error>?
        /// Nobody takes pieces any more.
        var isUnwanted = false
    }

    private let state = Mutex(State())
    private let filled = DispatchSemaphore(value: 0)
    private let room = DispatchSemaphore(value: maximumWaiting)

    /// Begins to read.
    init(_ path: String) {
        DispatchQueue.global().async { self.read(path) }
    }

    /// The next lines, in order; nil when there are no more, or none that hold.
    func next() -> [LedgerEvent]? {
        filled.wait()
        let piece = state.withLock { state in state.waiting.isEmpty ? nil : state.waiting.removeFirst() }
        // The end stays the end for whoever asks again.
        if piece == nil { filled.signal() } else { room.signal() }
        return piece
    }

    /// Reads on to the end without handing over, and says what the ledger is.
    ///
    /// - Throws: `LedgerError` for the first line that breaks a control, `FileError` when the file cannot be read.
    func finish() throws -> Reading {
        state.withLock { $0.isUnwanted = true }
        while next() != nil {}
        return try state.withLock { state in
            guard let outcome = state.outcome else { throw FileError(kind: .io, path: "", reason: "was not read") }
            return try outcome.get()
        }
    }

    private func read(_ path: String) {
        var piece: [LedgerEvent] = []
        var merkle = MerkleTree()
        let outcome = Result {
            let (chain, tornTail) = try LedgerReader.forEachEvent(path) { event, _, chain in
                merkle.append(leafHash: chain.lastLeafHash)
                piece.append(event)
                if piece.count == Self.pieceSize {
                    handOver(piece)
                    piece.removeAll(keepingCapacity: true)
                }
            }
            return Reading(chain: chain, merkle: merkle, tornTail: tornTail)
        }
        if !piece.isEmpty { handOver(piece) }
        state.withLock { $0.outcome = outcome }
        filled.signal()
    }

    private func handOver(_ piece: [LedgerEvent]) {
        room.wait()
        let isWanted = state.withLock { state in
            guard !state.isUnwanted else { return false }
            state.waiting.append(piece)
            return true
        }
        if isWanted { filled.signal() } else { room.signal() }
    }
}
