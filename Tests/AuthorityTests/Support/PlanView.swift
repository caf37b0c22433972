import Authority
import Groundwork
import PKIX

/// A plan in words: one line for each thing that it decides, so that a reader of a change sees what changed.
enum PlanView {
    static func lines(_ plan: Plan) throws -> [String] {
        var lines = [
            "\(Plan.format), ceremony \(plan.number) of \(plan.authority) (\(plan.environment.rawValue)): \(plan.title)",
            "made \(plan.created), to be run from \(plan.opens) to \(plan.closes)",
            "on a ledger of \(plan.head.size) lines", "nonce \(Hex.encode(plan.nonce))",
            "policy \(plan.policy.digest.hex)" + (plan.policy.text == nil ? "" : ", which the plan holds"),
            "ceremony file \(plan.ceremonyDigest.hex)",
        ]
        for input in plan.inputs { lines.append("input \(input.path), \(input.bytes.count) bytes, \(Digest(of: input.bytes).hex)") }
        for (index, operation) in plan.operations.enumerated() {
            let seats = operation.quorum.seats.map(\.description).joined(separator: ", ")
            lines += ["", "\(index + 1). \(operation.title)", "   approved by \(seats)"]
            for step in operation.steps { lines += try describe(step).map { "   \($0)" } }
        }
        return lines
    }

    private static func describe(_ step: PlannedStep) throws -> [String] {
        switch step {
        case .generateKey(let key):
            return [
                "key \(key.name): \(key.kind.rawValue), for \(key.purpose.rawValue), on \(key.token) as \"\(key.label)\"",
                "  id \(Hex.encode(key.id)), signs \(Hex.encode(key.proof)) to prove itself",
            ]
        case .certificate(let certificate):
            let tbs = try TBSCertificate(derEncoded: certificate.template.bytes)
            let period = [tbs.notBefore, tbs.notAfter].map { Timestamp(secondsSinceEpoch: $0)?.rfc3339 ?? "?" }
            return [
                "certificate \(certificate.name): profile \(certificate.profile), signed by \(certificate.issuerKey) with "
                    + "\(certificate.algorithm.rawValue), to \(certificate.path)",
                "  subject \(tbs.subject)", "  issuer \(tbs.issuer)", "  from \(period[0]) to \(period[1])",
                "  serial \(Hex.encode(tbs.serialNumber))",
                "  " + (try tbs.basicConstraints?.isCA == true
                    ? "a CA, path length \(tbs.basicConstraints?.pathLength.map(String.init) ?? "unlimited")" : "no CA"),
                "  extensions \(tbs.extensions.map { "\($0.identifier)\($0.isCritical ? " critical" : "")" }.joined(separator: ", "))",
            ] + open(certificate.template)
        case .policy(let policy):
            return ["policy \(policy.number): \(policy.digest.hex), to \(policy.path)"]
        case .judgeKey(let judgement):
            return ["judgement of \(judgement.key) on \(judgement.token), to which \(judgement.predecessor) commits"]
        case .destroyKey(let destruction):
            return ["end of the key \(destruction.key) on \(destruction.token), after CRL \(destruction.lastCRL)"]
        case .rootUpdate(let update):
            return ["root-key update of \(update.newWithNew), to \(update.path)"]
        case .breakGlass(let package):
            return ["package \(package.package) revokes \(package.certificates.joined(separator: ", ")), until \(package.expires)"]
        case .revocation(let revocation):
            return ["revocation of \(revocation.certificate): \(revocation.reason.rawValue), \(revocation.date)"]
        case .custody(let custody):
            return ["shares of \(custody.token): " + custody.groups.map { "\($0)" }.joined(separator: ", ")]
        case .certificateList(let list):
            return [
                "CRL \(list.number) of \(list.issuer): \(list.entries) entries, from \(list.thisUpdate) to \(list.nextUpdate), "
                    + "signed by \(list.issuerKey), to \(list.path)"
            ] + open(list.template)
        case .bundleSignature(let signature):
            return [
                "signature of bundle \(signature.bundle.sequence), \(signature.form.rawValue), by "
                    + signature.signer.certificate
            ]
        case .bundle(let bundle):
            return [
                "bundle \(bundle.sequence) of \(bundle.storeID), signed by "
                    + "\(bundle.signers.map(\.certificate).joined(separator: ", ")), to \(bundle.path)",
                "  forms \((bundle.forms.map(\.rawValue) + bundle.renderings).joined(separator: ", "))",
                "  anchors \(bundle.anchors.joined(separator: ", "))",
                "  intermediates \(bundle.intermediates.joined(separator: ", "))",
                "  least CRLs \(bundle.minimumCRLs.map { "\($0.number) of \($0.issuer)" }.joined(separator: ", "))",
            ]
        }
    }

    private static func open(_ template: ObjectTemplate) -> [String] {
        ["  \(template.bytes.count) bytes to be signed, \(Digest(of: template.bytes).hex)"]
            + template.holes.map {
                "  open: \($0.length) bytes at \($0.offset), \($0.content.rawValue) of \($0.key)"
            }
    }
}
