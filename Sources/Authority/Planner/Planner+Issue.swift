import Groundwork
import PKIX
import StrictYAML

extension Planner {
    mutating func issueIntermediate(
        _ profileName: String, _ issuer: IssuerReference, _ scope: [String: String], _ source: KeySource
    ) throws(PlanError) -> (title: String, steps: [PlannedStep]) {
        let profile = try profile(profileName, .intermediate)
        let issuerName = try resolve(issuer)
        let base = try Self.name(profile, scope)
        try requireFreeScope(profile, scope)
        let name = freeName(base)
        var steps: [PlannedStep] = []
        let subject: CertificateSubject
        switch source {
        case .request(let file):
            subject = .request(file.path, try request(file, profile))
        case .generate(let token, let keyType):
            let kind = try keyKind(keyType, profile)
            steps.append(try take(.generateKey(try plannedKey(name, .intermediate, kind, token))))
            subject = .generated(name, kind)
        }
        steps.append(try take(.certificate(try certificate(CertificateDraft(
            name: name, profile: profile, scope: scope, subject: subject, issuer: issuerName)))))
        // A CA without a CRL is refused by wolfSSL; where the key is the factory's, the factory signs its first CRL.
        if case .generate = source {
            for list in try certificateLists(of: name) { steps.append(try take(.certificateList(list))) }
        }
        return ("Issue the intermediate \(name) under \(issuerName) for \(Self.words(scope))", steps)
    }

    mutating func issueEndEntity(
        _ profileName: String, _ issuer: IssuerReference, _ scope: [String: String], _ file: RequestFile
    ) throws(PlanError) -> (title: String, steps: [PlannedStep]) {
        let profile = try profile(profileName, .endEntity)
        let issuerName = try resolve(issuer)
        let name = freeName(try Self.name(profile, scope))
        let subject = CertificateSubject.request(file.path, try request(file, profile))
        let step = try take(.certificate(try certificate(CertificateDraft(
            name: name, profile: profile, scope: scope, subject: subject, issuer: issuerName))))
        return ("Issue the end-entity certificate \(name) under \(issuerName)", [step])
    }

    /// The certificate that an operation names as issuer: live, a CA, and with its key on one of our tokens.
    ///
    /// - Parameter evenEnded: also one that is revoked or expired.
    func resolve(_ reference: IssuerReference, evenEnded: Bool = false) throws(PlanError) -> String {
        let record: AuthorityState.CertificateRecord
        switch reference {
        case .root(let name):
            guard let found = state.certificates[name], found.planned.kind.isAuthority else {
                let known = state.issued.filter { state.certificates[$0]?.planned.kind.isAuthority == true }
                throw PlanError(
                    .profile, "there is no CA named \(name)", advice: Suggestion.sentence("CAs", known, for: name))
            }
            record = found
        case .scope(let scope):
            record = try live(scope, profile: nil, kind: .intermediate, .profile)
        }
        guard !record.planned.isCrossCertificate else {
            let root = record.planned.subjectKey ?? ""
            throw PlanError(
                .profile, "\(record.planned.name) is a certificate for the key of \(root), and issues nothing by itself",
                advice: "Name the root: \(root)")
        }
        guard evenEnded || record.isLive(at: created) else {
            throw PlanError(
                .profile, "the CA \(record.planned.name) is revoked or expired, and issues nothing",
                advice: "Name a live one; anchorite status lists them")
        }
        guard record.planned.subjectKey != nil else {
            throw PlanError(
                .keyIdentity, "the key of \(record.planned.name) is not on a token of this authority, but at the factory",
                advice: "Ask the factory; what its key signs, it signs itself")
        }
        return record.planned.name
    }

    private func requireFreeScope(_ profile: Profile, _ scope: [String: String]) throws(PlanError) {
        guard profile.onePerScope else { return }
        let taken = state.certificates(for: scope).first {
            $0.planned.profile == profile.name && $0.isLive(at: created)
        }
        guard let taken else { return }
        throw PlanError(
            .scopeSingle, "\(taken.planned.name) is live for \(Self.words(scope)), and the policy allows one at a time",
            advice: "Revoke it first, or correct the scope")
    }

    /// Reads a CSR and takes from it the public key and nothing else.
    private mutating func request(_ file: RequestFile, _ profile: Profile) throws(PlanError) -> SubjectPublicKeyInfo {
        let bytes = try input(file.path)
        if let digest = file.sha256, Digest(of: bytes) != digest {
            throw PlanError(
                .requestPossession, "\(file.path) is not the CSR that the ceremony file names: its digest differs",
                advice: "Compare the digest with the factory by telephone")
        }
        let publicKey = try provenKey(file.path, bytes)
        guard profile.keyTypes.contains(publicKey.kind.rawValue) else {
            throw PlanError(
                .keyType,
                "\(file.path) has a key of type \(publicKey.kind.rawValue), and the profile \(profile.name) allows "
                    + profile.keyTypes.joined(separator: ", "),
                advice: "Ask its sender for a CSR with a key of an allowed type")
        }
        return publicKey
    }

    /// `profile-value-value`, with the values in the order of the profile's scope, as they can stand in a file's name.
    static func name(_ profile: Profile, _ scope: [String: String]) throws(PlanError) -> String {
        var parts = [profile.name]
        for field in profile.scope {
            guard let value = scope[field.name] else {
                throw PlanError(.scopeKnown, "the scope lacks \(field.name)", advice: "Add it to the ceremony file")
            }
            parts.append(AuthorityPaths.fileName(for: value))
        }
        return parts.joined(separator: "-")
    }

    static func words(_ scope: [String: String]) -> String {
        scope.isEmpty ? "no scope" : scope.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}
