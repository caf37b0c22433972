import Crypto
import CryptoExtras
import Testing

@testable import SSHSignature

@Suite struct PublicKeyTests {
    static let line =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAJKvx5v8/UUuD+Rv5LTMrGUGeh6p+ZkKrA1gN90DMFW a b"
    static let base64 = "AAAAC3NzaC1lZDI1NTE5AAAAIAJKvx5v8/UUuD+Rv5LTMrGUGeh6p+ZkKrA1gN90DMFW"

    @Test func `a line of a pub file is read and written again`() throws {
        let key = try SSHPublicKey(authorizedKeysLine: Self.line)
        #expect(key.type == .ed25519)
        #expect(key.comment == "a b")
        #expect(key.application == nil)
        #expect(key.wireBlob.count == 51)
        #expect(key.authorizedKeysLine == Self.line)
        #expect(try SSHPublicKey(authorizedKeysLine: Self.line + "\n") == key)
        #expect(try SSHPublicKey(authorizedKeysLine: "ssh-ed25519 \(Self.base64)") == key)
    }

    @Test(arguments: [
        ("", "type"), (" ssh-ed25519 \(base64)", "type"), ("ssh-ed25519", "base64"), ("ssh-ed25519 ", "base64"),
        ("ssh-ed25519  \(base64)", "base64"), ("ssh-ed25519 \(base64) ", "space"),
        ("ssh-ed25519 \(base64)  c", "space"),
        ("ssh-ed25519\t\(base64)", "control"), ("ssh-ed25519 \(base64)\r\n", "control"),
        ("ssh-ed25519 \(base64)\n\n", "control"), ("ssh-ed25519 \(base64) c\nssh-ed25519 \(base64)", "control"),
        ("ssh-ed25519 \(base64) a\u{202e}b", "control"), ("ssh-ed25519 \(base64.dropLast())", "base64"),
        ("ssh-ed25519 \(base64.dropLast())=", "base64"), ("ssh-ed25519 ====", "base64"),
    ])
    func `a malformed line is refused`(line: String, part: String) {
        let error = #expect(throws: SSHSignatureError.self) { try SSHPublicKey(authorizedKeysLine: line) }
        guard case .malformedKeyLine(let reason) = error else {
            Issue.record("\(line): \(String(describing: error))")
            return
        }
        #expect(reason.contains(part))
    }

    @Test func `options before the key are refused`() {
        #expect(throws: SSHSignatureError.keyOptions("no-touch-required")) {
            try SSHPublicKey(authorizedKeysLine: "no-touch-required \(Self.line)")
        }
    }

    @Test(arguments: ["ssh-dss", "ssh-ed25519-cert-v01@openssh.com", "ssh-mldsa44-ed25519@openssh.com"])
    func `other types are refused by name`(type: String) {
        var writer = WireWriter()
        writer.text(type)
        #expect(throws: SSHSignatureError.unsupportedKeyType(type)) { try SSHPublicKey(wireBlob: writer.bytes) }
        #expect(throws: SSHSignatureError.unsupportedKeyType(type)) {
            try SSHPublicKey(authorizedKeysLine: "\(type) \(Self.base64)")
        }
    }

    @Test func `the type before the base64 and the one within must agree`() {
        #expect(throws: SSHSignatureError.self) {
            try SSHPublicKey(authorizedKeysLine: "sk-ssh-ed25519@openssh.com \(Self.base64)")
        }
    }

    @Test(arguments: SSHKeyType.allCases)
    func `no prefix of a key is a key and nothing may follow one`(type: SSHKeyType) throws {
        let blob = try Sample.signature(type).publicKey.wireBlob
        #expect(try SSHPublicKey(wireBlob: blob).wireBlob == blob)
        for count in blob.indices {
            #expect(throws: SSHSignatureError.self) { try SSHPublicKey(wireBlob: Array(blob.prefix(count))) }
        }
        #expect(throws: SSHSignatureError.trailingBytes(field: "the public key", count: 1)) {
            try SSHPublicKey(wireBlob: blob + [0])
        }
    }

    @Test func `points that are not on the curve or compressed are refused`() throws {
        let point = Array(P256.Signing.PrivateKey().publicKey.x963Representation)
        func key(_ point: [UInt8], curve: String = "nistp256") throws -> SSHPublicKey {
            var writer = WireWriter()
            writer.text("ecdsa-sha2-nistp256")
            writer.text(curve)
            writer.string(point)
            return try SSHPublicKey(wireBlob: writer.bytes)
        }
        #expect(try key(point).type == .ecdsaP256)
        var offCurve = point
        offCurve[64] ^= 1
        let compressed = [2 + point[64] % 2] + point[1...32]
        let hybrid = [6] + point.dropFirst()
        let bad: [[UInt8]] = [offCurve, compressed, hybrid, [0], [], Array(point.dropLast())]
        for bad in bad {
            #expect(throws: SSHSignatureError.self) { try key(bad) }
        }
        #expect(throws: SSHSignatureError.self) { try key(point, curve: "nistp384") }
    }

    @Test func `an Ed25519 key of small order is refused, since anybody can sign for it`() throws {
        let identity: [UInt8] = [1] + [UInt8](repeating: 0, count: 31)
        let universal = try Curve25519.Signing.PublicKey(rawRepresentation: identity)
        let anyoneMade = identity + [UInt8](repeating: 0, count: 32)
        #expect(universal.isValidSignature(anyoneMade, for: Sample.message))

        let ones = [UInt8](repeating: 0xff, count: 30)
        let weak = [identity, [0] + identity.dropFirst(), [0xec] + ones + [0x7f], [0xed] + ones + [0xff]]
        for point in weak {
            var writer = WireWriter()
            writer.text("ssh-ed25519")
            writer.string(point)
            let error = #expect(throws: SSHSignatureError.self) { try SSHPublicKey(wireBlob: writer.bytes) }
            guard case .weakKey = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test func `an RSA key below 2048 bits is refused`() throws {
        let small = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024)).publicKey
        let reason = "its modulus has 1024 bits, the least is 2048"
        #expect(throws: SSHSignatureError.weakKey(type: "ssh-rsa", reason: reason)) {
            try SSHPublicKey(subjectPublicKeyInfo: Array(small.derRepresentation))
        }
    }

    @Test func `the numbers of an RSA key must be minimal and in range`() throws {
        let numbers = try _RSA.Signing.PrivateKey(keySize: .bits2048).publicKey.getKeyPrimitives()
        let modulus = [0] + Array(numbers.modulus)
        func key(e: [UInt8], n: [UInt8]) throws -> SSHPublicKey {
            var writer = WireWriter()
            writer.text("ssh-rsa")
            writer.string(e)
            writer.string(n)
            return try SSHPublicKey(wireBlob: writer.bytes)
        }
        #expect(try key(e: [1, 0, 1], n: modulus).type == .rsa)
        #expect(throws: SSHSignatureError.self) { try key(e: [0, 1, 0, 1], n: modulus) }
        #expect(throws: SSHSignatureError.self) { try key(e: [1, 0, 1], n: [0] + modulus) }
        #expect(throws: SSHSignatureError.self) { try key(e: [1, 0, 1], n: Array(modulus.dropFirst())) }
        for exponent: [UInt8] in [[], [0], [1], [2], [0x80]] {
            #expect(throws: SSHSignatureError.self) { try key(e: exponent, n: modulus) }
        }
    }

    @Test func `keys come from SubjectPublicKeyInfo as well`() throws {
        let p256 = P256.Signing.PrivateKey().publicKey
        let key = try SSHPublicKey(subjectPublicKeyInfo: Array(p256.derRepresentation), comment: "token")
        #expect(key.type == .ecdsaP256)
        #expect(key.comment == "token")
        #expect(key.wireBlob.suffix(65).elementsEqual(p256.x963Representation))

        let ed25519 = Curve25519.Signing.PrivateKey().publicKey
        let der = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00] + ed25519.rawRepresentation
        #expect(try SSHPublicKey(subjectPublicKeyInfo: der).type == .ed25519)

        let rsa = try _RSA.Signing.PrivateKey(keySize: .bits3072).publicKey
        #expect(try SSHPublicKey(subjectPublicKeyInfo: Array(rsa.derRepresentation)).type == .rsa)

        for good in [Array(p256.derRepresentation), der, Array(rsa.derRepresentation)] {
            #expect(throws: SSHSignatureError.self) { try SSHPublicKey(subjectPublicKeyInfo: good + [0]) }
            for count in good.indices {
                #expect(throws: SSHSignatureError.self) {
                    try SSHPublicKey(subjectPublicKeyInfo: Array(good.prefix(count)))
                }
            }
        }
    }
}
