import Groundwork
import PKIX
import StrictYAML

extension Planner {
    /// The key of the next root, which exists before the certificate that commits to it is signed.
    mutating func preGenerate(
        _ successor: SuccessorKey, after root: String, _ profile: Profile
    ) throws(PlanError) -> PlannedStep {
        guard freeName(successor.name) == successor.name else {
            throw PlanError(
                .subjectUnique, "there is a certificate or key named \(successor.name) already",
                advice: "Every generation of a root has a new name, such as G3")
        }
        let kind = try keyKind(successor.keyType, profile)
        return try take(.generateKey(try plannedKey(
            successor.name, .root, kind, successor.token, successorOf: root)))
    }

    /// Makes a root of a pre-generated key, with what comes with a root, and cross-certificates with the root before.
    mutating func activateRoot(
        _ name: String, _ profileName: String?, _ successor: SuccessorKey?
    ) throws(PlanError) -> (title: String, steps: [PlannedStep]) {
        let waiting = try waitingKey(name)
        let profile = try profile(profileName ?? waiting.before.planned.profile, .root)
        _ = try keyKind(waiting.publicKey.kind.rawValue, profile)
        let token = waiting.planned.token
        let judgement = PlannedKeyJudgement(
            key: name, token: token, predecessor: waiting.before.planned.name,
            committed: Digest(of: waiting.publicKey.derBytes))
        try judgement.requireCommitment(state)

        var steps = [try take(.judgeKey(judgement))]
        if let successor { steps.append(try preGenerate(successor, after: name, profile)) }
        let signers = try newBundleSigners(of: name, token)
        for signer in signers { steps.append(try take(.generateKey(signer.key))) }
        steps.append(try take(.certificate(try certificate(CertificateDraft(
            name: name, profile: profile, scope: [:], subject: .existing(name, waiting.publicKey), issuer: nil,
            successor: successor?.name)))))
        for signer in signers {
            steps.append(try take(.certificate(try bundleSignerCertificate(signer.key, under: name, as: signer.words))))
        }
        let oldWithNew = try crossCertificate(for: waiting.before.planned.name, by: name)
        if let oldWithNew { steps.append(try take(.certificate(oldWithNew))) }
        steps.append(try take(.certificateList(try certificateList(of: name))))
        let newWithOld = try crossCertificate(for: name, by: waiting.before.planned.name)
        if let newWithOld { steps.append(try take(.certificate(newWithOld))) }
        steps.append(try take(.rootUpdate(PlannedRootUpdate(
            newWithNew: name, newWithOld: newWithOld?.name, oldWithNew: oldWithNew?.name,
            path: AuthorityPaths.rootUpdate(name)))))
        return (Self.title(name, waiting.before.planned.name, newWithOld, oldWithNew, successor), steps)
    }

    /// A new bundle signer with a new key, since one is good for a shorter time than its root.
    mutating func renewBundleSigner(
        _ root: String, _ token: String?
    ) throws(PlanError) -> (title: String, steps: [PlannedStep]) {
        guard let record = state.certificates[root], record.planned.kind == .root, !record.planned.isCrossCertificate
        else {
            throw PlanError(
                .bundleSignature, "there is no root \(root)",
                advice: Suggestion.sentence("Roots", state.roots.map(\.planned.name), for: root))
        }
        guard record.isLive(at: created) else {
            throw PlanError(
                .bundleSignature, "the root \(root) has expired, and issues nothing",
                advice: "Name a live one; anchorite status lists them")
        }
        let before = state.certificates(issuedBy: root).last { $0.planned.kind == .bundleSigner }
        let key = (before?.planned.subjectKey ?? record.planned.subjectKey).flatMap { state.keys[$0] }
        guard let place = token ?? key?.planned.token else {
            throw PlanError(.keyIdentity, "the key of \(root) is not on a token of this authority")
        }
        let base = Self.bundleSignerName(of: root)
        let name = freeName(base)
        let signer = try newBundleSigner(name, place)
        // The subject of the one before belongs to its key.
        let words = root + name.dropFirst(base.count)
        return (
            "Make a new bundle signer under \(root) on the token \(place)",
            [
                try take(.generateKey(signer)),
                try take(.certificate(try bundleSignerCertificate(signer, under: root, as: words))),
            ]
        )
    }

    /// - Throws: ``PlanError`` with control ROOT-SUPERSEDED when another root took the issuer's place.
    func requireNotSuperseded(_ issuer: String, for name: String) throws(PlanError) {
        guard let successor = state.supersedes(issuer) else { return }
        throw PlanError(
            .rootSuperseded, "\(issuer) issues no more certificates, so not \(name): \(successor) is active in its place",
            advice: "Name the issuer \(successor)")
    }

    // MARK: The key that waits

    private struct WaitingKey {
        var planned: PlannedKey
        var publicKey: SubjectPublicKeyInfo
        /// The root that committed to it.
        var before: AuthorityState.CertificateRecord
    }

    private func waitingKey(_ name: String) throws(PlanError) -> WaitingKey {
        guard let record = state.keys[name], let root = record.planned.successorOf,
            let before = state.certificates[root]
        else {
            let waiting = state.preGeneratedKeys.map(\.planned.name)
            throw PlanError(
                .rootSuccessor, "no key was pre-generated for a root \(name)",
                advice: waiting.isEmpty
                    ? "Use create-root, which makes its key too" : Suggestion.sentence("Waiting", waiting, for: name))
        }
        guard state.isPreGenerated(name) else {
            throw PlanError(.rootSuccessor, "the root \(name) is active already", advice: "Remove the operation")
        }
        guard let publicKey = record.publicKey else {
            throw PlanError(
                .rootSuccessor, "the key of \(name) is generated in this very ceremony, and is for later",
                advice: "Activate it in a ceremony of its own, when \(root) is to be replaced")
        }
        return WaitingKey(planned: record.planned, publicKey: publicKey, before: before)
    }

    // MARK: Cross-certificates

    /// A certificate for one root's key, signed by the other, with a name of its own (`G2-by-G1`). It lasts as long as
    /// both roots.
    ///
    /// - Returns: nil where it would be of no use: the issuer is not live, or the length of its paths leaves no room.
    private func crossCertificate(for name: String, by issuer: String) throws(PlanError) -> PlannedCertificate? {
        guard let subject = state.certificates[name], let issuer = state.certificates[issuer],
            let subjectKey = subject.planned.subjectKey, let publicKey = subject.publicKey,
            let issuerKeyName = issuer.planned.subjectKey, let issuerKey = state.keys[issuerKeyName]?.publicKey,
            subject.isLive(at: created), issuer.isLive(at: created), state.lastList(of: issuer.planned.name) == nil
        else { return nil }
        let crossName = "\(name)-by-\(issuer.planned.name)"
        guard freeName(crossName) == crossName else {
            throw PlanError(
                .subjectUnique, "there is a certificate named \(crossName) already", advice: "Rename one of the roots")
        }
        let own = try TemplateReader.certificate(subject.planned).tbs
        let above = try TemplateReader.certificate(issuer.planned).tbs
        do {
            let lengths = [try own.basicConstraints?.pathLength, try above.basicConstraints?.pathLength.map { $0 - 1 }]
            let pathLength = lengths.compactMap(\.self).min()
            if let pathLength, pathLength < neededPathLength { return nil }
            let algorithm = try signatureAlgorithm(of: issuer.planned.profile, key: issuerKey.kind)
            let tbs = try TBSCertificate(
                serialNumber: serial(crossName), signature: AlgorithmIdentifier(algorithm), issuer: above.subject,
                notBefore: max(own.notBefore, above.notBefore), notAfter: min(own.notAfter, above.notAfter),
                subject: own.subject, subjectPublicKeyInfo: publicKey.derBytes,
                extensions: [
                    try CertificateExtension(BasicConstraints(isCA: true, pathLength: pathLength)),
                    try CertificateExtension(own.keyUsage ?? KeyUsage([KeyUsageBit.keyCertSign, .cRLSign])),
                    try CertificateExtension(SubjectKeyIdentifier(publicKey.keyIdentifier)),
                    try CertificateExtension(AuthorityKeyIdentifier(issuerKey.keyIdentifier)),
                ]
            ).encode()
            return PlannedCertificate(
                name: crossName, kind: .root, profile: subject.planned.profile, scope: [:], subjectKey: subjectKey,
                request: nil, issuer: issuer.planned.name, issuerKey: issuerKeyName, algorithm: algorithm,
                template: ObjectTemplate(bytes: tbs.bytes), path: AuthorityPaths.certificate(crossName))
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.profile, "the certificate \(crossName) cannot be built: \(sentence(error))")
        }
    }

    /// How many CAs stand below a root by the policy.
    private var neededPathLength: Int {
        let intermediates = policy.profiles.values.filter { $0.kind == .intermediate }
        return intermediates.isEmpty ? 0 : 1 + (intermediates.compactMap(\.pathLength).max() ?? 0)
    }

    private static func title(
        _ name: String, _ before: String, _ newWithOld: PlannedCertificate?, _ oldWithNew: PlannedCertificate?,
        _ successor: SuccessorKey?
    ) -> String {
        let made = [newWithOld, oldWithNew].compactMap { $0?.name }
        let crosses =
            switch made.count {
            case 0: "without cross-certificates, for which \(before) leaves no room"
            case 1: "with the cross-certificate \(made[0]) only: the other would be of no use"
            default: "with the cross-certificates \(made.joined(separator: " and "))"
            }
        let next = successor.map { "; the key of its successor \($0.name) is pre-generated" } ?? ""
        return "Activate the root \(name) in place of \(before), \(crosses)\(next)"
    }
}
