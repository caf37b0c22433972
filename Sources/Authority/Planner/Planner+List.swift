import Groundwork
import PKIX
import StrictYAML

extension Planner {
    mutating func issueCRL(_ issuer: IssuerReference) throws(PlanError) -> (title: String, steps: [PlannedStep]) {
        let name = try resolve(issuer)
        let list = try certificateList(of: name)
        return ("Issue CRL \(list.number) of \(name)", [try take(.certificateList(list))])
    }

    /// The next CRL of an issuer: all its certificates that were ever revoked, also those that have expired.
    func certificateList(of issuer: String) throws(PlanError) -> PlannedCertificateList {
        guard let record = state.certificates[issuer], let keyName = record.planned.subjectKey,
            let key = state.keys[keyName], let schedule = policy.crl.schedule(for: record.planned.kind)
        else { throw PlanError(.listContinuity, "\(issuer) is not a CA whose CRLs this authority signs") }
        let previous = state.lists[issuer]?.last?.planned
        let number = (previous?.number ?? 0) + 1
        if let previous, created == previous.thisUpdate {
            throw PlanError(
                .listContinuity, "the ceremony issues two CRLs of \(issuer)", advice: "Remove one of the two operations")
        }
        if let previous, created < previous.thisUpdate {
            throw PlanError(
                .listContinuity, "a CRL made at \(created) does not come after CRL \(previous.number) of \(previous.thisUpdate)",
                advice: "Check the clock")
        }
        let revoked = state.revoked(by: issuer)
        guard revoked.count <= policy.limits.maximumCRLEntries else {
            throw PlanError(
                .limits,
                "the CRL of \(issuer) has \(revoked.count) entries, and the policy allows "
                    + "\(policy.limits.maximumCRLEntries)",
                advice: "Stop: this policy's CRLs are full, and devices may not read longer ones")
        }
        let nextUpdate = try moment(created, schedule.nextUpdate, "crl.next-update")
        let algorithm = try signatureAlgorithm(of: record.planned.profile, key: key.planned.kind)
        let template = try TBSBuilder.certificateList(
            issuer: record, state: state, algorithm: algorithm, number: number, thisUpdate: created,
            nextUpdate: nextUpdate, revoked: revoked.compactMap(\.revocation))
        return PlannedCertificateList(
            issuer: issuer, issuerKey: keyName, number: number, thisUpdate: created, nextUpdate: nextUpdate,
            entries: Int64(revoked.count), algorithm: algorithm, template: template,
            path: AuthorityPaths.crl(issuer, number))
    }
}
