import Groundwork

/// Whether a ceremony tells devices of what it revokes: by a CRL, and where CRLs were signed ahead that do not say so, by
/// a bundle that demands a newer one.
struct RevocationPublication {
    /// CRLs that were signed ahead, and that anybody who has a copy can give devices once they have begun.
    private struct Replayable {
        var certificate: String
        var first: Int64
        var last: Int64
        var until: Timestamp
        /// The number of the CRL that took their place.
        var number: Int64
    }

    /// The issuers of which no CRL has told yet that a certificate is revoked, and that certificate.
    private var unlisted: [String: String] = [:]
    /// By issuer.
    private var replayable: [String: Replayable] = [:]

    /// - Parameter state: the authority before the step.
    mutating func take(_ step: PlannedStep, _ state: AuthorityState) {
        switch step {
        case .revocation(let revocation):
            unlisted[revocation.issuer] = revocation.certificate
        // A delta goes with a CRL that says the same.
        case .certificateList(let list) where list.base == nil:
            guard let certificate = unlisted.removeValue(forKey: list.issuer),
                state.certificates[list.issuer]?.isLive(at: list.thisUpdate) == true
            else { return }
            let ahead = state.upcomingLists(of: list.issuer, after: list.thisUpdate).map(\.planned)
            guard let first = ahead.first, let last = ahead.last else { return }
            replayable[list.issuer] = Replayable(
                certificate: certificate, first: first.number, last: last.number,
                until: ahead.map(\.nextUpdate).max() ?? last.nextUpdate, number: list.number)
        case .bundle(let bundle):
            for minimum in bundle.minimumCRLs {
                if let lists = replayable[minimum.issuer], lists.number <= minimum.number { replayable[minimum.issuer] = nil }
            }
        default:
            break
        }
    }

    /// - Parameter file: the ceremony file, for what to do.
    /// - Throws: ``PlanError`` with control REVOCATION-PUBLISHED.
    func require(in file: String) throws(PlanError) {
        if let (issuer, name) = unlisted.min(by: { $0.key < $1.key }) {
            throw PlanError(
                .revocationPublished, "the ceremony revokes \(name), and issues no CRL of \(issuer) after that",
                advice: "Add the operation issue-crl with issuer \(issuer) after it to \(file)")
        }
        guard let (issuer, lists) = replayable.min(by: { $0.key < $1.key }) else { return }
        let which = lists.first == lists.last ? "CRL \(lists.first)" : "CRLs \(lists.first) to \(lists.last)"
        throw PlanError(
            .revocationPublished,
            "the ceremony revokes \(lists.certificate), and publishes no bundle that demands CRL \(lists.number) of \(issuer): "
                + "\(which), signed ahead, could deceive devices until \(lists.until)",
            advice: "Add the operation publish-bundle after issue-crl to \(file)")
    }
}

/// A CA that this authority can sign for has a CRL from the ceremony on that makes it: without one, devices that look for
/// revocations refuse everything below it.
enum InitialLists {
    /// - Throws: ``PlanError`` with control CRL-CONTINUITY.
    static func require(_ steps: [PlannedStep]) throws(PlanError) {
        var waiting: [String] = []
        var shards: [String: Int] = [:]
        for step in steps {
            switch step {
            case .certificate(let planned):
                if planned.kind.isAuthority, planned.subjectKey != nil, !planned.isCrossCertificate { waiting.append(planned.name) }
            case .certificateList(let list) where list.base == nil:
                shards[list.issuer, default: 0] += 1
                if shards[list.issuer] == list.shard?.count ?? 1 { waiting.removeAll { $0 == list.issuer } }
            default:
                break
            }
        }
        guard let name = waiting.first else { return }
        throw PlanError(.listContinuity, "the plan makes the CA \(name), and no first CRL of it")
    }
}
