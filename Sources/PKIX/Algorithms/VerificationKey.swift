import Crypto
import CryptoExtras

/// A key in the form in which swift-crypto verifies.
enum VerificationKey: Sendable {
    case p256(P256.Signing.PublicKey)
    case p384(P384.Signing.PublicKey)
    case rsa(_RSA.Signing.PublicKey)
    case ed25519(Curve25519.Signing.PublicKey)

    func verify(signature: [UInt8], over message: ArraySlice<UInt8>, algorithm: SignatureAlgorithm) -> Bool {
        switch algorithm.hash {
        case .sha256: verify(signature, digest: SHA256.hash(data: message), algorithm.scheme)
        case .sha384: verify(signature, digest: SHA384.hash(data: message), algorithm.scheme)
        case nil:
            if case .ed25519(let key) = self {
                key.isValidSignature(signature, for: message)
            } else {
                false
            }
        }
    }

    func verify(signature: [UInt8], over digests: ListDigests, algorithm: SignatureAlgorithm) -> Bool {
        switch algorithm.hash {
        case .sha256: return verify(signature, digest: digests.sha256, algorithm.scheme)
        case .sha384:
            guard let digest = digests.sha384 else { return false }
            return verify(signature, digest: digest, algorithm.scheme)
        case nil: return false
        }
    }

    private func verify(_ signature: [UInt8], digest: some Digest, _ scheme: SignatureAlgorithm.Scheme) -> Bool {
        switch (self, scheme) {
        case (.p256(let key), .ecdsa):
            guard let parsed = try? P256.Signing.ECDSASignature(derRepresentation: signature) else { return false }
            return key.isValidSignature(parsed, for: digest)
        case (.p384(let key), .ecdsa):
            guard let parsed = try? P384.Signing.ECDSASignature(derRepresentation: signature) else { return false }
            return key.isValidSignature(parsed, for: digest)
        case (.rsa(let key), .rsaPKCS1):
            return key.isValidSignature(.init(rawRepresentation: signature), for: digest, padding: .insecurePKCS1v1_5)
        case (.rsa(let key), .rsaPSS):
            return key.isValidSignature(.init(rawRepresentation: signature), for: digest, padding: .PSS)
        default:
            return false
        }
    }
}
