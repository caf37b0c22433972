import Groundwork
import PKIX

/// A delta CRL: what a CRL lists, and an older one that devices may still hold does not (RFC 5280 5.2.4).
///
/// It has the number and the thisUpdate of the CRL that it goes with, and says the same together with any CRL from its
/// base on. Who reads no deltas misses nothing.
public struct DeltaList: Sendable {
    /// `.delta`: what is put after the issuer's name, or its shard's, in paths and URLs.
    static let ending = ".delta"

    let planned: PlannedCertificateList
    /// The CRL that it goes with, and the one that it adds to.
    let whole: AuthorityState.ListRecord
    let base: AuthorityState.ListRecord

    /// - Parameter state: the authority, with the CRL that the delta goes with, or just before it.
    /// - Returns: nil where the CRL is no delta.
    /// - Throws: ``PlanError`` with control CRL-PARTITION when there is no such base.
    init?(_ planned: PlannedCertificateList, _ state: AuthorityState) throws(PlanError) {
        guard let number = planned.base else { return nil }
        let lists = state.lists(of: planned.issuer, planned.shard)
        guard let base = lists.last(where: { $0.planned.number == number }), base.digest != nil, number < planned.number,
            let newest = lists.last
        else { throw PlanError(.listPartition, "\(planned.title) adds to CRL \(number), which is not there") }
        self.planned = planned
        self.base = base
        whole = newest
    }

    /// What the title of an operation says of them.
    static func words(_ deltas: [PlannedCertificateList]) -> String {
        guard let first = deltas.first, let base = first.base else { return "" }
        let entries = deltas.reduce(0) { $0 + $1.entries }
        return "; with \(deltas.count == 1 ? "a delta CRL" : "\(deltas.count) delta CRLs") of \(entries) "
            + "\(entries == 1 ? "entry" : "entries") that CRL \(base) does not have, good until \(first.nextUpdate)"
    }
}

extension AuthorityState {
    /// The delta CRL that goes with the newest CRL of an issuer that has begun, or with that of one shard.
    public func deltaInForce(of issuer: String, _ shard: ListShard?, at time: Timestamp) -> ListRecord? {
        guard let newest = list(of: issuer, shard, inForceAt: time)?.planned.number,
            let delta = deltas[issuer]?.last(where: { $0.planned.shard == shard }), delta.planned.number == newest
        else { return nil }
        return delta
    }

    /// The delta CRLs of an issuer that go with its newest CRL, or with the shards of it.
    public func deltasInForce(of issuer: String, at time: Timestamp) -> [ListRecord] {
        guard deltas[issuer] != nil else { return [] }
        let shards: [ListShard?] = shards(of: issuer).map(ListShard.all) ?? [nil]
        return shards.compactMap { deltaInForce(of: issuer, $0, at: time) }
    }

    /// Whether the ledger says that a CRL, or a delta CRL, is made.
    func has(_ planned: PlannedCertificateList) -> Bool {
        let made = planned.base == nil ? lists[planned.issuer] : deltas[planned.issuer]
        return made?.last { $0.planned.shard == planned.shard }?.planned.number == planned.number
    }
}

extension PlannedCertificateList {
    /// Where the CRL says that delta CRLs are: its freshestCRL (RFC 5280 5.2.6).
    public var deltaAddresses: [String] {
        guard let header = try? CertificateList.parseTBS(template.bytes).0,
            let freshest = try? header.extensions.value(of: FreshestCRL.self)
        else { return [] }
        return freshest.points.flatMap(\.fullName).compactMap(\.uri)
    }
}

extension Planner {
    /// The extension by which a CRL says where its deltas are.
    func freshestList(
        of issuer: String, _ shard: ListShard?, _ schedule: CRLSchedule, _ times: ListTimes
    ) throws(PlanError) -> [CertificateExtension] {
        guard schedule.delta != nil, times.nextUpdate != .latest else { return [] }
        let addresses = try listAddresses(issuer + (shard?.ending ?? "") + DeltaList.ending)
        do {
            return [
                try CertificateExtension(
                    FreshestCRL([DistributionPoint(fullName: addresses.map(GeneralName.uniformResourceIdentifier))]))
            ]
        } catch {
            throw PlanError(.listPartition, "the delta CRLs of \(issuer) have no place: \(sentence(error))")
        }
    }

    /// The delta that goes with a CRL: what is not in the oldest one that is still good, so that whoever holds any that
    /// is good needs nothing else. None where no older one is good.
    ///
    /// - Parameter entries: a file of revoked certificates, of which nothing stands in the plan.
    func deltaList(
        to list: PlannedCertificateList, entries: String?
    ) throws(PlanError) -> PlannedCertificateList? {
        guard let record = state.certificates[list.issuer], !list.isLast, !list.isPreSigned,
            let life = policy.crl.schedule(for: record.planned.kind)?.delta
        else { return nil }
        let retired = Set(state.retiredLists(of: list.issuer).map(\.planned.number))
        let base = state.lists(of: list.issuer, list.shard).map(\.planned).first {
            $0.nextUpdate > list.thisUpdate && $0.hasBegun(at: list.thisUpdate) && !retired.contains($0.number)
                && !$0.deltaAddresses.isEmpty
        }
        guard let base else { return nil }
        let nextUpdate = min(try moment(list.thisUpdate, life, "crl.intermediate.delta"), list.nextUpdate)
        var added: [PlannedRevocation] = []
        if entries == nil {
            let known: Set<[UInt8]>
            do throws(PKIXError) {
                known = Set(try CertificateList.parseTBS(base.template.bytes).entries.map(\.serialNumber))
            } catch {
                throw PlanError(.listPartition, "\(base.title) cannot be read: \(error.sentence)")
            }
            added = state.revoked(by: list.issuer).filter { list.shard.holds($0.fields.serial) && !known.contains($0.fields.serial) }
                .compactMap(\.revocation)
        }
        let indicator: CertificateExtension
        do throws(PKIXError) {
            indicator = try CertificateExtension(DeltaCRLIndicator(base: CRLNumber(UInt64(clamping: base.number))))
        } catch {
            throw PlanError(.listPartition, "\(list.title) has no delta: \(error.sentence)")
        }
        var delta = list
        delta.template = try TBSBuilder.certificateList(
            issuer: record, state: state, algorithm: list.algorithm, number: list.number, thisUpdate: list.thisUpdate,
            nextUpdate: nextUpdate, revoked: added,
            further: try issuingDistributionPoint(of: list.issuer, list.shard) + [indicator])
        delta.nextUpdate = nextUpdate
        delta.entries = Int64(added.count)
        delta.path = AuthorityPaths.crl(list.issuer, list.number, list.shard, isDelta: true)
        delta.base = base.number
        return delta
    }
}
