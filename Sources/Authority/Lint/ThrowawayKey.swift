import Crypto
import CryptoExtras
import PKIX
import Synchronization

/// A software key of the same kind as one on the token, made for a trial and forgotten.
struct ThrowawayKey: Sendable {
    let publicKey: SubjectPublicKeyInfo
    /// The key as libcrypto has read it.
    let signer: Opinion.Signer
    private let material: Material
    private let specimens = Specimens()

    private enum Material: Sendable {
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
        case rsa(_RSA.Signing.PrivateKey)
    }

    /// - Throws: what swift-crypto throws when it cannot make a key.
    init(_ kind: KeyKind) throws {
        switch kind {
        case .ecP256:
            let key = P256.Signing.PrivateKey()
            material = .p256(key)
            publicKey = try SubjectPublicKeyInfo(derEncoded: Array(key.publicKey.derRepresentation))
        case .ecP384:
            let key = P384.Signing.PrivateKey()
            material = .p384(key)
            publicKey = try SubjectPublicKeyInfo(derEncoded: Array(key.publicKey.derRepresentation))
        case .ed25519:
            let key = Curve25519.Signing.PrivateKey()
            material = .ed25519(key)
            // RFC 8410 section 4: SEQUENCE { SEQUENCE { 1.3.101.112 }, BIT STRING }.
            let prefix: [UInt8] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]
            publicKey = try SubjectPublicKeyInfo(derEncoded: prefix + Array(key.publicKey.rawRepresentation))
        case .rsa3072, .rsa4096:
            let key = try _RSA.Signing.PrivateKey(keySize: kind == .rsa3072 ? .bits3072 : .bits4096)
            material = .rsa(key)
            publicKey = try SubjectPublicKeyInfo(derEncoded: Array(key.publicKey.derRepresentation))
        }
        signer = .key(publicKey)
    }

    /// A signature to stand in certificates that are linted, over a message of its own.
    ///
    /// What can go wrong with a throwaway signature (the algorithm, its parameters, the form of the signature) is the
    /// same for every certificate that a key signs, so it is made, and verified by libcrypto, once and not for each.
    ///
    /// - Throws: ``PlanError`` with control LINT or SECOND-OPINION.
    func specimen(_ algorithm: SignatureAlgorithm) throws(PlanError) -> [UInt8] {
        try specimens.get(algorithm) { () throws(PlanError) in
            let message = Array("a specimen of \(algorithm.rawValue)".utf8)
            let signature = try trial(message, algorithm)
            try Opinion.signature(signature, message, algorithm, publicKey)
            return signature
        }
    }

    /// A signature over an object that is linted.
    ///
    /// - Throws: ``PlanError`` with control LINT.
    func trial(_ message: [UInt8], _ algorithm: SignatureAlgorithm) throws(PlanError) -> [UInt8] {
        do {
            return try sign(message, algorithm)
        } catch {
            throw PlanError(.lint, "no throwaway signature can be made: \(sentence(error))")
        }
    }

    /// A signature in the form that X.509 carries.
    private func sign(_ message: [UInt8], _ algorithm: SignatureAlgorithm) throws -> [UInt8] {
        switch material {
        case .p256(let key):
            return Array(try key.signature(for: SHA256.hash(data: message)).derRepresentation)
        case .p384(let key):
            return Array(try key.signature(for: SHA384.hash(data: message)).derRepresentation)
        case .ed25519(let key):
            return Array(try key.signature(for: message))
        case .rsa(let key):
            let padding: _RSA.Signing.Padding =
                algorithm == .rsaPSSSHA256 || algorithm == .rsaPSSSHA384 ? .PSS : .insecurePKCS1v1_5
            if algorithm.hash == .sha384 {
                return Array(try key.signature(for: SHA384.hash(data: message), padding: padding).rawRepresentation)
            }
            return Array(try key.signature(for: SHA256.hash(data: message), padding: padding).rawRepresentation)
        }
    }
}

/// One specimen of each algorithm, made when first asked for.
private final class Specimens: Sendable {
    private let known = Mutex<[SignatureAlgorithm: [UInt8]]>([:])

    func get(_ algorithm: SignatureAlgorithm, _ make: () throws(PlanError) -> [UInt8]) throws(PlanError) -> [UInt8] {
        if let known = known.withLock({ $0[algorithm] }) { return known }
        let made = try make()
        known.withLock { $0[algorithm] = made }
        return made
    }
}

/// One throwaway key of each kind, made when first asked for.
final class ThrowawayKeys {
    private var keys: [KeyKind: ThrowawayKey] = [:]

    func key(_ kind: KeyKind) throws(PlanError) -> ThrowawayKey {
        if let key = keys[kind] { return key }
        do {
            let key = try ThrowawayKey(kind)
            keys[kind] = key
            return key
        } catch {
            throw PlanError(.lint, "no throwaway key of type \(kind.rawValue) can be made: \(sentence(error))")
        }
    }
}
