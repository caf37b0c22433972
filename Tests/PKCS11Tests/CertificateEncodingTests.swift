import Testing

@testable import PKCS11

/// What is taken out of a certificate, and what is not taken for one.
@Suite struct CertificateEncodingTests {
    private static let point = [4] + [UInt8](repeating: 9, count: 64)

    @Test func everyPublicKeyIsTakenOutAsItIs() async throws {
        let session = try makeToken("certificates").session()
        for (number, type) in KeyType.allCases.enumerated() {
            let pair = try session.generateKeyPair(type, label: type.rawValue, id: [UInt8(number)])
            let certificate = try await OpenSSL.certificate(of: pair.subjectPublicKeyInfo)
            #expect(CertificateEncoding.subjectPublicKeyInfo(certificate) == pair.subjectPublicKeyInfo)
            #expect(PublicKeyEncoding.algorithm(of: pair.subjectPublicKeyInfo) == type.algorithm)
        }
    }

    @Test func aCertificateThatWasCutIsNone() async throws {
        let key = PublicKeyEncoding.rsa(modulus: [UInt8](repeating: 0xc1, count: 256), exponent: [1, 0, 1])
        let certificate = try await OpenSSL.certificate(of: key)
        #expect(CertificateEncoding.subjectPublicKeyInfo(certificate) == key)
        for length in 0..<certificate.count {
            #expect(CertificateEncoding.subjectPublicKeyInfo(Array(certificate.prefix(length))) == nil)
        }
        #expect(CertificateEncoding.subjectPublicKeyInfo(certificate + [0]) == nil)
        // Any byte may be wrong: nothing traps, and what comes out is a key or nothing.
        for index in certificate.indices {
            for value in [0x00, 0x30, 0x80, 0x84, 0xff] as [UInt8] {
                var changed = certificate
                changed[index] = value
                if let found = CertificateEncoding.subjectPublicKeyInfo(changed) {
                    _ = PublicKeyEncoding.algorithm(of: found)
                }
            }
        }
    }

    @Test func onlyDERIsAPublicKey() throws {
        let key = try #require(PublicKeyEncoding.curve(.ecdsa(.p256), point: Self.point))
        #expect(PublicKeyEncoding.algorithm(of: key) == .ecdsa(.p256))
        #expect(PublicKeyEncoding.algorithm(of: Array(key.dropLast())) == nil)
        #expect(PublicKeyEncoding.algorithm(of: key + [0]) == nil)
        #expect(PublicKeyEncoding.algorithm(of: []) == nil)
        let compressed = DER.sequence(
            DER.sequence(DER.oidECPublicKey, DER.oidP256), DER.bitString([2] + Self.point.prefix(32)))
        #expect(PublicKeyEncoding.algorithm(of: compressed) == nil)

        let rsa = PublicKeyEncoding.rsa(modulus: [UInt8](repeating: 0xc1, count: 256), exponent: [1, 0, 1])
        #expect(PublicKeyEncoding.algorithm(of: rsa) == .rsa(modulusBitCount: 2048))
        let short = PublicKeyEncoding.rsa(modulus: [1] + [UInt8](repeating: 0xc1, count: 255), exponent: [3])
        #expect(PublicKeyEncoding.algorithm(of: short) == .rsa(modulusBitCount: 2041))
        let p521 = [4] + [UInt8](repeating: 9, count: 132)
        let large = try #require(PublicKeyEncoding.curve(.ecdsa(.p521), point: p521))
        #expect(PublicKeyEncoding.algorithm(of: large) == .ecdsa(.p521))
        #expect(PublicKeyEncoding.point([4, 0x81, 133] + p521, .ecdsa(.p521)) == p521)
    }
}
