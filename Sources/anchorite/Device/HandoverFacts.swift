import Authority
import Groundwork
import Handover

/// What a handover says.
struct HandoverFacts {
    let contract: Contract
    let folder: String
    let isNew: Bool
    let approval: (time: Timestamp, size: Int64)
    /// By which nothing in the chain is revoked.
    let lists: [ListUsed]

    init(_ handover: Handover, folder: String, isNew: Bool, at time: Timestamp) {
        contract = handover.contract
        self.folder = folder
        self.isNew = isNew
        approval = handover.approval
        lists = handover.listsUsed(at: time)
    }

    var sheet: Sheet {
        var sheet = Sheet()
        sheet.text(
            isNew ? "Packed into \(folder), signed, and checked as the factory will."
                : "\(folder) holds: whole, signed by an operator, and in force as far as its own CRLs tell, from the root's fingerprint.",
            .green)
        sheet.data("folder", .string(folder))
        sheet.fact("authority", "\(contract.authority), \(contract.environment.rawValue)", key: "authority")
        sheet.fact("scope", [contract.scopeWords], key: "scope", .object(contract.scope.mapValues(JSONValue.string)))
        sheet.fact(
            "chain", contract.chain.map { "\($0.name), until \(Phrase.day($0.notAfter))" }, key: "chain",
            .array(contract.chain.map { ["name": .string($0.name), "sha256": .string($0.fingerprint.hex)] }))
        sheet.fact(
            "CRLs", contract.lists.isEmpty ? ["none"] : contract.lists.map {
                "\($0.issuer)  \($0.number), next by \(Phrase.day($0.nextUpdate))"
            },
            key: "crls",
            .array(contract.lists.map {
                [
                    "issuer": .string($0.issuer), "number": .integer($0.number),
                    "next-update": .string($0.nextUpdate.rfc3339),
                ]
            }))
        if let bundle = contract.bundle {
            sheet.fact(
                "bundle", ["\(bundle.store)  \(bundle.sequence)"], key: "bundle",
                ["store": .string(bundle.store), "sequence": .integer(bundle.sequence)])
        }
        sheet.fact(
            "in force", lists.isEmpty ? ["by no CRL"] : lists.map { "by \($0.words)" }, key: "in-force-by",
            .array(lists.map(\.json)))
        if !isNew {
            let places = lists.flatMap(\.addresses)
            sheet.text(
                "A newer CRL may be out, and may revoke what is in force by these. "
                    + (places.isEmpty ? "Fetch it from the authority" : "Fetch it from \(Phrase.list(places, "or"))")
                    + ", and give it to anchorite device verify with --crl, or ask for a new folder.", .yellow)
        }
        sheet.fact("profile", contract.device.profile, key: "profile")
        let subject = contract.device.subject.map { "\($0.type)=\($0.value)" }.joined(separator: ", ")
        sheet.fact("device", subject, key: "subject")
        sheet.fact("signed", time: contract.issued, key: "issued")
        sheet.fact(
            "by", ["\(contract.signer.name), key \(contract.signer.key)"], key: "signer",
            [
                "operator": .string(contract.signer.operator), "name": .string(contract.signer.name),
                "key": .string(contract.signer.key),
            ])
        sheet.fact(
            "on record", ["approved something at \(Phrase.time(approval.time)); the checkpoint is over \(approval.size) lines"],
            key: "record", ["approval": .string(approval.time.rfc3339), "size": .integer(approval.size)])
        sheet.text(
            isNew ? "Next: bring the folder to the factory, and let it run anchorite handover --check there."
                : "Next: anchorite device verify --chain DEVICE --handover \(folder) --root FINGERPRINT for each device.")
        return sheet
    }
}
