import Groundwork
import PKIX

/// Watches that a CRL with many entries continues those before it: the new one and the one before are read side by side,
/// by rising serial number, and neither is held.
struct StreamedContinuity {
    private static let shown = 5

    private let planned: PlannedCertificateList
    /// Nil for the first CRL of an issuer.
    private let continuity: ListContinuity?
    private let file: CertificateListFile?
    private var waiting: PlainRevokedEntry?
    private var missing: [SerialKey] = []
    private var missingCount = 0

    /// - Throws: ``PlanError`` with control CRL-CONTINUITY when the CRL before cannot be read.
    init(
        _ continuity: ListContinuity?, _ planned: PlannedCertificateList, _ directory: AuthorityDirectory
    ) throws(PlanError) {
        self.planned = planned
        self.continuity = continuity
        guard let continuity else {
            file = nil
            return
        }
        do throws(PKIXError) {
            let file = try CertificateListFile(directory.absolute(continuity.latest.planned.path))
            waiting = try file.next()
            self.file = file
        } catch {
            throw Self.unreadable(continuity.latest, error)
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
        guard let continuity, let file else { return }
        do throws(PKIXError) { waiting = try file.next() } catch { throw Self.unreadable(continuity.latest, error) }
    }

    private static func unreadable(_ before: ListContinuity.Predecessor, _ error: PKIXError) -> PlanError {
        PlanError(
            .listContinuity, "\(before.planned.title), which the next one continues, cannot be read: \(error.sentence)",
            advice: "Take the authority's folder from another copy")
    }

    /// The new list is at its end.
    ///
    /// - Parameters:
    ///   - shell: what stands around its entries.
    ///   - source: what the entries come from, for messages.
    /// - Throws: ``PlanError`` with control CRL-CONTINUITY, and the part that does not hold.
    mutating func finish(
        _ shell: CertificateListShell, _ source: String, _ directory: AuthorityDirectory
    ) throws(PlanError) {
        guard let continuity, let file else { return }
        while let expected = waiting {
            miss(expected.serial)
            try advance()
        }
        let latest = try Self.facts(file, continuity.latest)
        var inForce = latest
        if continuity.inForce.planned.number != continuity.latest.planned.number {
            let other: CertificateListFile
            do throws(PKIXError) {
                other = try CertificateListFile(directory.absolute(continuity.inForce.planned.path))
            } catch {
                throw Self.unreadable(continuity.inForce, error)
            }
            inForce = try Self.facts(other, continuity.inForce)
        }
        do {
            try ListFacts(shell.header, .none, planned.title).requireHeader(after: latest, inForce: inForce)
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.listContinuity, "\(planned.title) cannot be read: \(sentence(error))")
        }
        guard missingCount > 0 else { return }
        let serials = missing.map { Hex.encode($0.serialNumber) }.joined(separator: ", ")
        let more = missingCount > missing.count ? " and \(missingCount - missing.count) more" : ""
        throw PlanError(
            .listContinuity,
            "\(planned.title) does not continue \(latest.title): \(source) drops the serial "
                + "\(missingCount == 1 ? "number" : "numbers") \(serials)\(more), and what is revoked stays so",
            advice: "Put the lines back")
    }

    /// What stands around the entries of a CRL before, which is read to its end.
    private static func facts(
        _ file: CertificateListFile, _ before: ListContinuity.Predecessor
    ) throws(PlanError) -> ListFacts {
        do {
            let ending = try file.finish()
            guard Digest(bytes: ending.sha256) == before.digest else {
                throw PlanError(
                    .listContinuity,
                    "\(before.planned.path) is not \(before.planned.title) that the ledger names: its digest differs",
                    advice: "Take the file from another copy of the authority, and find out who changed it")
            }
            return try ListFacts(ending.shell.header, .none, before.planned.title)
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.listContinuity, "\(before.planned.path): \(sentence(error))")
        }
    }
}
