import Authority
import Groundwork

/// What a revocation reaches, and by when it must be done.
struct RevocationFacts {
    private let ceremony: RevocationCeremony
    private let radius: BlastRadius
    private let clocks: ClockFacts
    private let time: Timestamp
    /// Devices in all, if somebody said so and did not tell them apart.
    private let devices: Int64?

    private let isReasonKnown: Bool

    init(
        _ ceremony: RevocationCeremony, _ clocks: [ResponseClock], devices: Int64?, isReasonKnown: Bool,
        at time: Timestamp
    ) {
        self.isReasonKnown = isReasonKnown
        self.ceremony = ceremony
        radius = ceremony.radius
        self.clocks = ClockFacts(clocks, declared: ceremony.declared, at: time)
        self.devices = devices ?? radius.devices
        self.time = time
    }

    /// Added to the sheet for people and programs.
    func add(to sheet: inout Sheet) {
        sheet.list("targets", radius.targets.map(target))
        sheet.gap()
        if isReasonKnown { sheet.fact("reason", ceremony.reason.rawValue, key: "reason") }
        if let since = ceremony.since {
            sheet.fact("since", time: since, key: "since", remark: Phrase.distance(of: since, from: time))
            let later = radius.targets.map(\.record).filter { since < $0.fields.notBefore }
            if !later.isEmpty {
                sheet.fact(
                    "notice",
                    later.map { "that is before \($0.planned.name) began, on \(Phrase.time($0.fields.notBefore)): is it meant?" },
                    key: "since-before-beginning", .array(later.map { .string($0.planned.name) }), style: .yellow)
            }
        } else {
            sheet.text("since when is not said: give --since, the earliest that it can have happened.", .yellow)
        }
        addDevices(to: &sheet)
        sheet.fact(
            "CRLs", radius.issuers.map { issuer in
                "\(issuer.name) gets number \(issuer.number)"
                    + (issuer.retiring > 0 ? ", \(issuer.retiring) signed ahead are retired" : "") + (issuer.nextUpdate.map {
                    "; devices may go on with the one that they have until \(Phrase.time($0)), \(Phrase.distance(of: $0, from: time))"
                } ?? "")
            }, key: "crls",
            .array(radius.issuers.map { issuer in
                var members: [String: JSONValue] = ["issuer": .string(issuer.name), "number": .integer(issuer.number)]
                if issuer.retiring > 0 { members["retired"] = .integer(Int64(issuer.retiring)) }
                members["previous-next-update"] = issuer.nextUpdate.map { .string($0.rfc3339) }
                return .object(members)
            }))
        sheet.fact("bundle", [bundleWords], key: "bundle", .object(
            ceremony.publishesBundle ? ["sequence": .integer(radius.nextSequence)] : [:]))
        if !radius.renewals.isEmpty {
            sheet.fact(
                "new signer", radius.renewals.map { "under \($0), in the same ceremony" }, key: "renewals",
                .array(radius.renewals.map(JSONValue.string)))
        }
        sheet.fact("declared", time: ceremony.declared, key: "declared", remark: Phrase.distance(of: ceremony.declared, from: time))
        sheet.fact("deadlines", clocks.lines, key: "clocks", clocks.json, style: clocks.isAnyLate ? .red : .plain)
    }

    private var bundleWords: String {
        guard radius.newestBundle != nil else { return "none: no bundle was ever published" }
        return ceremony.publishesBundle
            ? "sequence \(radius.nextSequence), with the deny list and the least CRL number"
            : "none: the policy has no quorum for publish-bundle, and devices that take only bundles go on trusting"
    }

    private func addDevices(to sheet: inout Sheet) {
        guard let devices else {
            return
        }
        sheet.fact(
            "devices", ["\(devices) are refused once they know, good ones too"], key: "devices", .integer(devices))
    }

    private func target(_ target: BlastRadius.Target) -> Sheet {
        let planned = target.record.planned
        var sheet = Sheet("\(target.name): \(planned.kindWords)\(planned.scope.isEmpty ? "" : ", \(Phrase.scope(planned.scope))")")
        sheet.data("name", .string(target.name))
        sheet.data("kind", .string(planned.kind.rawValue))
        sheet.data("scope", .object(planned.scope.mapValues(JSONValue.string)))
        sheet.fact("serial", Hex.encode(target.record.fields.serial), key: "serial")
        sheet.fact("issued by", planned.issuer, key: "issuer")
        sheet.fact(
            "lives", ["from \(Phrase.day(target.record.fields.notBefore)) until \(Phrase.day(target.record.fields.notAfter))"],
            key: "validity",
            [
                "not-before": .string(target.record.fields.notBefore.rfc3339),
                "not-after": .string(target.record.fields.notAfter.rfc3339),
            ])
        if planned.kind.isAuthority {
            sheet.fact(
                "below", [below(target)], key: "below",
                [
                    "authorities": .array(target.authorities.map(JSONValue.string)),
                    "end-entities": .integer(Int64(target.endEntities)),
                ])
        }
        sheet.fact(
            "bundles", [bundles(target.bundles)], key: "bundles", .array(target.bundles.map(JSONValue.integer)))
        if let devices = target.devices { sheet.fact("devices", ["\(devices)"], key: "devices", .integer(devices)) }
        if !planned.scope.isEmpty, planned.kind.isAuthority {
            sheet.fact(
                "in its place", target.replacements.isEmpty
                    ? ["nothing: issue another for the same scope, once it is revoked"] : target.replacements,
                key: "replacements", .array(target.replacements.map(JSONValue.string)))
        }
        return sheet
    }

    private func below(_ target: BlastRadius.Target) -> String {
        var words: [String] = []
        if !target.authorities.isEmpty { words.append("the CAs \(Phrase.list(target.authorities))") }
        if target.endEntities > 0 { words.append("\(Phrase.count(target.endEntities, "certificate")) of this record") }
        let here = words.isEmpty ? "nothing of this record" : Phrase.list(words)
        return here + (target.signsListsHere
            ? "; its CRL is signed here, and no more is issued" : "; and whatever its own key signed elsewhere")
    }

    private func bundles(_ sequences: [Int64]) -> String {
        guard let last = sequences.last else { return "none carries it" }
        let newest = last == radius.newestBundle ? ", the newest among them" : ", the newest not among them"
        let shown = sequences.count > 6 ? "\(sequences.count) of them, from \(sequences[0]) to \(last)" : Phrase.list(sequences.map(String.init))
        return "carried by \(shown)\(newest)"
    }
}
