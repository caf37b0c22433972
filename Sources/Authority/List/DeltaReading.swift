import Groundwork
import PKIX

/// Reads the base of a delta CRL beside the list that is made, both by rising serial number; neither is held.
struct DeltaReading {
    private let base: AuthorityState.ListRecord
    private let file: CertificateListFile
    private var waiting: PlainRevokedEntry?

    /// - Throws: ``PlanError`` with control CRL-PARTITION when the base cannot be read.
    init(_ delta: DeltaList, _ directory: AuthorityDirectory) throws(PlanError) {
        try self.init(delta.base, directory)
    }

    fileprivate init(_ record: AuthorityState.ListRecord, _ directory: AuthorityDirectory) throws(PlanError) {
        base = record
        do throws(PKIXError) {
            file = try CertificateListFile(directory.absolute(record.planned.path))
            waiting = try file.next()
        } catch {
            throw Self.unreadable(record, error)
        }
    }

    /// Whether the base has this very entry.
    mutating func isKnown(_ entry: PlainRevokedEntry) throws(PlanError) -> Bool {
        while let next = waiting, next.serial < entry.serial { _ = try take() }
        guard waiting?.serial == entry.serial else { return false }
        return try take() == entry
    }

    /// The next entry, in its order.
    fileprivate mutating func take() throws(PlanError) -> PlainRevokedEntry? {
        guard let next = waiting else { return nil }
        do throws(PKIXError) { waiting = try file.next() } catch { throw Self.unreadable(base, error) }
        return next
    }

    /// The list is at its end: reads the rest, and compares the file with what the ledger says of it.
    ///
    /// - Throws: ``PlanError`` with control CRL-PARTITION.
    mutating func finish() throws(PlanError) {
        while waiting != nil { _ = try take() }
        let digest: Digest?
        do throws(PKIXError) { digest = Digest(bytes: try file.finish().sha256) } catch {
            throw Self.unreadable(base, error)
        }
        guard digest == base.digest else {
            throw PlanError(
                .listPartition, "\(base.planned.path) is not \(base.planned.title) that the ledger names: its digest differs",
                advice: "Take the file from another copy of the authority, and find out who changed it")
        }
    }

    private static func unreadable(_ record: AuthorityState.ListRecord, _ error: PKIXError) -> PlanError {
        PlanError(
            .listPartition, "\(record.planned.title), which a delta CRL hangs on, cannot be read: \(error.sentence)",
            advice: "Take the authority's folder from another copy")
    }
}

/// That a delta CRL has what the CRL that it goes with has and its base does not, and nothing else: the three are read
/// side by side.
struct DeltaDifference {
    private let title: String
    private var whole: DeltaReading
    private var base: DeltaReading

    init(_ delta: DeltaList, _ directory: AuthorityDirectory) throws(PlanError) {
        title = delta.planned.title
        guard delta.whole.planned.number == delta.planned.number else {
            throw PlanError(.listPartition, "\(title) goes with no CRL")
        }
        whole = try DeltaReading(delta.whole, directory)
        base = try DeltaReading(delta, directory)
    }

    /// The next entry of the delta.
    mutating func pass(_ entry: PlainRevokedEntry) throws(PlanError) {
        guard try next() == entry else { throw broken(entry) }
    }

    mutating func finish() throws(PlanError) {
        if let entry = try next() { throw broken(entry) }
        try whole.finish()
        try base.finish()
    }

    private mutating func next() throws(PlanError) -> PlainRevokedEntry? {
        while let entry = try whole.take() {
            if try !base.isKnown(entry) { return entry }
        }
        return nil
    }

    private func broken(_ entry: PlainRevokedEntry) -> PlanError {
        PlanError(
            .listPartition,
            "\(title) is not what its CRL adds to its base: they part at the serial number \(Hex.encode(entry.serial.serialNumber))")
    }
}
