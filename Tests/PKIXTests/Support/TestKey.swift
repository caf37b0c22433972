import Crypto
import CryptoExtras
import Foundation
import PKIX

/// A throwaway key of any kind.
struct TestKey: Sendable {
    private enum Private: Sendable {
        case p256(P256.Signing.PrivateKey)
        case p384(P384.Signing.PrivateKey)
        case rsa(_RSA.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    private let key: Private
    let kind: KeyKind
    let spki: SubjectPublicKeyInfo

    private init(_ key: Private, _ publicKey: some Sequence<UInt8>) throws {
        self.key = key
        spki = try SubjectPublicKeyInfo(derEncoded: Array(publicKey))
        kind = spki.kind
    }

    private static let rsa3072 = Task { try await generateRSA(3072) }
    private static let rsa4096 = Task { try await generateRSA(4096) }

    /// A new key; for RSA, whose generation is slow, the same one all the time unless `isFresh`.
    static func make(_ kind: KeyKind, isFresh: Bool = false) async throws -> TestKey {
        switch kind {
        case .ecP256:
            let key = P256.Signing.PrivateKey()
            return try TestKey(.p256(key), key.publicKey.derRepresentation)
        case .ecP384:
            let key = P384.Signing.PrivateKey()
            return try TestKey(.p384(key), key.publicKey.derRepresentation)
        case .rsa3072: return try await isFresh ? generateRSA(3072) : rsa3072.value
        case .rsa4096: return try await isFresh ? generateRSA(4096) : rsa4096.value
        case .ed25519:
            let key = Curve25519.Signing.PrivateKey()
            return try ed25519(key)
        }
    }

    /// OpenSSL's, since the unoptimised BoringSSL of a test build takes half a minute for it.
    private static func generateRSA(_ bits: Int) async throws -> TestKey {
        let pem = try await OpenSSL.privateKey("RSA", ["rsa_keygen_bits:\(bits)"])
        let key = try _RSA.Signing.PrivateKey(pemRepresentation: pem)
        return try TestKey(.rsa(key), key.publicKey.derRepresentation)
    }

    static func ed25519(_ key: Curve25519.Signing.PrivateKey) throws -> TestKey {
        // RFC 8410 4: the algorithm without parameters, and the key.
        let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
        return try TestKey(.ed25519(key), prefix + key.publicKey.rawRepresentation)
    }

    func sign(_ message: [UInt8], _ algorithm: SignatureAlgorithm) throws -> [UInt8] {
        switch algorithm.hash {
        case .sha256: try sign(SHA256.hash(data: message), algorithm)
        case .sha384: try sign(SHA384.hash(data: message), algorithm)
        case nil:
            if case .ed25519(let key) = key { Array(try key.signature(for: message)) } else { [] }
        }
    }

    private func sign(_ digest: some Digest, _ algorithm: SignatureAlgorithm) throws -> [UInt8] {
        let padding: _RSA.Signing.Padding = algorithm.scheme == .rsaPSS ? .PSS : .insecurePKCS1v1_5
        return switch key {
        case .p256(let key): Array(try key.signature(for: digest).derRepresentation)
        case .p384(let key): Array(try key.signature(for: digest).derRepresentation)
        case .rsa(let key): Array(try key.signature(for: digest, padding: padding).rawRepresentation)
        case .ed25519: []
        }
    }
}
