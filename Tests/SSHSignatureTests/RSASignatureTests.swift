import Crypto
import CryptoExtras
import Testing

@testable import SSHSignature

@Suite struct RSASignatureTests {
    let key: _RSA.Signing.PrivateKey

    init() throws {
        key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    }

    @Test(arguments: SSHSIG.HashAlgorithm.allCases)
    func `RSA signs with SHA-2`(hash: SSHSIG.HashAlgorithm) throws {
        let made = try Sample.make(key, signatureHash: hash)
        #expect(made.signature.algorithm == (hash == .sha256 ? "rsa-sha2-256" : "rsa-sha2-512"))
        try SSHSIG(armored: made.encodeArmored()).verify(message: Sample.message, namespace: Sample.namespace)
    }

    @Test func `a SHA-1 signature is refused by name, although it fits`() throws {
        let publicKey = try SSHPublicKey(subjectPublicKeyInfo: Array(key.publicKey.derRepresentation))
        let signed = SSHSIG.dataToSign(message: Sample.message, namespace: Sample.namespace, hash: .sha512)
        let raw = try key.signature(for: Insecure.SHA1.hash(data: signed), padding: .insecurePKCS1v1_5)
        var writer = WireWriter()
        writer.text("ssh-rsa")
        writer.string(Array(raw.rawRepresentation))
        #expect(throws: SSHSignatureError.sha1Signature) {
            try SSHSIG(blob: Sample.blob(key: publicKey.wireBlob, signature: writer.bytes))
        }
    }

    @Test func `a signature must have the length of the modulus and a type of its key`() throws {
        let made = try Sample.make(key)
        for (algorithm, bytes) in [
            ("rsa-sha2-512", Array(made.signature.rawSignature.dropLast())),
            ("rsa-sha2-512", [0] + made.signature.rawSignature), ("rsa-sha2-512", []),
            ("ssh-ed25519", made.signature.rawSignature), ("rsa-sha2-384", made.signature.rawSignature),
        ] {
            var writer = WireWriter()
            writer.text(algorithm)
            writer.string(bytes)
            #expect(throws: SSHSignatureError.self) {
                try SSHSIG(blob: Sample.blob(key: made.publicKey.wireBlob, signature: writer.bytes))
            }
        }
    }

    @Test func `a PSS signature does not pass for PKCS 1 v1_5`() throws {
        let made = try Sample.make(key)
        let signed = SSHSIG.dataToSign(message: Sample.message, namespace: Sample.namespace, hash: .sha512)
        let raw = try key.signature(for: SHA512.hash(data: signed), padding: .PSS)
        let blob = try SSHSignatureBlob(rawSignature: Array(raw.rawRepresentation), key: made.publicKey)
        #expect(!made.publicKey.isValid(blob, for: signed))
    }
}
