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
    /// What plans make from files.
    private var planned: [PlannedCertificateList] = []

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

    /// Where lists lie while they are made (48 octets an entry for sorting, and the list) or fetched. `TMPDIR`, or
    /// /var/tmp, which is seldom in memory.
    public static var spoolFolder: String {
        guard let named = getenv("TMPDIR"), named.pointee != 0 else { return "/var/tmp" }
        return String(cString: named)
    }

    /// The list of a plan: made from the file, and compared with what the plan says.
    ///
    /// - Throws: ``PlanError`` with control CRL-ENTRIES, CRL-CONTINUITY, LIMITS or LINT.
    func list(_ planned: PlannedCertificateList, _ state: AuthorityState) throws(PlanError) -> SpooledList {
        guard let listed = planned.listed else { throw PlanError(.plan, "the plan holds the entries itself") }
        // The shards and deltas that are still to be made come out of one reading.
        let others = self.planned.filter { other in
            other.issuer == planned.issuer && other.number == planned.number && other != planned
                && !state.has(other)
        }
        guard let list = try make([planned] + others, listed.path, state).first else {
            throw PlanError(.listEntries, "\(listed.path) gives no list")
        }
        guard list.listed == listed else {
            throw PlanError(
                .listEntries, "\(listed.path) is not the file that the plan was made from: its SHA-256 is \(list.listed.file.hex)",
                advice: "Bring the file with the SHA-256 \(listed.file.hex), or plan again with this one")
        }
        return list
    }

    /// Lets shards of one file be made together.
    func expect(_ plan: Plan) { planned = plan.steps.compactMap(\.step.certificateList).filter { $0.listed != nil } }

    private static func key(_ planned: PlannedCertificateList) -> PlannedCertificateList {
        var key = planned
        key.listed = nil
        key.entries = 0
        return key
    }

    /// - Parameters:
    ///   - planned: a CRL whose template has no entries, or shards of one.
    ///   - path: the file, as the ceremony names it.
    func make(
        _ planned: [PlannedCertificateList], _ path: String, _ state: AuthorityState
    ) throws(PlanError) -> [SpooledList] {
        if let first = planned.first, let known = made[Self.key(first)], known.listed.path == path {
            let all = planned.compactMap { made[Self.key($0)] }
            return all.count == planned.count ? all : [known]
        }
        let place = resolve(path)
        if let size = try? DurableFile.size(place) { announce(place, size) }
        do {
            let lists = try ListSpooling(planned, path, place, state, directory).run()
            for (planned, list) in zip(planned, lists) { made[Self.key(planned)] = list }
            return lists
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
private final class ListAssembly {
    private let planned: PlannedCertificateList
    private let shell: CertificateListShell
    private let judge: ListJudge
    private var continuity: StreamedContinuity
    private var delta: DeltaReading?
    private var writer: SpooledCertificateListWriter?

    init(_ planned: PlannedCertificateList, _ state: AuthorityState, _ directory: AuthorityDirectory) throws {
        self.planned = planned
        shell = try CertificateListShell(derEncoded: planned.template.bytes)
        judge = try ListJudge(planned, shell, state)
        continuity = try StreamedContinuity(ListContinuity(planned, after: state), planned, directory)
        delta = try DeltaList(planned, state).map { list throws(PlanError) in try DeltaReading(list, directory) }
        writer = try SpooledCertificateListWriter(shell, spoolDirectory: RevocationLists.spoolFolder)
    }

    func take(_ entry: PlainRevokedEntry) throws {
        if try delta?.isKnown(entry) == true { return }
        try continuity.pass(entry.serial)
        try judge.add(entry)
        try writer?.append(entry)
    }

    func finish(
        _ path: String, _ file: RevocationFile.Summary, _ limits: Limits, _ directory: AuthorityDirectory
    ) throws -> SpooledList {
        try continuity.finish(shell, path, directory)
        try delta?.finish()
        guard let writer = writer.take() else { throw PlanError(.listEntries, "the CRL is finished already") }
        let list = try writer.finish()
        guard list.entryCount <= limits.maximumCRLEntries else {
            throw PlanError(
                .limits, "\(planned.shard == nil ? "the CRL of \(planned.issuer)" : planned.title) has \(list.entryCount) entries, and the policy allows "
                    + "\(limits.maximumCRLEntries)")
        }
        let findings = try judge.finish(entryCount: list.entryCount)
        guard let tbs = Digest(bytes: list.sha256) else { throw PlanError(.listEntries, "the CRL has no digest") }
        return SpooledList(
            listed: ListedEntries(
                path: path, file: file.digest, fileSize: file.size, tbs: tbs, tbsSize: Int64(list.byteCount)),
            tbs: list, findings: findings)
    }
}

/// Makes a CRL, or shards of one, from one reading of the file.
private struct ListSpooling {
    let planned: [PlannedCertificateList]
    /// As the ceremony names it, and where it is.
    let path: String
    let place: String
    let state: AuthorityState
    let directory: AuthorityDirectory

    init(
        _ planned: [PlannedCertificateList], _ path: String, _ place: String, _ state: AuthorityState,
        _ directory: AuthorityDirectory
    ) {
        self.planned = planned
        self.path = path
        self.place = place
        self.state = state
        self.directory = directory
    }

    func run() throws -> [SpooledList] {
        guard let first = planned.first else { return [] }
        let count = first.shard?.count
        let limits = state.policy.limits
        var bad = BadLines()
        var file = try RevocationFile(
            place, latest: first.thisUpdate, maximumEntries: limits.maximumCRLEntries * (count ?? 1))
        var sorter = RevokedEntrySorter(spoolDirectory: RevocationLists.spoolFolder)
        let summary = try file.read(&bad) { (entry, line) throws(PlanError) in
            do throws(PKIXError) { try sorter.append(entry, line: line) } catch {
                throw PlanError(.listEntries, "\(path) cannot be sorted: \(error.sentence)")
            }
        }
        var lines = try sorter.finish()
        let assemblies = try planned.map { try ListAssembly($0, state, directory) }
        // By the number of the shard, from 1; those that are done are not there.
        var places: [[ListAssembly]] = Array(repeating: [], count: (count ?? 0) + 1)
        for (planned, assembly) in zip(planned, assemblies) { places[planned.shard?.number ?? 0].append(assembly) }
        func take(_ entry: PlainRevokedEntry) throws {
            let place = count.map { ListShard(of: entry.serial.serialNumber, among: $0).number } ?? 0
            for assembly in places[place] { try assembly.take(entry) }
        }
        var known = state.revokedEntries(of: first.issuer, nil)[...]
        var last: RevokedEntrySorter.Element?
        while let next = try lines.next() {
            if let last, last.entry.serial == next.entry.serial {
                bad.add(Int(next.line), "the serial number \(Hex.encode(next.entry.serial.serialNumber)) stands on line \(last.line) already")
                continue
            }
            last = next
            while let revoked = known.first, revoked.serial < next.entry.serial {
                if bad.count == 0 { try take(revoked) }
                known.removeFirst()
            }
            if known.first?.serial == next.entry.serial {
                bad.add(
                    Int(next.line), "the ledger itself revokes \(Hex.encode(next.entry.serial.serialNumber)); leave the line out")
                continue
            }
            // What is to be refused for its lines is not worth the rest.
            if bad.count == 0 { try take(next.entry) }
        }
        if let text = bad.sentence(about: path) {
            throw PlanError(.listEntries, text, advice: "Correct these lines; nothing was written")
        }
        for entry in known { try take(entry) }
        return try assemblies.map { try $0.finish(path, summary, limits, directory) }
    }
}

extension AuthorityState {
    /// What the ledger itself revoked of an issuer's certificates, all or those of a shard, by rising serial number.
    func revokedEntries(of issuer: String, _ shard: ListShard?) -> [PlainRevokedEntry] {
        revoked(by: issuer).filter { shard.holds($0.fields.serial) }.compactMap(\.revocation).compactMap { revocation in
            SerialKey(serialNumber: revocation.serial).map { serial in
                PlainRevokedEntry(
                    serial: serial, revocationDate: revocation.date.secondsSinceEpoch,
                    reason: CRLReason(rawValue: UInt8(revocation.reason.code)),
                    invalidityDate: revocation.since?.secondsSinceEpoch)
            }
        }.sorted { $0.serial < $1.serial }
    }
}
