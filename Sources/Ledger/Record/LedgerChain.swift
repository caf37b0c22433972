import Groundwork

/// Where a ledger stands: everything that the next line is held against.
public struct LedgerChain: Sendable {
    /// How many lines there are.
    public private(set) var count: Int64 = 0
    /// The digest of the last line; zero when there is none.
    public private(set) var head: Digest = .zero
    /// The time of the last line.
    public private(set) var time: Timestamp?
    /// The hash of the last line as a leaf; zero when there is none.
    public private(set) var lastLeafHash: Digest = .zero
    /// The Merkle tree over the lines, as far as its root needs.
    public private(set) var frontier = MerkleFrontier()

    public init() {}

    /// The root of the Merkle tree over all lines.
    public var root: Digest { frontier.root }

    /// Reads one line and takes it as the next.
    mutating func accept(line: UnsafeRawBufferPointer, recentTime: String?) throws(LedgerError) -> LedgerEvent {
        let recent: (text: String, time: Timestamp)? =
            if let recentTime, let time { (recentTime, time) } else { nil }
        let event = try LedgerEvent(line: line, number: Int(count) + 1, after: recent)
        try check(event)
        take(event, leaf: MerkleHash.leaf(line))
        return event
    }

    /// Composes the next event, takes it, and gives the bytes of its line.
    mutating func extend(
        event: String, fields: [String: JSONValue], time: Timestamp
    ) throws(LedgerError) -> (event: LedgerEvent, line: [UInt8]) {
        let (next, line) = try LedgerEvent.compose(
            index: count, previous: head, time: time, event: event, fields: fields)
        try check(next)
        take(next, leaf: MerkleHash.leaf(line))
        return (next, line)
    }

    private func check(_ event: LedgerEvent) throws(LedgerError) {
        func failure(_ control: LedgerControl, _ reason: String) -> LedgerError {
            LedgerError(control: control, line: Int(count) + 1, reason: reason)
        }
        guard event.index == count else {
            throw failure(.index, "\"index\" is \(event.index) and must be \(count).")
        }
        guard event.previous == head else {
            throw failure(
                .chain,
                count == 0
                    ? "\"previous\" of the first line must be 64 zeros."
                    : "\"previous\" is not the SHA-256 of line \(count), which is \(head.hex).")
        }
        if let time, event.time < time {
            throw failure(.time, "\"time\" is \(event.time), before the \(time) of line \(count).")
        }
    }

    private mutating func take(_ event: LedgerEvent, leaf: Digest) {
        count += 1
        head = event.digest
        time = event.time
        lastLeafHash = leaf
        frontier.append(leafHash: leaf)
    }
}
