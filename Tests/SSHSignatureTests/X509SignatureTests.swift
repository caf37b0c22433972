import Crypto
import CryptoExtras
import Testing

@testable import SSHSignature

/// Signatures in the form that tokens and X.509 have them in.
@Suite struct X509SignatureTests {
    private let message = Sample.message

    private func make(
        _ key: SSHPublicKey, hash: SSHSIG.HashAlgorithm = .sha512, _ sign: ([UInt8]) throws -> [UInt8]
    ) throws -> SSHSIG {
        try SSHSIG.make(message: message, namespace: Sample.namespace, key: key) {
            try SSHSignatureBlob(x509Signature: try sign($0), key: key, hash: hash).wireForm
        }
    }

    @Test func ecdsaSignaturesAsDERBecomeSSHSignatures() throws {
        for _ in 0..<20 {
            let p256 = P256.Signing.PrivateKey()
            let small = try SSHPublicKey(subjectPublicKeyInfo: Array(p256.publicKey.derRepresentation))
            #expect(
                try make(small) { Array(try p256.signature(for: SHA256.hash(data: $0)).derRepresentation) }
                    .signature.algorithm == "ecdsa-sha2-nistp256")
        }
        let p384 = P384.Signing.PrivateKey()
        let middle = try SSHPublicKey(subjectPublicKeyInfo: Array(p384.publicKey.derRepresentation))
        _ = try make(middle) { Array(try p384.signature(for: SHA384.hash(data: $0)).derRepresentation) }
        let p521 = P521.Signing.PrivateKey()
        let large = try SSHPublicKey(subjectPublicKeyInfo: Array(p521.publicKey.derRepresentation))
        _ = try make(large) { Array(try p521.signature(for: SHA512.hash(data: $0)).derRepresentation) }
        // The hash belongs to the curve (RFC 5656 section 6.2.1).
        #expect(throws: SSHSignatureError.self) {
            try make(middle) { Array(try p384.signature(for: SHA512.hash(data: $0)).derRepresentation) }
        }
    }

    @Test func rsaAndEd25519SignaturesStayAsTheyAre() throws {
        let rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let key = try SSHPublicKey(subjectPublicKeyInfo: Array(rsa.publicKey.derRepresentation))
        let long = try make(key) {
            Array(try rsa.signature(for: SHA512.hash(data: $0), padding: .insecurePKCS1v1_5).rawRepresentation)
        }
        #expect(long.signature.algorithm == "rsa-sha2-512")
        let short = try make(key, hash: .sha256) {
            Array(try rsa.signature(for: SHA256.hash(data: $0), padding: .insecurePKCS1v1_5).rawRepresentation)
        }
        #expect(short.signature.algorithm == "rsa-sha2-256")
        let edwards = Curve25519.Signing.PrivateKey()
        let small = try SSHPublicKey(
            wireBlob: [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32] + edwards.publicKey.rawRepresentation)
        _ = try make(small) { Array(try edwards.signature(for: $0)) }
    }

    @Test func whatIsNoSuchSignatureIsRefused() throws {
        let p256 = P256.Signing.PrivateKey()
        let key = try SSHPublicKey(subjectPublicKeyInfo: Array(p256.publicKey.derRepresentation))
        let good = Array(try p256.signature(for: SHA256.hash(data: message)).derRepresentation)
        _ = try SSHSignatureBlob(x509Signature: good, key: key)
        for bad in [[], Array(good.dropLast()), good + [0], [UInt8](repeating: 1, count: 64)] as [[UInt8]] {
            #expect(throws: SSHSignatureError.self) { try SSHSignatureBlob(x509Signature: bad, key: key) }
        }
        // A FIDO key signs flags and a counter as well.
        let stick = try FIDOKey(.securityKeyP256).publicKey
        #expect(throws: SSHSignatureError.self) { try SSHSignatureBlob(x509Signature: good, key: stick) }
    }
}
