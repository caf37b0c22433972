import Crypto
import CryptoExtras
import Testing

@testable import SSHSignature

@Suite struct SSHSIGTests {
    @Test(arguments: SSHKeyType.allCases)
    func `a signature by each type of key is read again and verified`(type: SSHKeyType) throws {
        let made = try Sample.signature(type)
        let read = try SSHSIG(armored: made.encodeArmored())
        #expect(read == made)
        #expect(read.publicKey.type == type)
        let verified = try read.verify(message: Sample.message, namespace: Sample.namespace, key: made.publicKey)
        #expect(verified.key == made.publicKey)
        #expect(verified.namespace == Sample.namespace)
        #expect((verified.fido != nil) == type.isFIDO)
    }

    @Test func `both hashes serve`() throws {
        let key = try SoftwareSSHKey.ed25519()
        for hash in SSHSIG.HashAlgorithm.allCases {
            let made = try key.signature(over: Sample.message, namespace: "n", hash: hash)
            #expect(try SSHSIG(armored: made.encodeArmored()).hash == hash)
            try made.verify(message: Sample.message, namespace: "n")
        }
    }

    @Test func `another message, namespace or key is refused`() throws {
        let made = try Sample.signature(.ed25519)
        let fingerprint = made.publicKey.fingerprint
        #expect(throws: SSHSignatureError.invalidSignature(fingerprint: fingerprint)) {
            try made.verify(message: Sample.message + [0], namespace: Sample.namespace)
        }
        #expect(throws: SSHSignatureError.otherNamespace(found: Sample.namespace, expected: "file")) {
            try made.verify(message: Sample.message, namespace: "file")
        }
        let other = try SoftwareSSHKey.ed25519().publicKey
        #expect(throws: SSHSignatureError.otherKey(found: fingerprint, expected: other.fingerprint)) {
            try made.verify(message: Sample.message, namespace: Sample.namespace, key: other)
        }
    }

    @Test func `a key put in place of the signer's is refused`() throws {
        let made = try Sample.signature(.ed25519)
        let other = try SoftwareSSHKey.ed25519().publicKey
        let swapped = try SSHSIG(blob: Sample.blob(key: other.wireBlob, signature: made.signature.wireForm))
        #expect(throws: SSHSignatureError.invalidSignature(fingerprint: other.fingerprint)) {
            try swapped.verify(message: Sample.message, namespace: Sample.namespace)
        }
    }

    @Test func `each field of the blob is checked`() throws {
        let made = try Sample.signature(.ed25519)
        let key = made.publicKey.wireBlob
        let signature = made.signature.wireForm
        #expect(Sample.blob(key: key, signature: signature) == made.blob)
        let cases: [([UInt8], SSHSignatureError)] = [
            (Sample.blob(magic: "SSHSIH", key: key, signature: signature), .notASignature),
            (Sample.blob(version: 2, key: key, signature: signature), .unsupportedVersion(2)),
            (Sample.blob(version: 0, key: key, signature: signature), .unsupportedVersion(0)),
            (Sample.blob(key: key, namespace: "", signature: signature), .emptyNamespace),
            (Sample.blob(key: key, reserved: [0], signature: signature), .reservedNotEmpty),
            (Sample.blob(key: key, hash: "sha1", signature: signature), .unsupportedHash("sha1")),
            (Sample.blob(key: key, hash: "SHA512", signature: signature), .unsupportedHash("SHA512")),
            (
                Sample.blob(key: key, signature: signature, trailing: [0, 0]),
                .trailingBytes(field: "the SSHSIG data", count: 2)
            ),
            (Sample.blob(key: key + [0], signature: signature), .trailingBytes(field: "the public key", count: 1)),
            (Sample.blob(key: key, signature: signature + [0]), .trailingBytes(field: "the signature", count: 1)),
            (Sample.blob(key: key, signature: []), .truncated(field: "the signature's type")),
        ]
        for (blob, expected) in cases {
            #expect(throws: expected) { try SSHSIG(blob: blob) }
        }
        // A namespace of other bytes that a string comparison would call equal.
        #expect(throws: SSHSignatureError.self) {
            try SSHSIG(blob: Sample.blob(key: key, namespace: "e\u{301}", signature: signature))
                .verify(message: Sample.message, namespace: "\u{e9}")
        }
    }

    @Test func `a length that leads beyond the end is refused`() {
        for length: [UInt8] in [[0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0, 0, 0, 1]] {
            #expect(throws: SSHSignatureError.truncated(field: "the public key")) {
                try SSHSIG(blob: Array("SSHSIG".utf8) + [0, 0, 0, 1] + length)
            }
        }
    }

    @Test func `a signer that signs something else is caught when the signature is made`() throws {
        let key = try SoftwareSSHKey.ed25519()
        #expect(throws: SSHSignatureError.invalidSignature(fingerprint: key.publicKey.fingerprint)) {
            try SSHSIG.make(message: Sample.message, namespace: "n", key: key.publicKey) { try key.sign($0 + [0]) }
        }
        #expect(throws: SSHSignatureError.emptyNamespace) {
            try key.signature(over: Sample.message, namespace: "")
        }
    }

    @Test func `descriptions hold nothing that could steer a terminal`() {
        let hostile = "\u{1b}[2J\u{202e}\"\n" + String(repeating: "x", count: 1000)
        for error: SSHSignatureError in [
            .unsupportedKeyType(hostile), .otherNamespace(found: hostile, expected: "n"), .unsupportedHash(hostile),
            .keyOptions(hostile), .otherApplication(found: hostile, expected: "ssh:"),
        ] {
            let text = error.description
            #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f || $0 >= 0xc0 || $0 & 0xc0 == 0x80 })
            #expect(!text.contains("\u{202e}"))
            #expect(text.utf8.count < 700)
            #expect(text.hasSuffix("."))
        }
    }
}
