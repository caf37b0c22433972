import Groundwork
import PKIX

/// What a CRL continues: the CRLs before it, each read from its own file and compared with what the ledger says of it.
public struct ListContinuity: Sendable {
    /// A CRL before: in its file, or planned in the same ceremony.
    struct Predecessor: Sendable {
        var planned: PlannedCertificateList
        /// What the ledger says; nil while the CRL is only planned.
        var digest: Digest?

        /// - Throws: ``PlanError`` with control CRL-CONTINUITY when the file is not the CRL that the ledger names.
        func facts(_ files: some AuthorityFiles) throws(PlanError) -> ListFacts {
            guard let digest else { return try ListContinuity.facts(planned) }
            let bytes: [UInt8]
            do { bytes = try files.read(planned.path) } catch {
                throw PlanError(
                    .listContinuity, "\(planned.title), which the next one continues, cannot be read: \(sentence(error))",
                    advice: "Take the authority's folder from another copy")
            }
            guard Digest(of: bytes) == digest else {
                throw PlanError(
                    .listContinuity, "\(planned.path) is not \(planned.title) that the ledger names: its digest differs",
                    advice: "Take the file from another copy of the authority, and find out who changed it")
            }
            do throws(PKIXError) {
                let facts = try ListFacts(bytes, planned.title)
                guard facts.number == planned.number, facts.thisUpdate == planned.thisUpdate.secondsSinceEpoch else {
                    throw PKIXError(.invalidValue, "It has another number or thisUpdate than its plan says.")
                }
                return facts
            } catch {
                throw PlanError(.listContinuity, "\(planned.path): \(error.sentence)")
            }
        }
    }

    let planned: PlannedCertificateList
    /// The CRL's own file, once it is there.
    var file: Event.ArtifactFile?
    /// The one with the greatest number.
    let latest: Predecessor
    /// The one that counts when this one begins.
    let inForce: Predecessor
    /// The ends of the certificates that the CRLs before list, by serial number.
    private let expiries: [[UInt8]: Int64]

    /// - Parameter state: the authority before this CRL.
    /// - Returns: nil for the first CRL of an issuer, and for a delta, which is made from two that continue each other.
    init?(_ planned: PlannedCertificateList, after state: AuthorityState) {
        guard planned.base == nil, let latest = state.lists(of: planned.issuer, planned.shard).last else { return nil }
        let inForce = state.list(of: planned.issuer, planned.shard, inForceAt: planned.thisUpdate) ?? latest
        self.planned = planned
        self.latest = Predecessor(planned: latest.planned, digest: latest.digest)
        self.inForce = Predecessor(planned: inForce.planned, digest: inForce.digest)
        expiries = Dictionary(
            state.revoked(by: planned.issuer).filter { planned.shard.holds($0.fields.serial) }.map { ($0.fields.serial, $0.fields.notAfter.secondsSinceEpoch) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The files that the CRL and those before it lie in, and their digests.
    var files: [Event.ArtifactFile] {
        [latest, inForce].compactMap { before in
            before.digest.map { Event.ArtifactFile(path: before.planned.path, digest: $0) }
        } + [file].compactMap(\.self)
    }

    /// - Parameter facts: of the CRL, finished or planned.
    /// - Throws: ``PlanError`` with control CRL-CONTINUITY, and the part that does not hold.
    func require(of facts: ListFacts, _ files: some AuthorityFiles) throws(PlanError) {
        guard latest.planned.listed == nil else {
            throw PlanError(
                .listContinuity, "\(planned.title) does not continue \(latest.planned.title): that one lists what a file gave")
        }
        let before = try latest.facts(files)
        let counting = inForce.planned.number == latest.planned.number ? before : try inForce.facts(files)
        try facts.requireHeader(after: before, inForce: counting)
        try facts.requireEntries(of: before) { expiries[$0] }
    }

    /// The same of a CRL that is finished.
    func require(of der: [UInt8], _ files: some AuthorityFiles) throws(PlanError) {
        let facts: ListFacts
        do throws(PKIXError) { facts = try ListFacts(der, planned.title) } catch {
            throw PlanError(.listContinuity, "\(planned.title) cannot be read: \(error.sentence)")
        }
        guard facts.number == planned.number, facts.thisUpdate == planned.thisUpdate.secondsSinceEpoch,
            facts.nextUpdate == planned.nextUpdate.secondsSinceEpoch
        else {
            throw PlanError(.listContinuity, "\(planned.title) has another number or other times than its plan says")
        }
        try require(of: facts, files)
    }

    fileprivate static func facts(_ planned: PlannedCertificateList) throws(PlanError) -> ListFacts {
        do throws(PKIXError) { return try ListFacts(planned) } catch {
            throw PlanError(.listContinuity, "\(planned.title) cannot be read: \(error.sentence)")
        }
    }
}

extension PlanReview {
    /// Every CRL of a plan continues those before it, which are read from the authority's own files.
    ///
    /// - Parameters:
    ///   - state: the authority as it stands, or nil where there is none yet: then there is nothing to continue.
    ///   - isDone: the steps that are part of the state already.
    /// - Throws: ``PlanError`` with control CRL-CONTINUITY, and the part that does not hold.
    public static func requireContinuity(
        _ plan: Plan, state: AuthorityState?, files: some AuthorityFiles, isDone: (StepID) -> Bool = { _ in false }
    ) throws(PlanError) {
        guard let state else { return }
        var lists = try plan.withOpenings(state)
        for (id, step) in plan.steps where !isDone(id) {
            switch step {
            case .certificateList(let planned):
                // What comes from a file is compared while it is read.
                if planned.listed == nil, let continuity = ListContinuity(planned, after: lists) {
                    try continuity.require(of: try ListContinuity.facts(planned), files)
                }
                guard planned.base == nil else { continue }
                lists.lists[planned.issuer, default: []].append(AuthorityState.ListRecord(planned: planned, digest: nil))
            case .breakGlass(let package):
                // It continues what is there, and nothing continues it before it is opened.
                var list = package.list
                // After an interruption its issuer's key may exist.
                if let bytes = try? list.template.filled({ lists.keys[$0]?.publicKey }) { list.template = ObjectTemplate(bytes: bytes) }
                guard let continuity = ListContinuity(list, after: lists) else { continue }
                try continuity.require(of: try ListContinuity.facts(list), files)
            default:
                break
            }
        }
    }
}
