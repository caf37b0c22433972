import Crypto
import PKIX
import Testing

struct SubjectPublicKeyInfoTests {
    @Test(
        arguments: [
            (.ecP256, "EC", ["ec_paramgen_curve:P-256"]), (.ecP384, "EC", ["ec_paramgen_curve:P-384"]),
            (.rsa3072, "RSA", ["rsa_keygen_bits:3072"]), (.rsa4096, "RSA", ["rsa_keygen_bits:4096"]),
            (.ed25519, "ED25519", []),
        ] as [(KeyKind, String, [String])])
    func `keys that OpenSSL makes are recognised, and a placeholder is as long`(
        kind: KeyKind, algorithm: String, options: [String]
    ) async throws {
        let der = try await OpenSSL.publicKey(of: OpenSSL.privateKey(algorithm, options))
        let key = try SubjectPublicKeyInfo(derEncoded: der)
        #expect(key.kind == kind)
        #expect(key.keyIdentifier == Array(Insecure.SHA1.hash(data: key.subjectPublicKey)))

        let placeholder = SubjectPublicKeyInfo.placeholder(kind)
        #expect(placeholder.count == der.count)
        let firstKeyByte = der.count - key.subjectPublicKey.count
        #expect(placeholder[..<firstKeyByte] == der[..<firstKeyByte])
        #expect(placeholder[firstKeyByte...].allSatisfy { $0 == 0 })
        #expect(SubjectPublicKeyInfo.placeholderKind(of: placeholder) == kind)
        #expect(SubjectPublicKeyInfo.placeholderKind(of: der) == nil)
    }

    @Test(arguments: [KeyKind.ecP256, .ecP384, .rsa3072, .rsa4096])
    func `a placeholder is not a key`(kind: KeyKind) {
        #expect(refusal { try SubjectPublicKeyInfo(derEncoded: SubjectPublicKeyInfo.placeholder(kind)) } != nil)
    }

    @Test(arguments: [
        ("RSA", ["rsa_keygen_bits:2048"], "RSA with 2048 bits"),
        ("RSA", ["rsa_keygen_bits:1024"], "RSA with 1024 bits"),
        ("RSA", ["rsa_keygen_bits:3072", "rsa_keygen_pubexp:3"], "exponent other than 65537"),
        ("RSA-PSS", ["rsa_keygen_bits:3072"], "RSASSA-PSS"), ("EC", ["ec_paramgen_curve:P-521"], "secp521r1"),
        ("EC", ["ec_paramgen_curve:secp256k1"], "secp256k1"),
        ("EC", ["ec_paramgen_curve:brainpoolP256r1"], "brainpoolP256r1"), ("ED448", [], "Ed448"),
        ("X25519", [], "X25519"),
        ("EC", ["ec_paramgen_curve:P-256", "ec_param_enc:explicit"], "explicit parameters"),
    ])
    func `other keys are refused by name`(algorithm: String, options: [String], name: String) async throws {
        let der = try await OpenSSL.publicKey(of: OpenSSL.privateKey(algorithm, options))
        let error = try #require(refusal { try SubjectPublicKeyInfo(derEncoded: der) })
        #expect(error.kind == .unsupported)
        #expect(error.reason.contains(name), "\(error)")
        #expect(error.advice != nil)
    }

    @Test func `a point off the curve and a compressed one are refused`() throws {
        let key = P256.Signing.PrivateKey().publicKey
        var der = Array(key.derRepresentation)
        #expect(try SubjectPublicKeyInfo(derEncoded: der).kind == .ecP256)
        der[der.count - 1] ^= 1
        #expect(refusal { try SubjectPublicKeyInfo(derEncoded: der) }?.reason.contains("does not lie on") == true)

        let compressed =
            try bytes(hex: "30 39 30 13 06 07 2a8648ce3d0201 06 08 2a8648ce3d030107 03 22 00")
            + key.compressedRepresentation
        #expect(refusal { try SubjectPublicKeyInfo(derEncoded: compressed) }?.reason.contains("compressed") == true)
    }

    @Test func `P-256 named with a parameter after it, and trailing bytes, are refused`() throws {
        let der = Array(P256.Signing.PrivateKey().publicKey.derRepresentation)
        #expect(refusal { try SubjectPublicKeyInfo(derEncoded: der + [0]) }?.kind == .malformed)
        #expect(refusal { try SubjectPublicKeyInfo(derEncoded: Array(der.dropLast())) }?.kind == .malformed)
    }
}
