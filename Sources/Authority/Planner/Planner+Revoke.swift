import Groundwork
import PKIX
import StrictYAML

extension Planner {
    mutating func revoke(
        _ target: RevocationTarget, _ reason: RevocationReason, _ since: Timestamp?
    ) throws(PlanError) -> (title: String, steps: [PlannedStep]) {
        let record = try find(target)
        let name = record.planned.name
        guard record.revocation == nil else {
            throw alreadyRevoked(record, .revocationTarget)
        }
        guard !record.planned.isRoot else {
            throw PlanError(
                .revocationTarget, "\(name) is a root, and a CRL cannot revoke the root that signs it",
                advice: "Publish a bundle without it")
        }
        if let since {
            guard since <= created else {
                throw PlanError(
                    .revocationTarget, "\(name) cannot be compromised since \(since), which is to come",
                    advice: "Write the earliest time that it can have happened, in UTC; it is \(created)")
            }
        }
        let step = try take(.revocation(PlannedRevocation(
            certificate: name, issuer: record.planned.issuer, serial: record.fields.serial, reason: reason,
            date: created, since: since)))
        return ("Revoke \(name) for \(reason.rawValue)", [step])
    }

    private mutating func find(_ target: RevocationTarget) throws(PlanError) -> AuthorityState.CertificateRecord {
        switch target {
        case .scope(let profile, let scope):
            let kind: ProfileKind? = profile == nil ? .intermediate : nil
            let found = try live(scope, profile: profile, kind: kind, .revocationTarget)
            // A ceremony file that is planned again would revoke the good one that took the place of the bad.
            if let words = state.replacement(by: found) {
                let name = found.planned.name
                throw PlanError(
                    .revocationTarget, words,
                    advice: "If \(name) is to be revoked, say so in place of the scope: name: \(name)")
            }
            return found
        case .serial(let issuer, let serial):
            let issuerName = try issuerName(issuer)
            guard let wanted = Hex.decode(serial.lowercased()) else {
                throw PlanError(
                    .revocationTarget, "the serial number \(serial.prefix(60)) is not made of hex digits",
                    advice: "Write pairs of small hexadecimal digits without separators")
            }
            let found = state.certificates(issuedBy: issuerName).first { $0.fields.serial == wanted }
            guard let found else {
                throw PlanError(
                    .revocationTarget, "\(issuerName) issued no certificate with serial number \(serial)",
                    advice: "Look it up with anchorite status --json, or name the certificate's file")
            }
            return found
        case .certificateFile(let path):
            return try find(fingerprint: try fileFingerprint(path), path)
        case .name(let name):
            guard let found = state.certificates[name] else {
                throw PlanError(
                    .revocationTarget, "there is no certificate named \(name)",
                    advice: Suggestion.sentence("Certificates", state.issued.sorted(), for: name))
            }
            return found
        case .certificateDigest(let digest):
            return try find(fingerprint: digest, digest.hex)
        }
    }

    /// Like ``resolve(_:)``, but a revoked issuer's certificates can still be revoked.
    private func issuerName(_ reference: IssuerReference) throws(PlanError) -> String {
        switch reference {
        case .root(let name):
            guard state.certificates[name] != nil else {
                let known = state.issued.filter { state.certificates[$0]?.planned.kind.isAuthority == true }
                throw PlanError(
                    .revocationTarget, "there is no CA named \(name)",
                    advice: Suggestion.sentence("CAs", known, for: name))
            }
            return name
        case .scope(let scope):
            return try live(scope, profile: nil, kind: .intermediate, .revocationTarget).planned.name
        }
    }

    private func find(fingerprint: Digest, _ what: String) throws(PlanError) -> AuthorityState.CertificateRecord {
        guard let record = state.certificates.values.first(where: { $0.fingerprint == fingerprint }) else {
            throw PlanError(
                .revocationTarget, "\(what) is no certificate of this authority",
                advice: "Look it up with anchorite status --json, or name the authority that issued it")
        }
        return record
    }

    /// The fingerprint of a certificate in a PEM or DER file that the ceremony names.
    private mutating func fileFingerprint(_ path: String) throws(PlanError) -> Digest {
        let bytes = try input(path)
        do {
            return Digest(of: PEM.looksLikePEM(bytes) ? try PEM.decode(bytes, labels: [PEM.certificate]) : bytes)
        } catch {
            throw PlanError(
                .revocationTarget, "\(path) is no certificate: \(error.sentence)",
                advice: "Name a certificate in PEM or DER, or its serial number and issuer")
        }
    }
}
