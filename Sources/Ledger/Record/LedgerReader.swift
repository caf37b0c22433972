import Glibc
import Groundwork

/// What stands after the last newline of a ledger: a line whose writing was cut short.
public struct TornTail: Hashable, Sendable {
    /// The number that the line would have, counted from 1.
    public let line: Int
    /// Where it begins, in bytes from the beginning of the file.
    public let offset: Int64
    public let bytes: [UInt8]
}

/// A whole ledger in memory.
public struct LedgerContents: Sendable {
    public let path: String
    public let events: [LedgerEvent]
    /// The Merkle tree over all lines; proves each of them, and each earlier state.
    public let merkle: MerkleTree
    public let chain: LedgerChain
    public let tornTail: TornTail?

    public var count: Int64 { chain.count }
    public var head: Digest { chain.head }
    public var root: Digest { chain.root }

    /// Refuses a ledger whose last line is torn.
    ///
    /// - Throws: ``LedgerError`` of the control `LEDGER-TORN`.
    public func requireWhole() throws(LedgerError) {
        try LedgerReader.requireWhole(tornTail, path: path)
    }
}

/// Reads and verifies a ledger: neither locks nor writes, so that a read-only medium will do.
public enum LedgerReader {
    /// The longest line that is read, in bytes.
    public static let maximumLineBytes = 16 << 20

    /// Reads and verifies the whole ledger and keeps its events.
    ///
    /// - Throws: ``LedgerError`` for the first line that breaks a control, `FileError` when the file cannot be read. A
    ///   torn last line is reported in the result.
    public static func read(_ path: String) throws -> LedgerContents {
        var events: [LedgerEvent] = []
        var merkle = MerkleTree()
        let (chain, tornTail) = try forEachEvent(path) { event, _, chain in
            events.append(event)
            merkle.append(leafHash: chain.lastLeafHash)
        }
        return LedgerContents(path: path, events: events, merkle: merkle, chain: chain, tornTail: tornTail)
    }

    /// Reads and verifies line by line, in the memory of one line.
    ///
    /// - Parameter body: gets the event, the bytes of its line without the newline, and where the ledger stands after
    ///   it. The buffer is dead after it returns.
    /// - Returns: where the ledger stands at its end, and a torn last line if there is one.
    /// - Throws: as ``read(_:)``, and what `body` throws.
    @discardableResult
    public static func forEachEvent(
        _ path: String,
        _ body: (_ event: LedgerEvent, _ line: UnsafeRawBufferPointer, _ chain: LedgerChain) throws -> Void
    ) throws -> (chain: LedgerChain, tornTail: TornTail?) {
        try forEachEvent(in: open(path), body)
    }

    /// Splits the ledger into lines and verifies nothing.
    ///
    /// - Parameter body: gets the line without its newline and its index, counted from 0.
    /// - Returns: a torn last line if there is one.
    @discardableResult
    public static func forEachLine(
        _ path: String, _ body: (_ line: UnsafeRawBufferPointer, _ index: Int64) throws -> Void
    ) throws -> TornTail? {
        try forEachLine(in: open(path), body)
    }

    static func requireWhole(_ tornTail: TornTail?, path: String) throws(LedgerError) {
        guard let tornTail else { return }
        throw LedgerError(
            control: .torn, path: path, line: tornTail.line,
            reason: "the last \(tornTail.bytes.count) bytes are a line whose writing was cut short. "
                + "Set them aside before anything is appended.")
    }

    static func forEachEvent(
        in file: FileDescriptor, _ body: (LedgerEvent, UnsafeRawBufferPointer, LedgerChain) throws -> Void
    ) throws -> (chain: LedgerChain, tornTail: TornTail?) {
        var chain = LedgerChain()
        var recentTime: (time: Timestamp, text: String)?
        let tornTail = try forEachLine(in: file) { line, _ in
            let event: LedgerEvent
            do throws(LedgerError) {
                event = try chain.accept(line: line, recentTime: recentTime?.text)
            } catch {
                var located = error
                located.path = file.path
                throw located
            }
            if recentTime?.time != event.time { recentTime = (event.time, event.time.rfc3339) }
            try body(event, line, chain)
        }
        return (chain, tornTail)
    }

    private static func forEachLine(
        in file: FileDescriptor, _ body: (UnsafeRawBufferPointer, Int64) throws -> Void
    ) throws -> TornTail? {
        let reader = LineReader(file, maximumLineBytes: maximumLineBytes)
        var index: Int64 = 0
        var offset: Int64 = 0
        let tail = try reader.forEachLine { line in
            try body(line, index)
            index += 1
            offset += Int64(line.count) + 1
        }
        return tail.isEmpty ? nil : TornTail(line: Int(index) + 1, offset: offset, bytes: tail)
    }

    private static func open(_ path: String) throws(FileError) -> FileDescriptor {
        let file = try FileDescriptor.open(path, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW)
        try file.requireRegularFile()
        return file
    }
}
