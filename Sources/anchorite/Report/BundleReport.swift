import DeviceRule
import Groundwork
import PKIX
import TrustBundle

/// What a device would say of a bundle, control by control.
struct BundleReport {
    let verifier: BundleVerifier
    let checksRenderings: Bool
    /// Whether threshold and deny list are the device's, and not assumed.
    let isStoredKnown: Bool
    private var verified: VerifiedBundle?
    private var refusal: BundleError?
    private var deviceRefusal: DeviceRefusal?

    init(verifier: BundleVerifier, checksRenderings: Bool, isStoredKnown: Bool) {
        self.verifier = verifier
        self.checksRenderings = checksRenderings
        self.isStoredKnown = isStoredKnown
    }

    /// Both implementations must accept.
    var isAccepted: Bool { verified != nil && refusal == nil }

    mutating func accept(_ bundle: VerifiedBundle) { verified = bundle }

    /// Ours finds the same as the device, in more words.
    mutating func refuse(_ error: BundleError) {
        if refusal == nil || refusal?.control == error.control { refusal = error }
    }

    /// The device's verdict stands.
    mutating func refuse(_ error: DeviceRefusal) {
        deviceRefusal = error
        refusal = BundleError(error.control, error.sentence)
    }

    var sheet: Sheet {
        var sheet = Sheet(isAccepted ? "Accepted" : "REFUSED")
        sheet.data("accepted", .boolean(isAccepted))
        addControls(to: &sheet)
        sheet.gap()
        if !isStoredKnown {
            sheet.fact(
                "unknown",
                ["the threshold, the deny list and the last payload that the device has stored: give --stored to check them, too"],
                key: "unknown", ["threshold", "deny-list", "previous-payload"], style: .yellow)
        }
        if let refusal {
            sheet.fact("because", refusal.reason, key: "reason", style: .red)
            if let advice = refusal.advice { sheet.fact("then", advice, key: "advice") }
            if let deviceRefusal {
                let name = "ANCHORITE_ERROR_\(deviceRefusal.name)"
                sheet.fact("on a device", ["\(name): \(deviceRefusal.sentence)"], key: "device", .string(name))
            }
            return sheet
        }
        guard let verified else { return sheet }
        for warning in verified.warnings { sheet.fact("note", "\(warning)", key: "warning", style: .yellow) }
        var bundle = Sheet("Bundle \(verified.payload.sequence)")
        BundleFacts.add(verified.payload, to: &bundle)
        bundle.fact("signed by", verified.signers.flatMap(lines), key: "signers", .array(verified.signers.map(json)))
        bundle.fact("payload", verified.bundle.payloadDigest.hex, key: "payload-sha256")
        sheet.section("bundle", bundle)
        if verified.payload.sequence < .max {
            sheet.gap()
            sheet.text(
                "The device now stores these anchors and accepts sequence \(verified.payload.sequence + 1) and above.")
        }
        return sheet
    }

    /// The controls come in the order in which a device goes through them; it stops at the first that does not hold.
    private func addControls(to sheet: inout Sheet) {
        var table = Table(["", "", ""])
        var values: [JSONValue] = []
        var isStopped = false
        for control in BundleControl.allCases {
            var word = "ok"
            var sentence = control.claim
            var style = Terminal.Style.green
            if isStopped {
                (word, style) = ("–", .dim)
                sentence = "not reached"
            } else if refusal?.control == control {
                (word, style) = ("FAILED", .red)
                isStopped = true
            } else if let reason = unchecked(control) {
                (word, sentence, style) = ("–", "not checked: \(reason)", .dim)
            }
            table.add([word, control.rawValue, sentence], style)
            values.append([
                "control": .string(control.rawValue),
                "result": .string(word == "–" ? "unchecked" : word.lowercased()), "sentence": .string(sentence),
            ])
        }
        sheet.table("controls", table, .array(values))
    }

    private func lines(_ signer: VerifiedSigner) -> [String] {
        var trust = [signer.currentIssuer.map { "trusted by \($0)" } ?? "new to the device"]
        if let issuer = signer.newIssuer, issuer != signer.currentIssuer { trust.append("by the bundle's \(issuer)") }
        if !signer.counts { trust.append("not counted") }
        return [
            "\(signer.certificate.tbs.subject)", "until \(Phrase.seconds(signer.certificate.tbs.notAfter))",
            trust.joined(separator: ", "),
        ]
    }

    private func json(_ signer: VerifiedSigner) -> JSONValue {
        var members: [String: JSONValue] = [
            "subject": .string(signer.certificate.tbs.subject.description), "counts": .boolean(signer.counts),
        ]
        members["issuer"] = signer.currentIssuer.map { .string($0.description) }
        members["new-issuer"] = signer.newIssuer.map { .string($0.description) }
        return .object(members)
    }

    private func unchecked(_ control: BundleControl) -> String? {
        switch control {
        case .encoding, .signer, .threshold, .signature, .sequence: nil
        case .store: verifier.storeID == nil ? "no --store was given" : nil
        case .environment: verifier.environment == nil ? "no --environment was given" : nil
        case .renderings: checksRenderings ? nil : "--alone was given"
        }
    }
}

extension BundleControl {
    /// What holds when the control does.
    var claim: String {
        switch self {
        case .encoding: "The file is a bundle in its only encoding."
        case .signer: "A current anchor issued the signer's certificate, for signing."
        case .signature: "Every signature that counts fits header and payload."
        case .threshold: "Enough signers are under the current anchors, and under the bundle's own."
        case .store: "The bundle is for this store."
        case .environment: "The bundle is for this environment."
        case .sequence: "The sequence is not below the least that is accepted."
        case .renderings: "The files beside the bundle are the ones that it lists."
        }
    }
}
