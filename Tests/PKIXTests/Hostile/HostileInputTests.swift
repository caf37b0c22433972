import PKIX
import Testing

/// Whatever arrives, reading it throws or succeeds, and never traps; what was changed never passes for the original.
struct HostileInputTests {
    /// Every byte with several masks, every truncation, and a byte more at the end.
    private func variants(of good: [UInt8], _ body: ([UInt8]) -> Void) {
        for index in good.indices {
            for mask: UInt8 in [0x01, 0x02, 0x20, 0x80, 0xFF] {
                var changed = good
                changed[index] ^= mask
                body(changed)
            }
            body(Array(good[..<index]))
        }
        body(good + [0])
        body([])
    }

    @Test func `no changed certificate verifies, and none traps`() async throws {
        let key = try await TestKey.make(.ecP256)
        var tbs = try TBSCertificateTests.intermediate()
        tbs.signature = AlgorithmIdentifier(.ecdsaSHA256)
        tbs.subjectPublicKeyInfo = key.spki.derBytes
        let bytes = try tbs.encode().bytes
        let good = Certificate.assemble(
            tbsBytes: bytes, algorithm: tbs.signature, signature: try key.sign(bytes, .ecdsaSHA256))
        try Certificate(derEncoded: good).verify(by: key.spki)
        variants(of: good) { changed in
            guard let read = try? Certificate(derEncoded: changed) else { return }
            #expect(refusal { try read.verify(by: key.spki) } != nil)
            // The decoders of everything inside, and the text of it.
            _ = read.tbs.subject.description + read.tbs.issuer.description + read.algorithm.description
            _ = try? read.tbs.publicKey()
            _ = try? EncodedTBSCertificate(derEncoded: read.tbsBytes)
            for element in read.tbs.extensions { self.decode(element) }
            // What was read encodes to what it was read from, unless a value is one that is not made here.
            if let again = try? read.tbs.encode() { #expect(again.bytes == read.tbsBytes) }
        }
    }

    @Test func `no changed CRL verifies, and none traps`() async throws {
        let key = try await TestKey.make(.ecP256)
        let good = try Fixture.crl(key, .ecdsaSHA256)
        try good.verify(by: key.spki)
        variants(of: good.derBytes) { changed in
            guard let read = try? CertificateList(derEncoded: changed) else { return }
            #expect(refusal { try read.verify(by: key.spki) } != nil)
            #expect(Array(read.entries).count == read.entries.count)
            for entry in read.entries {
                #expect(read.contains(serial: entry.serialNumber))
                #expect((try? RevokedSerials(read.entries))?.contains(entry.serialNumber) == true)
            }
            for element in read.extensions { self.decode(element) }
            _ = try? EncodedTBSCertList(derEncoded: read.tbsBytes)
        }
    }

    @Test(arguments: [KeyKind.ecP256, .rsa3072, .ed25519])
    func `no changed request proves possession, and none traps`(kind: KeyKind) async throws {
        let options: [KeyKind: (String, [String])] = [
            .ecP256: ("EC", ["ec_paramgen_curve:P-256"]), .rsa3072: ("RSA", ["rsa_keygen_bits:3072"]),
            .ed25519: ("ED25519", []),
        ]
        let (algorithm, parameters) = try #require(options[kind])
        let folder = try TemporaryFolder()
        try folder.write(Array(try await OpenSSL.privateKey(algorithm, parameters).utf8), "key.pem")
        let made = try await OpenSSL.run([
            "req", "-new", "-key", folder.path("key.pem"), "-subj", "/CN=x", "-outform", "DER", "-out",
            folder.path("r"), "-addext", "keyUsage=digitalSignature",
        ])
        try #require(made.isSuccess, "\(made.text)")
        let good = try folder.read("r")
        try CertificationRequest(derEncoded: good).verifyProofOfPossession()
        variants(of: good) { changed in
            guard let read = try? CertificationRequest(derEncoded: changed) else { return }
            #expect(refusal { try read.verifyProofOfPossession() } != nil)
            _ = read.subject.description
            for element in read.requestedExtensions { self.decode(element) }
        }
    }

    @Test func `no changed PEM traps`() throws {
        let good = Array(PEM.encode(PEM.certificate, try golden("root-ed25519.hex")).utf8)
        variants(of: good) { _ = try? PEM.decodeAll($0) }
    }

    @Test func `deep nesting and huge lengths are refused quickly`() {
        let nested = [UInt8](repeating: 0x30, count: 100_000)
        #expect(refusal { try Certificate(derEncoded: nested) } != nil)
        #expect(refusal { try Certificate(derEncoded: [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]) } != nil)
        #expect(refusal { try CertificateList(derEncoded: [0x30, 0x88] + [UInt8](repeating: 0xFF, count: 8)) } != nil)
    }

    private func decode(_ element: CertificateExtension) {
        func attempt<Value: ExtensionValue>(_: Value.Type) { _ = try? element.value(as: Value.self) }
        attempt(BasicConstraints.self)
        attempt(KeyUsage.self)
        attempt(SubjectKeyIdentifier.self)
        attempt(AuthorityKeyIdentifier.self)
        attempt(CertificatePolicies.self)
        attempt(NameConstraints.self)
        attempt(CRLDistributionPoints.self)
        attempt(AuthorityInformationAccess.self)
        attempt(CRLNumber.self)
        _ = element.name
    }
}
