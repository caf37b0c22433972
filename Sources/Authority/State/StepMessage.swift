import Groundwork
import PKIX
import TrustBundle

extension PlannedKey {
    /// The octets that a new key signs to prove that it works. The prefix keeps them apart from any DER.
    public var proofMessage: [UInt8] { Array("anchorite key proof\n".utf8) + proof }

    /// What the intent to generate the key names: SHA-256 over its token, label and id.
    public var generationDigest: Digest { Digest(of: Array("\(token)\n\(label)\n\(Hex.encode(id))".utf8)) }
}

extension AuthorityState {
    /// The public key that a template's hole is filled with.
    func publicKey(_ name: String) -> SubjectPublicKeyInfo? { keys[name]?.publicKey }

    /// The algorithm that a step's key signs with.
    func algorithm(for step: PlannedStep) throws(PlanError) -> SignatureAlgorithm {
        switch step {
        case .generateKey(let key): return .default(for: key.kind)
        case .certificate(let certificate): return certificate.algorithm
        case .certificateList(let list): return list.algorithm
        case .bundleSignature: return .ecdsaSHA256
        case .bundle: throw PlanError(.plan, "a bundle is put together, not signed")
        case .custody: throw PlanError(.plan, "shares are handed out, not signed")
        case .destroyKey: throw PlanError(.plan, "a key is destroyed, not signed")
        case .breakGlass: throw PlanError(.plan, "a package is sealed, and its parts are signed")
        case .revocation, .policy, .judgeKey, .rootUpdate: throw PlanError(.plan, "a \(step.word) is entered, not signed")
        }
    }

    /// The bytes that the HSM signs for a step, and the algorithm.
    ///
    /// - Throws: ``PlanError`` when something that the step builds on does not exist yet.
    func message(for step: PlannedStep) throws(PlanError) -> (bytes: [UInt8], algorithm: SignatureAlgorithm) {
        let algorithm = try algorithm(for: step)
        switch step {
        case .generateKey(let key):
            return (key.proofMessage, algorithm)
        case .certificate(let certificate):
            return (try certificate.template.filled(publicKey), algorithm)
        case .certificateList(let list):
            guard list.listed == nil else { throw PlanError(.plan, "the entries of CRL \(list.number) lie in a file") }
            return (try list.template.filled(publicKey), algorithm)
        case .bundleSignature(let signature):
            return (try BundleAssembly(signature.bundle, state: self).toBeSigned(signature), algorithm)
        case .bundle:
            throw PlanError(.plan, "a bundle is put together, not signed")
        case .custody:
            throw PlanError(.plan, "shares are handed out, not signed")
        case .destroyKey:
            throw PlanError(.plan, "a key is destroyed, not signed")
        case .breakGlass:
            throw PlanError(.plan, "a package is sealed, and its parts are signed")
        case .revocation, .policy, .judgeKey, .rootUpdate:
            throw PlanError(.plan, "a \(step.word) is entered, not signed")
        }
    }
}
