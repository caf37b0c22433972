import PKIX
import Testing

struct TBSCertificateTests {
    /// What `Golden/intermediate-tbs.hex` describes: a factory's intermediate with every usual extension, its key open.
    static func intermediate() throws -> TBSCertificate {
        let factory = try DistinguishedName([
            ("C", "DE"), ("O", "Acme"), ("OU", "shenzhen"), ("CN", "Acme Factory shenzhen 2027 CA"),
        ])
        let scope = try DistinguishedName([("O", "Acme"), ("OU", "shenzhen")])
        return try TBSCertificate(
            serialNumber: [0x4A, 0x11], signature: AlgorithmIdentifier(.ecdsaSHA384), issuer: Fixture.rootName(),
            notBefore: Fixture.march2027, notAfter: DERTime.noExpiration, subject: factory,
            subjectPublicKeyInfo: SubjectPublicKeyInfo.placeholder(.ecP256),
            extensions: [
                CertificateExtension(BasicConstraints(isCA: true, pathLength: 0)),
                CertificateExtension([.keyCertSign, .cRLSign] as KeyUsage),
                CertificateExtension(SubjectKeyIdentifier.placeholder),
                CertificateExtension(AuthorityKeyIdentifier.placeholder),
                CertificateExtension(CertificatePolicies([#require(OID("1.3.6.1.4.1.99999.1.2027"))])),
                CertificateExtension(NameConstraints(permitted: [.directoryName(scope)]), isCritical: false),
                CertificateExtension(CRLDistributionPoints(uris: ["http://pki.acme.example/g1.crl"])),
                CertificateExtension(AuthorityInformationAccess(caIssuers: ["http://pki.acme.example/g1.cer"])),
            ])
    }

    @Test func `an intermediate's bytes are those of the golden file`() throws {
        let expected = try golden("intermediate-tbs.hex")
        #expect(try Self.intermediate().encode().bytes == expected)
        #expect(try TBSCertificate(derEncoded: expected) == Self.intermediate())
    }

    @Test(arguments: KeyKind.allCases)
    func `filling the open ranges gives the bytes that a known key would have given`(kind: KeyKind) async throws {
        let subject = try await TestKey.make(kind).spki
        let issuer = try await TestKey.make(.ecP256).spki
        var open = try Self.intermediate()
        open.subjectPublicKeyInfo = SubjectPublicKeyInfo.placeholder(kind)
        var known = open
        known.subjectPublicKeyInfo = subject.derBytes
        known.extensions[2] = try CertificateExtension(SubjectKeyIdentifier(subject.keyIdentifier))
        known.extensions[3] = try CertificateExtension(AuthorityKeyIdentifier(issuer.keyIdentifier))

        let encoded = try open.encode()
        let filled = try encoded.filled(key: subject, authorityKeyIdentifier: issuer.keyIdentifier)
        let expected = try known.encode()
        #expect(filled == expected.bytes)
        #expect(try EncodedTBSCertificate(derEncoded: encoded.bytes) == encoded)
        #expect(encoded.subjectPublicKeyInfo == expected.subjectPublicKeyInfo)
        #expect(Array(filled[expected.subjectPublicKeyInfo]) == subject.derBytes)
        #expect(Array(filled[try #require(expected.subjectKeyIdentifier)]) == subject.keyIdentifier)
        #expect(Array(filled[try #require(expected.authorityKeyIdentifier)]) == issuer.keyIdentifier)
        // Nothing outside the three ranges has changed.
        for index in filled.indices where filled[index] != encoded.bytes[index] {
            #expect(
                encoded.subjectPublicKeyInfo.contains(index) || encoded.subjectKeyIdentifier!.contains(index)
                    || encoded.authorityKeyIdentifier!.contains(index))
        }
    }

    @Test func `what is not open is not filled`() async throws {
        let key = try await TestKey.make(.ecP256).spki
        let wrongKind = try await TestKey.make(.ecP384).spki
        let open = try Self.intermediate().encode()
        #expect(refusal { try open.filled(key: wrongKind, authorityKeyIdentifier: nil) }?.kind == .invalidValue)
        #expect(refusal { try open.filled(key: nil, authorityKeyIdentifier: [1, 2]) }?.kind == .invalidValue)
        let filled = try EncodedTBSCertificate(
            derEncoded: open.filled(key: key, authorityKeyIdentifier: key.keyIdentifier))
        #expect(refusal { try filled.filled(key: key, authorityKeyIdentifier: nil) }?.kind == .invalidValue)
        #expect(
            refusal { try filled.filled(key: nil, authorityKeyIdentifier: key.keyIdentifier) }?.kind == .invalidValue)
        var bare = try Self.intermediate()
        bare.extensions = []
        let encoded = try bare.encode()
        #expect(encoded.subjectKeyIdentifier == nil && encoded.authorityKeyIdentifier == nil)
        #expect(refusal { try encoded.filled(key: key, authorityKeyIdentifier: nil) }?.kind == .invalidValue)
    }

    @Test(arguments: [[], [0], [0x80], [0x00, 0x7F], [0x00], [UInt8](repeating: 1, count: 21)] as [[UInt8]])
    func `a serial number that RFC 5280 forbids is refused`(serial: [UInt8]) throws {
        var tbs = try Self.intermediate()
        tbs.serialNumber = serial
        #expect(refusal { try tbs.encode() }?.reason.contains("serial number") == true)
    }

    @Test func `a random serial number is positive, minimal and always as long`() throws {
        for byte in UInt8.min...UInt8.max {
            let serial = try SerialNumber.make(fromRandom: [UInt8](repeating: byte, count: 16))
            #expect(serial.count == 16 && (0x40...0x7F).contains(serial[0]))
            try SerialNumber.check(serial)
        }
        #expect(refusal { try SerialNumber.make(fromRandom: [1, 2, 3]) } != nil)
    }

    @Test func `times in the wrong order and repeated extensions are refused`() throws {
        var tbs = try Self.intermediate()
        tbs.notAfter = tbs.notBefore - 1
        #expect(refusal { try tbs.encode() }?.reason.contains("expire") == true)
        tbs = try Self.intermediate()
        tbs.extensions.append(tbs.extensions[0])
        #expect(refusal { try tbs.encode() }?.reason.contains("basicConstraints is given twice") == true)
    }

    @Test func `extensions that are not known are kept as they are`() throws {
        var tbs = try Self.intermediate()
        let strange = CertificateExtension(
            identifier: try #require(OID("2.999.1")), isCritical: true, value: [0xDE, 0xAD])
        tbs.extensions.append(strange)
        let read = try TBSCertificate(derEncoded: tbs.encode().bytes)
        #expect(read.extensions.last == strange)
        #expect(read.extensions.last?.name == "2.999.1")
    }

    @Test func `another version and unique identifiers are refused`() throws {
        let good = try golden("intermediate-tbs.hex")
        var version2 = good
        let place = try #require(good.firstRange(of: [0xA0, 0x03, 0x02, 0x01, 0x02]))
        version2[place.upperBound - 1] = 1
        #expect(refusal { try TBSCertificate(derEncoded: version2) }?.kind == .unsupported)
        #expect(refusal { try TBSCertificate(derEncoded: good + [0]) }?.kind == .malformed)
    }
}
