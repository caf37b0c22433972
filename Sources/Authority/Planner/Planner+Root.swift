import Groundwork
import PKIX

extension Planner {
    /// The name of the key that signs checkpoints.
    static let recordKeyName = "record"

    /// Creates a root, its bundle signer and its initial CRL; with the first root, the record key.
    mutating func createRoot(
        _ name: String, _ profileName: String, _ token: String, _ keyType: String?
    ) throws(PlanError) -> (title: String, steps: [PlannedStep]) {
        let profile = try profile(profileName, .root)
        guard freeName(name) == name else {
            throw PlanError(
                .subjectUnique, "there is a certificate named \(name) already",
                advice: "Every generation of a root has a new name, such as G2")
        }
        let kind = try keyKind(keyType, profile)
        let signerName = "\(name)-bundle-signer"
        let signerProfile = try self.profile(policy.bundle.signerProfile, .bundleSigner)
        let signerKind = try keyKind(nil, signerProfile)
        guard signerKind == .ecP256 else {
            throw PlanError(
                .keyType, "a bundle is signed with ec-p256, and the profile \(signerProfile.name) says otherwise",
                advice: "Put ec-p256 first among its key-types in the policy")
        }

        var steps = [try take(.generateKey(try plannedKey(name, .root, kind, token)))]
        let makesRecordKey = state.keys[Self.recordKeyName] == nil
        if makesRecordKey {
            let recordProfile = try self.profile(policy.ledger.recordProfile, .recordKey)
            let recordKind = try keyKind(nil, recordProfile)
            steps.append(try take(.generateKey(try plannedKey(Self.recordKeyName, .record, recordKind, token))))
        }
        steps.append(try take(.generateKey(try plannedKey(signerName, .bundleSigner, signerKind, token))))

        steps.append(try take(.certificate(try certificate(
            CertificateDraft(name: name, profile: profile, scope: [:], subject: .generated(name, kind), issuer: nil)))))
        if makesRecordKey {
            let recordProfile = try self.profile(policy.ledger.recordProfile, .recordKey)
            let recordKind = try keyKind(nil, recordProfile)
            steps.append(try take(.certificate(try certificate(CertificateDraft(
                name: Self.recordKeyName, profile: recordProfile, scope: [:],
                subject: .generated(Self.recordKeyName, recordKind), issuer: name, rootName: name)))))
        }
        steps.append(try take(.certificate(try certificate(CertificateDraft(
            name: signerName, profile: signerProfile, scope: [:], subject: .generated(signerName, signerKind),
            issuer: name, rootName: name)))))
        steps.append(try take(.certificateList(try certificateList(of: name))))
        let record = makesRecordKey ? ", its record key" : ""
        return ("Create the root \(name) (\(kind.rawValue)) on the token \(token), its bundle signer\(record) and its first CRL", steps)
    }
}
