import Crypto
import CryptoExtras

@testable import SSHSignature

/// What most tests sign, and keys to sign it with.
enum Sample {
    static let message = Array("{\"plan\":1}".utf8)
    static let namespace = "anchorite-plan"

    /// One signature by a key of each type.
    static func signature(_ type: SSHKeyType) throws -> SSHSIG {
        switch type {
        case .ed25519: try SoftwareSSHKey.ed25519().signature(over: message, namespace: namespace)
        case .ecdsaP256: try SoftwareSSHKey.ecdsaP256().signature(over: message, namespace: namespace)
        case .ecdsaP384: try make(P384.Signing.PrivateKey())
        case .ecdsaP521: try make(P521.Signing.PrivateKey())
        case .rsa: try make(_RSA.Signing.PrivateKey(keySize: .bits2048))
        case .securityKeyEd25519, .securityKeyP256: try FIDOKey(type).signature(message)
        }
    }

    static func make(_ key: P384.Signing.PrivateKey) throws -> SSHSIG {
        let publicKey = try SSHPublicKey(subjectPublicKeyInfo: Array(key.publicKey.derRepresentation))
        return try SSHSIG.make(message: message, namespace: namespace, key: publicKey) {
            let raw = try key.signature(for: SHA384.hash(data: $0)).rawRepresentation
            return try SSHSignatureBlob(rawSignature: Array(raw), key: publicKey).wireForm
        }
    }

    static func make(_ key: P521.Signing.PrivateKey) throws -> SSHSIG {
        let publicKey = try SSHPublicKey(subjectPublicKeyInfo: Array(key.publicKey.derRepresentation))
        return try SSHSIG.make(message: message, namespace: namespace, key: publicKey) {
            let raw = try key.signature(for: SHA512.hash(data: $0)).rawRepresentation
            return try SSHSignatureBlob(rawSignature: Array(raw), key: publicKey).wireForm
        }
    }

    static func make(_ key: _RSA.Signing.PrivateKey, signatureHash: SSHSIG.HashAlgorithm = .sha512) throws -> SSHSIG {
        let publicKey = try SSHPublicKey(subjectPublicKeyInfo: Array(key.publicKey.derRepresentation))
        return try SSHSIG.make(message: message, namespace: namespace, key: publicKey) { data in
            let raw =
                signatureHash == .sha256
                ? try key.signature(for: SHA256.hash(data: data), padding: .insecurePKCS1v1_5)
                : try key.signature(for: SHA512.hash(data: data), padding: .insecurePKCS1v1_5)
            return try SSHSignatureBlob(
                rawSignature: Array(raw.rawRepresentation), key: publicKey, hash: signatureHash
            ).wireForm
        }
    }

    /// The blob of an SSHSIG with any field replaced.
    static func blob(
        magic: String = "SSHSIG", version: UInt32 = 1, key: [UInt8], namespace: String = namespace,
        reserved: [UInt8] = [], hash: String = "sha512", signature: [UInt8], trailing: [UInt8] = []
    ) -> [UInt8] {
        var writer = WireWriter()
        writer.raw(Array(magic.utf8))
        writer.uint32(version)
        writer.string(key)
        writer.text(namespace)
        writer.string(reserved)
        writer.text(hash)
        writer.string(signature)
        writer.raw(trailing)
        return writer.bytes
    }
}
