import Glibc
import Groundwork

/// Appends to a ledger, alone: it holds an exclusive lock on the file for as long as it lives.
///
/// An append is one write and one fdatasync; when it returns, the events survive a power failure. What need not survive
/// one yet can be written without waiting; the next append that waits makes it durable too. After a failed append the
/// writer refuses all others: what reached the disk is then known only to who reads the ledger afresh.
public final class LedgerWriter {
    public let path: String
    /// Where the ledger stands.
    public private(set) var chain: LedgerChain
    private let file: FileDescriptor
    private var length: Int64
    private var lastLineLength: Int
    private var hasFailed = false

    private init(path: String, file: FileDescriptor, chain: LedgerChain, length: Int64, lastLineLength: Int) {
        self.path = path
        self.file = file
        self.chain = chain
        self.length = length
        self.lastLineLength = lastLineLength
    }

    /// The digest of the last line.
    public var head: Digest { chain.head }
    /// How many lines there are.
    public var count: Int64 { chain.count }
    /// The root of the Merkle tree over all lines.
    public var root: Digest { chain.root }

    /// Creates an empty ledger and makes its name durable.
    ///
    /// - Throws: `FileError`, of kind `exists` when the name is taken.
    public static func create(_ path: String, mode: mode_t = 0o644) throws(FileError) -> LedgerWriter {
        let file = try FileDescriptor.open(
            path, flags: O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode, attempt: "cannot be created")
        try file.lock()
        try file.synchronize()
        try FileDescriptor.openDirectory(FilePath.directory(of: path)).synchronize()
        return LedgerWriter(path: path, file: file, chain: LedgerChain(), length: 0, lastLineLength: 0)
    }

    /// Opens, locks and verifies an existing ledger.
    ///
    /// - Parameter replay: gets every event in order, so that the ledger need not be read a second time.
    /// - Throws: `FileError`, of kind `busy` when another process writes to it; ``LedgerError`` when a line breaks a
    ///   control or the last is torn (see ``setAsideTornTail(of:into:)``); and what `replay` throws.
    public static func open(
        _ path: String, replaying replay: (LedgerEvent) throws -> Void = { _ in }
    ) throws -> LedgerWriter {
        let file = try openLocked(path)
        var length: Int64 = 0
        var lastLineLength = 0
        let (chain, tornTail) = try LedgerReader.forEachEvent(in: file) { event, line, _ in
            lastLineLength = line.count
            length += Int64(line.count) + 1
            try replay(event)
        }
        try LedgerReader.requireWhole(tornTail, path: path)
        // A process that died between write and fdatasync may have left lines in memory only; from here on they count.
        try file.synchronizeData()
        return LedgerWriter(path: path, file: file, chain: chain, length: length, lastLineLength: lastLineLength)
    }

    /// Moves a torn last line out of the ledger: first it is durable in a file of its own, then it is cut off.
    ///
    /// - Parameter aside: a file that must not exist, unless an earlier call was cut off after it wrote it.
    /// - Returns: what was set aside; nil, and nothing written, when the ledger is whole. Who calls this records it.
    /// - Throws: `FileError`, or ``LedgerError`` when a line before the last breaks a control.
    public static func setAsideTornTail(of path: String, into aside: String) throws -> TornTail? {
        let file = try openLocked(path)
        guard let tornTail = try LedgerReader.forEachEvent(in: file, { _, _, _ in }).tornTail else { return nil }
        if (try? DurableFile.read(aside)) == tornTail.bytes {
            try FileDescriptor.openDirectory(FilePath.directory(of: aside)).synchronize()
        } else {
            try DurableFile.create(aside, tornTail.bytes)
        }
        try file.truncate(to: tornTail.offset)
        try file.synchronize()
        return tornTail
    }

    /// Appends one event: see ``append(_:time:)``.
    @discardableResult
    public func append(
        _ event: String, _ fields: [String: JSONValue] = [:], time: Timestamp
    ) throws -> LedgerEvent {
        try append([(event, fields)], time: time)[0]
    }

    /// Appends events that happened together, with one write and one fdatasync, and returns when they are durable.
    ///
    /// - Parameter isDurable: false to return after the write, where losing the events to a power failure loses nothing
    ///   that cannot be done again: they become durable with the next append that waits, or ``synchronize()``.
    /// - Parameter check: gets every event in order before any of them is written; what it throws stops the append.
    /// - Throws: ``LedgerError`` when an event would break a control, and what `check` throws, with nothing written and
    ///   the writer still usable; `FileError` when the file changed under the writer or cannot be written, after which
    ///   the writer is not usable.
    @discardableResult
    public func append(
        _ entries: [(event: String, fields: [String: JSONValue])], time: Timestamp, isDurable: Bool = true,
        check: (LedgerEvent) throws -> Void = { _ in }
    ) throws -> [LedgerEvent] {
        guard !hasFailed else {
            throw FileError(
                kind: .io, path: path,
                reason: "an earlier append failed, so nothing more is appended. Read the ledger afresh")
        }
        var next = chain
        var events: [LedgerEvent] = []
        var bytes: [UInt8] = []
        var lastLineBytes = 0
        for entry in entries {
            let event: LedgerEvent
            let line: [UInt8]
            do throws(LedgerError) {
                (event, line) = try next.extend(event: entry.event, fields: entry.fields, time: time)
            } catch {
                var located = error
                located.path = path
                throw located
            }
            guard line.count <= LedgerReader.maximumLineBytes else {
                throw LedgerError(
                    control: .canonical, path: path, line: event.line,
                    reason: "the line would be longer than \(LedgerReader.maximumLineBytes) bytes.")
            }
            bytes.append(contentsOf: line)
            bytes.append(UInt8(ascii: "\n"))
            events.append(event)
            lastLineBytes = line.count
        }
        guard !events.isEmpty else { return [] }
        for event in events { try check(event) }
        do throws(FileError) {
            try requireUnchanged()
            try file.writeOnce(bytes)
            if isDurable { try file.synchronizeData() }
        } catch {
            hasFailed = true
            throw error
        }
        chain = next
        length += Int64(bytes.count)
        lastLineLength = lastLineBytes
        return events
    }

    /// Makes everything durable that was appended.
    ///
    /// - Throws: `FileError`, after which the writer is not usable.
    public func synchronize() throws(FileError) {
        do throws(FileError) {
            try file.synchronizeData()
        } catch {
            hasFailed = true
            throw error
        }
    }

    /// The lock keeps out only who asks for it; an editor or a restored copy does not.
    private func requireUnchanged() throws(FileError) {
        let status = try file.status()
        var named = stat()
        guard lstat(path, &named) == 0, named.st_ino == status.st_ino, named.st_dev == status.st_dev,
            Int64(status.st_size) == length
        else {
            throw FileError(kind: .busy, path: path, reason: "was changed by somebody else meanwhile")
        }
        guard lastLineLength > 0 else { return }
        let end = try file.read(count: lastLineLength + 1, at: length - Int64(lastLineLength) - 1)
        guard end.last == UInt8(ascii: "\n"), Digest(of: end.dropLast()) == head else {
            throw FileError(kind: .busy, path: path, reason: "was changed by somebody else meanwhile")
        }
    }

    private static func openLocked(_ path: String) throws(FileError) -> FileDescriptor {
        let file = try FileDescriptor.open(path, flags: O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK)
        try file.requireRegularFile()
        try file.lock()
        return file
    }
}
