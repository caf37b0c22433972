import Glibc
import Groundwork
import PKIX

/// Makes CRLs from files of revoked certificates: streams the file, sorts its lines, adds what the ledger revoked, and
/// keeps the TBSCertList in a file without a name. Memory stays constant however long the list is.
///
/// What was made for a plan is kept, so that planning, playing through and signing read the file once.
public final class RevocationLists {
    private let directory: AuthorityDirectory
    private let resolve: (String) -> String
    private let announce: (String, Int64) -> Void
    private var made: [PlannedCertificateList: SpooledList] = [:]

    /// - Parameters:
    ///   - directory: where the CRLs before are.
    ///   - announce: told of a file, and of its length in bytes, before it is read: that can take minutes.
    ///   - resolve: where a file is that a ceremony names.
    public init(
        _ directory: AuthorityDirectory, announce: @escaping (String, Int64) -> Void = { _, _ in },
        resolve: @escaping (String) -> String
    ) {
        self.directory = directory
        self.announce = announce
        self.resolve = resolve
    }

    /// Where lists lie while they are made: 48 octets an entry for sorting, and the list. `TMPDIR`, or /var/tmp, which
    /// is seldom in memory.
    static var spoolFolder: String {
        guard let named = getenv("TMPDIR"), named.pointee != 0 else { return "/var/tmp" }
        return String(cString: named)
    }

    /// The list of a plan: made from the file, and compared with what the plan says.
    ///
    /// - Throws: ``PlanError`` with control CRL-ENTRIES, CRL-CONTINUITY, LIMITS or LINT.
    func list(_ planned: PlannedCertificateList, _ state: AuthorityState) throws(PlanError) -> SpooledList {
        guard let listed = planned.listed else { throw PlanError(.plan, "the plan holds the entries itself") }
        let list = try make(planned, listed.path, state)
        guard list.listed == listed else {
            throw PlanError(
                .listEntries, "\(listed.path) is not the file that the plan was made from: its SHA-256 is \(list.listed.file.hex)",
                advice: "Bring the file with the SHA-256 \(listed.file.hex), or plan again with this one")
        }
        return list
    }

    /// - Parameters:
    ///   - planned: a CRL whose template has no entries.
    ///   - path: the file, as the ceremony names it.
    func make(
        _ planned: PlannedCertificateList, _ path: String, _ state: AuthorityState
    ) throws(PlanError) -> SpooledList {
        var key = planned
        key.listed = nil
        key.entries = 0
        if let known = made[key], known.listed.path == path { return known }
        let place = resolve(path)
        if let size = try? DurableFile.size(place) { announce(place, size) }
        do {
            let list = try ListSpooling(planned, path, place, state, directory).run()
            made[key] = list
            return list
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.listEntries, "the CRL cannot be made from \(path): \(sentence(error))")
        }
    }
}

/// A CRL that was made from a file, but for its signature.
struct SpooledList: Sendable {
    var listed: ListedEntries
    var tbs: SpooledTBSCertList
    /// Findings that do not stand in the way.
    var findings: [LintFinding]
}

/// Where the entries of a list go, one after the other.
private struct ListAssembly: ~Copyable {
    let judge: ListJudge
    private var continuity: StreamedContinuity
    private var writer: SpooledCertificateListWriter

    init(judge: ListJudge, continuity: StreamedContinuity, writer: consuming SpooledCertificateListWriter) {
        self.judge = judge
        self.continuity = continuity
        self.writer = writer
    }

    mutating func take(_ entry: PlainRevokedEntry) throws {
        try continuity.pass(entry.serial)
        try judge.add(entry)
        try writer.append(entry)
    }

    consuming func finish(
        _ shell: CertificateListShell, _ path: String, _ directory: AuthorityDirectory
    ) throws -> SpooledTBSCertList {
        try continuity.finish(shell, path, directory)
        return try writer.finish()
    }
}

/// Makes one.
private struct ListSpooling {
    let planned: PlannedCertificateList
    /// As the ceremony names it, and where it is.
    let path: String
    let place: String
    let shell: CertificateListShell
    let state: AuthorityState
    let directory: AuthorityDirectory

    init(
        _ planned: PlannedCertificateList, _ path: String, _ place: String, _ state: AuthorityState,
        _ directory: AuthorityDirectory
    ) throws(PKIXError) {
        self.planned = planned
        self.path = path
        self.place = place
        shell = try CertificateListShell(derEncoded: planned.template.bytes)
        self.state = state
        self.directory = directory
    }

    func run() throws -> SpooledList {
        var bad = BadLines()
        var file = try RevocationFile(
            place, latest: planned.thisUpdate, maximumEntries: state.policy.limits.maximumCRLEntries)
        var sorter = RevokedEntrySorter(spoolDirectory: RevocationLists.spoolFolder)
        let summary = try file.read(&bad) { (entry, line) throws(PlanError) in
            do throws(PKIXError) { try sorter.append(entry, line: line) } catch {
                throw PlanError(.listEntries, "\(path) cannot be sorted: \(error.sentence)")
            }
        }
        var lines = try sorter.finish()
        var assembly = ListAssembly(
            judge: try ListJudge(planned, shell, state),
            continuity: try StreamedContinuity(ListContinuity(planned, after: state), planned, directory),
            writer: try SpooledCertificateListWriter(shell, spoolDirectory: RevocationLists.spoolFolder))
        var known = state.revokedEntries(of: planned.issuer)[...]
        var last: RevokedEntrySorter.Element?
        while let next = try lines.next() {
            if let last, last.entry.serial == next.entry.serial {
                bad.add(Int(next.line), "the serial number \(Hex.encode(next.entry.serial.serialNumber)) stands on line \(last.line) already")
                continue
            }
            last = next
            while let first = known.first, first.serial < next.entry.serial {
                if bad.count == 0 { try assembly.take(first) }
                known.removeFirst()
            }
            if known.first?.serial == next.entry.serial {
                bad.add(
                    Int(next.line), "the ledger itself revokes \(Hex.encode(next.entry.serial.serialNumber)); leave the line out")
                continue
            }
            // What is to be refused for its lines is not worth the rest.
            if bad.count == 0 { try assembly.take(next.entry) }
        }
        if let text = bad.sentence(about: path) {
            throw PlanError(.listEntries, text, advice: "Correct these lines; nothing was written")
        }
        for entry in known { try assembly.take(entry) }
        let judge = assembly.judge
        let list = try assembly.finish(shell, path, directory)
        guard list.entryCount <= state.policy.limits.maximumCRLEntries else {
            throw PlanError(
                .limits, "the CRL of \(planned.issuer) has \(list.entryCount) entries, and the policy allows "
                    + "\(state.policy.limits.maximumCRLEntries)")
        }
        let findings = try judge.finish(entryCount: list.entryCount)
        guard let tbs = Digest(bytes: list.sha256) else { throw PlanError(.listEntries, "the CRL has no digest") }
        return SpooledList(
            listed: ListedEntries(
                path: path, file: summary.digest, fileSize: summary.size, tbs: tbs, tbsSize: Int64(list.byteCount)),
            tbs: list, findings: findings)
    }
}

extension AuthorityState {
    /// What the ledger itself revoked of an issuer's certificates, by rising serial number.
    func revokedEntries(of issuer: String) -> [PlainRevokedEntry] {
        revoked(by: issuer).compactMap(\.revocation).compactMap { revocation in
            SerialKey(serialNumber: revocation.serial).map { serial in
                PlainRevokedEntry(
                    serial: serial, revocationDate: revocation.date.secondsSinceEpoch,
                    reason: CRLReason(rawValue: UInt8(revocation.reason.code)),
                    invalidityDate: revocation.since?.secondsSinceEpoch)
            }
        }.sorted { $0.serial < $1.serial }
    }
}
