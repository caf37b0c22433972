import Groundwork
import PKIX

extension Planner {
    /// The name of the key that signs checkpoints.
    static let recordKeyName = "record"

    /// Creates a root, its bundle signer and its initial CRL; with the first root, the record key; with a successor, the
    /// key of the next root, to which the certificate commits.
    mutating func createRoot(
        _ name: String, _ profileName: String, _ token: String, _ keyType: String?, _ successor: SuccessorKey?
    ) throws(PlanError) -> (title: String, steps: [PlannedStep]) {
        let profile = try profile(profileName, .root)
        guard !state.isPreGenerated(name) else {
            throw PlanError(
                .rootSuccessor, "the key of \(name) was pre-generated, and waits to become a root",
                advice: "Use the operation activate-root for \(name)")
        }
        guard freeName(name) == name else {
            throw PlanError(
                .subjectUnique, "there is a certificate named \(name) already",
                advice: "Every generation of a root has a new name, such as G2")
        }
        let kind = try keyKind(keyType, profile)
        var steps = [try take(.generateKey(try plannedKey(name, .root, kind, token)))]
        if let successor { steps.append(try preGenerate(successor, after: name, profile)) }
        let makesRecordKey = state.keys[Self.recordKeyName] == nil
        if makesRecordKey {
            let recordProfile = try self.profile(policy.ledger.recordProfile, .recordKey)
            let recordKind = try keyKind(nil, recordProfile)
            steps.append(try take(.generateKey(try plannedKey(Self.recordKeyName, .record, recordKind, token))))
        }
        let signers = try newBundleSigners(of: name, token)
        for signer in signers { steps.append(try take(.generateKey(signer.key))) }

        steps.append(try take(.certificate(try certificate(
            CertificateDraft(name: name, profile: profile, scope: [:], subject: .generated(name, kind), issuer: nil,
                successor: successor?.name)))))
        if makesRecordKey {
            let recordProfile = try self.profile(policy.ledger.recordProfile, .recordKey)
            let recordKind = try keyKind(nil, recordProfile)
            steps.append(try take(.certificate(try certificate(CertificateDraft(
                name: Self.recordKeyName, profile: recordProfile, scope: [:],
                subject: .generated(Self.recordKeyName, recordKind), issuer: name, rootName: name)))))
        }
        for signer in signers {
            steps.append(try take(.certificate(try bundleSignerCertificate(signer.key, under: name, as: signer.words))))
        }
        steps.append(try take(.certificateList(try certificateList(of: name))))
        let record = makesRecordKey ? ", its record key" : ""
        let next = successor.map { "; the key of its successor \($0.name) is pre-generated" } ?? ""
        let signing = signers.count == 1 ? "bundle signer" : "\(signers.count) bundle signers"
        return (
            "Create the root \(name) (\(kind.rawValue)) on the token \(token), its \(signing)\(record) and its first CRL"
                + next, steps
        )
    }

    static func bundleSignerName(of root: String) -> String { "\(root)-bundle-signer" }

    /// The keys of a root's bundle signers, as many as devices demand, on the tokens that the policy spreads them over.
    ///
    /// - Parameter token: the root's, for a policy that says nothing of tokens.
    /// - Returns: each with what `{name}` stands for in its subject.
    func newBundleSigners(
        of root: String, _ token: String
    ) throws(PlanError) -> [(key: PlannedKey, words: String)] {
        var signers: [(key: PlannedKey, words: String)] = []
        for place in 0..<policy.bundle.threshold {
            let suffix = place == 0 ? "" : "-\(place + 1)"
            let name = Self.bundleSignerName(of: root) + suffix
            guard freeName(name) == name else {
                throw PlanError(
                    .subjectUnique, "there is a certificate named \(name) already", advice: "Name the root otherwise")
            }
            let token = policy.bundle.signerTokens.isEmpty ? token : policy.bundle.signerTokens[place]
            signers.append((try newBundleSigner(name, token), root + suffix))
        }
        return signers
    }

    /// The key of a bundle signer, to be generated.
    func newBundleSigner(_ name: String, _ token: String) throws(PlanError) -> PlannedKey {
        let profile = try profile(policy.bundle.signerProfile, .bundleSigner)
        let kind = try keyKind(nil, profile)
        guard kind == .ecP256 else {
            throw PlanError(
                .keyType, "a bundle is signed with ec-p256, and the profile \(profile.name) says otherwise",
                advice: "Put ec-p256 first among its key-types in the policy")
        }
        return try plannedKey(name, .bundleSigner, kind, token)
    }

    /// - Parameter name: what `{name}` stands for in its subject; nil: the root's name.
    func bundleSignerCertificate(
        _ key: PlannedKey, under root: String, as name: String? = nil
    ) throws(PlanError) -> PlannedCertificate {
        try certificate(CertificateDraft(
            name: key.name, profile: try profile(policy.bundle.signerProfile, .bundleSigner), scope: [:],
            subject: .generated(key.name, key.kind), issuer: root, rootName: name ?? root))
    }
}
