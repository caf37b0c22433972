import Groundwork
import PKIX

/// Watches that a CRL with many entries lists all that the one before it did: both are read side by side, by rising
/// serial number, and neither is held.
struct StreamedContinuity {
    private static let shown = 5

    private let previous: AuthorityState.ListRecord?
    private let file: CertificateListFile?
    private let name: String
    private var waiting: PlainRevokedEntry?
    private var missing: [SerialKey] = []
    private var missingCount = 0

    /// - Throws: ``PlanError`` with control CRL-CONTINUITY when the CRL before cannot be read.
    init(
        of planned: PlannedCertificateList, _ state: AuthorityState, _ directory: AuthorityDirectory
    ) throws(PlanError) {
        try self.init(after: state.lists[planned.issuer]?.last, planned, directory)
    }

    /// - Parameter previous: the CRL before, nil when there is none.
    init(
        after previous: AuthorityState.ListRecord?, _ planned: PlannedCertificateList, _ directory: AuthorityDirectory
    ) throws(PlanError) {
        self.previous = previous
        name = "CRL \(planned.number) of \(planned.issuer)"
        guard let previous else {
            file = nil
            return
        }
        do {
            let file = try CertificateListFile(directory.absolute(previous.planned.path))
            waiting = try file.next()
            self.file = file
        } catch {
            throw PlanError(.listContinuity, "the CRL before \(name) cannot be read: \(sentence(error))")
        }
    }

    /// The next entry of the new list.
    mutating func pass(_ serial: SerialKey) throws(PlanError) {
        while let expected = waiting, expected.serial <= serial {
            if expected.serial < serial { miss(expected.serial) }
            try advance()
        }
    }

    private mutating func miss(_ serial: SerialKey) {
        missingCount += 1
        if missing.count < Self.shown { missing.append(serial) }
    }

    private mutating func advance() throws(PlanError) {
        do throws(PKIXError) { waiting = try file?.next() } catch { throw unreadable(error) }
    }

    private func unreadable(_ error: PKIXError) -> PlanError {
        PlanError(.listContinuity, "the CRL before \(name) cannot be read: \(error.sentence)")
    }

    /// The new list is at its end.
    ///
    /// - Parameter source: what the entries come from, for messages.
    /// - Throws: ``PlanError`` with control CRL-CONTINUITY when entries are missing, or the CRL before is not the one of
    ///   the ledger.
    mutating func finish(_ source: String) throws(PlanError) {
        guard let previous, let file else { return }
        while let expected = waiting {
            miss(expected.serial)
            try advance()
        }
        let ending: CertificateListFile.Ending
        do throws(PKIXError) { ending = try file.finish() } catch { throw unreadable(error) }
        guard Digest(bytes: ending.sha256) == previous.digest else {
            throw PlanError(
                .listContinuity, "\(previous.planned.path) is not the CRL that the ledger names: its digest differs",
                advice: "Find out who changed it, and bring the authority's own copy back")
        }
        guard missingCount > 0 else { return }
        let serials = missing.map { Hex.encode($0.serialNumber) }.joined(separator: ", ")
        let more = missingCount > missing.count ? " and \(missingCount - missing.count) more" : ""
        throw PlanError(
            .listContinuity,
            "\(source) drops \(missingCount == 1 ? "an entry" : "\(missingCount) entries") of CRL "
                + "\(previous.planned.number): \(serials)\(more)",
            advice: "A certificate stays revoked: put the lines back")
    }
}
