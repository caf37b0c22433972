import Groundwork
import StrictYAML

extension ApprovalRules {
    private static let windowKey = YAMLKey.required(
        "window", YAMLForm<CalendarDuration>.duration, "The longest time between planning and running.")
    private static let verificationKey = YAMLKey.standard(
        "require-user-verification", .boolean, false, as: "no",
        "Whether FIDO keys must show that the person entered a PIN or a fingerprint. A touch is always demanded.")
    private static let requesterKey = YAMLKey.standard(
        "requester-may-approve", .boolean, false, as: "no",
        "Whether the operator who asks for a ceremony may be one of those who approve it.")

    static let record = YAMLRecord(
        "the approval rules", [windowKey.description, verificationKey.description, requesterKey.description])

    static let form = YAMLForm<ApprovalRules>.record(record) { reader throws(YAMLError) in
        let window = try reader.read(windowKey)
        guard window.count > 0 else { throw reader.error(at: windowKey, "no plan could ever be run in 0 time.") }
        return ApprovalRules(
            window: window, requireUserVerification: try reader.read(verificationKey),
            requesterMayApprove: try reader.read(requesterKey))
    }
}

extension CRLRules {
    private static let rootKey = YAMLKey.required("root", CRLSchedule.form, "For CRLs of roots.")
    private static let intermediateKey = YAMLKey.required(
        "intermediate", CRLSchedule.form, "For CRLs of intermediates whose keys are on our tokens.")
    private static let urlsKey = YAMLKey.standard(
        "urls", YAMLForm<[Template]>.list(of: .template, atLeast: 0), [], as: "[]",
        "The CRL distribution points of certificates whose profiles name none; {issuer} is the issuer's file name.")

    static let record = YAMLRecord(
        "the CRL rules", [rootKey.description, intermediateKey.description, urlsKey.description])

    static let form = YAMLForm<CRLRules>.record(record) { reader throws(YAMLError) in
        CRLRules(
            root: try reader.read(rootKey), intermediate: try reader.read(intermediateKey),
            urls: try reader.read(urlsKey))
    }
}

extension CRLSchedule {
    private static let nextUpdateKey = YAMLKey.required(
        "next-update", YAMLForm<CalendarDuration>.duration, "How long a CRL is good.")
    private static let overlapKey = YAMLKey.required(
        "overlap", YAMLForm<CalendarDuration>.duration, "The next CRL is due this long before the last one ends.")

    private static let seriesKey = YAMLKey.optional(
        "series", .integer(in: 2...120),
        "How many CRLs may be signed at once for the months to come. Left out: one at a time.")

    private static let shardsKey = YAMLKey.optional(
        "shards", .integer(in: ListShard.counts),
        "Into how many CRLs those of each new intermediate are split, by serial number. Left out: one holds all.")

    private static let deltaKey = YAMLKey.optional(
        "delta", YAMLForm<CalendarDuration>.duration,
        "How long a delta CRL is good: one goes with every CRL, and lists only what the oldest CRL that is still good does not.")

    static let record = YAMLRecord(
        "a CRL schedule",
        [
            nextUpdateKey.description, overlapKey.description, seriesKey.description, shardsKey.description,
            deltaKey.description,
        ])

    static let form = YAMLForm<CRLSchedule>.record(record) { reader throws(YAMLError) in
        let nextUpdate = try reader.read(nextUpdateKey)
        let overlap = try reader.read(overlapKey)
        guard nextUpdate.count > 0, overlap.isShorter(than: nextUpdate) else {
            throw reader.error(
                at: overlapKey, "the overlap (\(overlap)) is not shorter than a CRL's life (\(nextUpdate)).",
                remedy: "Write a shorter overlap, or a longer next-update.")
        }
        let delta = try reader.readIfPresent(deltaKey)
        if let delta, delta.count <= 0 || !delta.isShorter(than: nextUpdate) {
            throw reader.error(
                at: deltaKey, "a delta CRL must end before the CRL that it goes with, and \(delta) is not shorter than next-update (\(nextUpdate)).",
                remedy: "Write a shorter time.")
        }
        return CRLSchedule(
            nextUpdate: nextUpdate, overlap: overlap, series: try reader.readIfPresent(seriesKey),
            shards: try reader.readIfPresent(shardsKey), delta: delta)
    }
}

extension LedgerRules {
    private static let profileKey = YAMLKey.required(
        "record-profile", YAMLForm<String>.slug,
        "The profile, of kind record-key, of the key that signs the checkpoints of the ledger.")

    static let record = YAMLRecord("the ledger rules", [profileKey.description])

    static let form = YAMLForm<LedgerRules>.record(record) { reader throws(YAMLError) in
        LedgerRules(recordProfile: try reader.read(profileKey))
    }
}

extension ResponseRules {
    private static let revokeKey = YAMLKey.optional(
        "revoke", YAMLForm<CalendarDuration>.duration, "From the declaration of an incident to the signed revocation.")
    private static let publishKey = YAMLKey.optional(
        "publish", YAMLForm<CalendarDuration>.duration, "From the signed revocation to the published CRL.")

    static let record = YAMLRecord("the response rules", [revokeKey.description, publishKey.description])

    static let form = YAMLForm<ResponseRules>.record(record) { reader throws(YAMLError) in
        let revoke = try reader.readIfPresent(revokeKey)
        let publish = try reader.readIfPresent(publishKey)
        for (key, aim) in [(revokeKey, revoke), (publishKey, publish)] where aim?.count == 0 {
            throw reader.error(at: key, "nothing is done in no time.", remedy: "Write a length of time, as 24h.")
        }
        return ResponseRules(revoke: revoke, publish: publish)
    }
}

extension Limits {
    private static let operationsKey = YAMLKey.required(
        "maximum-operations", .integer(in: 1...1_000_000), "Operations in one ceremony.")
    private static let approvalsKey = YAMLKey.required(
        "maximum-approvals", .integer(in: 1...10_000), "Approvals that a run looks at.")
    private static let requestKey = YAMLKey.required(
        "maximum-request-bytes", .integer(in: 256...1_048_576), "Bytes of a certification request.")
    private static let planKey = YAMLKey.required(
        "maximum-plan-bytes", .integer(in: 4096...1_073_741_824), "Bytes of a plan.")
    private static let entriesKey = YAMLKey.required(
        "maximum-crl-entries", .integer(in: 1...10_000_000), "Entries of a CRL.")
    private static let skewKey = YAMLKey.required(
        "maximum-clock-skew", YAMLForm<CalendarDuration>.duration,
        "How far the clock may stand behind the ledger or the plan.")

    static let record = YAMLRecord(
        "the limits",
        [
            operationsKey.description, approvalsKey.description, requestKey.description, planKey.description,
            entriesKey.description, skewKey.description,
        ])

    static let form = YAMLForm<Limits>.record(record) { reader throws(YAMLError) in
        Limits(
            maximumOperations: try reader.read(operationsKey), maximumApprovals: try reader.read(approvalsKey),
            maximumRequestBytes: try reader.read(requestKey), maximumPlanBytes: try reader.read(planKey),
            maximumCRLEntries: try reader.read(entriesKey), maximumClockSkew: try reader.read(skewKey))
    }
}
