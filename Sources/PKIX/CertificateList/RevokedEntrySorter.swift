/// Sorts entries by serial number in constant memory: runs that fit it are sorted and go to a spool, and are merged while
/// they are read. Entries that come in order make one run, however many they are.
public struct RevokedEntrySorter: ~Copyable {
    /// An entry, and the line that it came from.
    public struct Element: Sendable {
        public var entry: PlainRevokedEntry
        public var line: UInt32
    }

    private let spoolDirectory: String
    private let runLength: Int
    private var spool: SpoolFile?
    private var pending: [Element] = []
    private var isSorted = true
    private var runs: [Range<Int>] = []
    private var lastSpooled: SerialKey?
    private var spooledCount = 0

    /// - Parameters:
    ///   - spoolDirectory: an existing directory on a disk with room for 48 bytes an entry.
    ///   - runLength: how many entries are held in memory.
    public init(spoolDirectory: String, runLength: Int = 1 << 19) {
        self.spoolDirectory = spoolDirectory
        self.runLength = max(1, runLength)
    }

    /// Throws `io` when the disk is full.
    public mutating func append(_ entry: PlainRevokedEntry, line: UInt32) throws(PKIXError) {
        if pending.count == runLength { try spoolRun() }
        if let last = pending.last, (entry.serial, line) < (last.entry.serial, last.line) { isSorted = false }
        pending.append(Element(entry: entry, line: line))
    }

    private mutating func sortPending() {
        guard !isSorted else { return }
        pending.sort { ($0.entry.serial, $0.line) < ($1.entry.serial, $1.line) }
        isSorted = true
    }

    private mutating func spoolRun() throws(PKIXError) {
        sortPending()
        let spool: SpoolFile
        if let existing = self.spool { spool = existing } else { spool = try SpoolFile(directory: spoolDirectory) }
        self.spool = spool
        try pending.withUnsafeBufferPointer { (run) throws(PKIXError) in try spool.append(UnsafeRawBufferPointer(run)) }
        let range = spooledCount..<spooledCount + pending.count
        if let last = lastSpooled, let first = pending.first, last < first.entry.serial, let run = runs.popLast() {
            runs.append(run.lowerBound..<range.upperBound)
        } else {
            runs.append(range)
        }
        spooledCount = range.upperBound
        lastSpooled = pending.last?.entry.serial
        pending.removeAll(keepingCapacity: true)
    }

    /// The entries by rising serial number, those of one serial number by line. The sorter is used up.
    public consuming func finish() throws(PKIXError) -> SortedRevokedEntries {
        sortPending()
        guard let spool else { return SortedRevokedEntries([SortedRun(held: pending)]) }
        try spoolRun()
        // What is read ahead of each run, together, is no more than what was held while they were made.
        let share = max(16, runLength / runs.count / 4)
        return SortedRevokedEntries(runs.map { SortedRun($0, spool, readingAhead: share) })
    }
}

/// Entries in order, one after the other.
public struct SortedRevokedEntries: ~Copyable {
    private var runs: [SortedRun]

    fileprivate init(_ runs: [SortedRun]) { self.runs = runs }

    /// The next entry; nil at the end. Throws `io` when the spool cannot be read.
    public mutating func next() throws(PKIXError) -> RevokedEntrySorter.Element? {
        var best: (index: Int, element: RevokedEntrySorter.Element)?
        for index in runs.indices {
            guard let element = try runs[index].peek() else { continue }
            if let known = best,
                (known.element.entry.serial, known.element.line) <= (element.entry.serial, element.line)
            { continue }
            best = (index, element)
        }
        guard let best else { return nil }
        runs[best.index].advance()
        return best.element
    }
}

/// A run, of which a part is held.
private struct SortedRun {
    private var held: [RevokedEntrySorter.Element]
    private var position = 0
    private var rest: Range<Int>
    private let spool: SpoolFile?
    private let share: Int

    init(held: [RevokedEntrySorter.Element]) {
        self.held = held
        rest = 0..<0
        spool = nil
        share = 0
    }

    init(_ range: Range<Int>, _ spool: SpoolFile, readingAhead share: Int) {
        held = []
        rest = range
        self.spool = spool
        self.share = share
    }

    mutating func peek() throws(PKIXError) -> RevokedEntrySorter.Element? {
        if position == held.count { try refill() }
        return position < held.count ? held[position] : nil
    }

    mutating func advance() { position += 1 }

    private mutating func refill() throws(PKIXError) {
        guard let spool, !rest.isEmpty else { return }
        let count = min(share, rest.count)
        let stride = MemoryLayout<RevokedEntrySorter.Element>.stride
        let start = rest.lowerBound
        var failure: PKIXError?
        // The spool is a file without a name: only this process has written to it, from this very type.
        held = [RevokedEntrySorter.Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(PKIXError) {
                let wanted = UnsafeMutableRawBufferPointer(
                    start: UnsafeMutableRawPointer(buffer.baseAddress), count: count * stride)
                initialized = try spool.read(into: wanted, at: start * stride) / stride
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        guard held.count == count else { throw PKIXError(.io, "The spool has shrunk.") }
        position = 0
        rest = start + count..<rest.upperBound
    }
}
