import Crypto
import PKIX
import Testing
import X509

struct CertificateTests {
    /// The key of RFC 8032 7.1, TEST 1: Ed25519 signs deterministically, so the whole certificate is reproducible.
    private func rfc8032Key() throws -> TestKey {
        let seed = try bytes(hex: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
        return try TestKey.ed25519(Curve25519.Signing.PrivateKey(rawRepresentation: seed))
    }

    @Test func `a root's bytes are those of the golden file, signature included`() throws {
        let expected = try golden("root-ed25519.hex")
        let root = try Fixture.root(rfc8032Key(), .ed25519)
        #expect(root.derBytes == expected)
        #expect(try PKIX.Certificate(derEncoded: expected) == root)
        try root.verifyIssued(by: root)
    }

    @Test func `OpenSSL prints what was meant`() async throws {
        let root = try golden("root-ed25519.hex")
        let printed = try await OpenSSL.run(
            ["x509", "-inform", "DER", "-in", "$root", "-noout", "-text", "-nameopt", "RFC2253"], files: ["root": root])
        for line in [
            "Version: 3 (0x2)", "41:02:03:04:05:06:07:08", "Signature Algorithm: ED25519",
            "Issuer: CN=Acme Device Root G1,O=Acme,C=DE", "Not Before: Mar  2 10:00:00 2027 GMT",
            "Not After : Mar  2 10:00:00 2047 GMT", "X509v3 Basic Constraints: critical", "CA:TRUE",
            "X509v3 Key Usage: critical", "Certificate Sign, CRL Sign",
        ] {
            // OpenSSL writes small serials in decimal and hexadecimal.
            #expect(printed.text.contains(line) || line.hasPrefix("41:"), "\(line) is not in \(printed.text)")
        }
        #expect(printed.text.contains("0x4102030405060708"))
    }

    @Test func `swift-certificates reads the same fields`() async throws {
        let key = try await TestKey.make(.ecP384)
        var tbs = try TBSCertificateTests.intermediate()
        tbs.subjectPublicKeyInfo = key.spki.derBytes
        let bytes = try tbs.encode().bytes
        let der = PKIX.Certificate.assemble(
            tbsBytes: bytes, algorithm: tbs.signature, signature: try key.sign(bytes, .ecdsaSHA384))
        let judged = try X509.Certificate(derEncoded: der)
        #expect(judged.subject.description == tbs.subject.description)
        #expect(judged.issuer.description == tbs.issuer.description)
        #expect(Array(judged.serialNumber.bytes) == tbs.serialNumber)
        #expect(Int64(judged.notValidBefore.timeIntervalSince1970) == tbs.notBefore)
        #expect(Int64(judged.notValidAfter.timeIntervalSince1970) == tbs.notAfter)
        #expect(try judged.extensions.basicConstraints == .isCertificateAuthority(maxPathLength: 0))
        #expect(try judged.extensions.keyUsage == X509.KeyUsage(keyCertSign: true, cRLSign: true))
        #expect(
            try Array(judged.extensions.subjectKeyIdentifier!.keyIdentifier)
                == SubjectKeyIdentifier.placeholder.keyIdentifier)
        #expect(try judged.extensions.authorityKeyIdentifier?.authorityCertSerialNumber == nil)
        #expect(try judged.extensions.nameConstraints?.permittedDNSDomains.isEmpty == true)
        #expect(try judged.extensions.authorityInformationAccess?.count == 1)
        #expect(judged.publicKey.isValidSignature(judged.signature, for: judged))
    }

    @Test func `a link holds only under its own issuer`() async throws {
        let rootKey = try await TestKey.make(.ecP256)
        let root = try Fixture.root(rootKey, .ecdsaSHA256)
        func issue(_ change: (inout TBSCertificate) throws -> Void = { _ in }) throws -> PKIX.Certificate {
            var tbs = try TBSCertificateTests.intermediate()
            tbs.signature = AlgorithmIdentifier(.ecdsaSHA256)
            tbs.extensions[3] = try CertificateExtension(AuthorityKeyIdentifier(rootKey.spki.keyIdentifier))
            try change(&tbs)
            let bytes = try tbs.encode().bytes
            return try PKIX.Certificate(
                derEncoded: PKIX.Certificate.assemble(
                    tbsBytes: bytes, algorithm: tbs.signature, signature: rootKey.sign(bytes, .ecdsaSHA256)))
        }
        try issue().verifyIssued(by: root)

        let otherName = try issue { $0.issuer = try DistinguishedName([("CN", "Acme Device Root G2")]) }
        #expect(refusal { try otherName.verifyIssued(by: root) }?.kind == .chainBroken)
        let otherKey = try issue { $0.extensions[3] = try CertificateExtension(AuthorityKeyIdentifier.placeholder) }
        #expect(refusal { try otherKey.verifyIssued(by: root) }?.kind == .chainBroken)
        let sameNameRoot = try Fixture.root(try await TestKey.make(.ecP256), .ecdsaSHA256)
        #expect(refusal { try issue().verifyIssued(by: sameNameRoot) }?.kind == .chainBroken)
        let bare = try issue { $0.extensions.remove(at: 3) }
        #expect(refusal { try bare.verifyIssued(by: sameNameRoot) }?.kind == .signatureInvalid)
    }

    @Test func `an algorithm outside that differs from the one inside is refused`() throws {
        let root = try Fixture.root(rfc8032Key(), .ed25519)
        let der = PKIX.Certificate.assemble(
            tbsBytes: root.tbsBytes, algorithm: AlgorithmIdentifier(.ecdsaSHA256), signature: root.signature)
        #expect(
            refusal { try PKIX.Certificate(derEncoded: der) }?.reason.contains("differs from the signed one") == true)
    }

    @Test func `an algorithm that is not verified is named`() async throws {
        let key = try await TestKey.make(.ecP256)
        let sha512 = AlgorithmIdentifier(try #require(OID("1.2.840.10045.4.3.4")))
        var tbs = try Fixture.rootTBS(key.spki, .ecdsaSHA256)
        tbs.signature = sha512
        let der = PKIX.Certificate.assemble(
            tbsBytes: try tbs.encode().bytes, algorithm: sha512, signature: [0x30, 0x00])
        let error = refusal { try PKIX.Certificate(derEncoded: der).verify(by: key.spki) }
        #expect(error?.kind == .unsupported)
        #expect(error?.reason.contains("ecdsa-with-SHA512") == true)
    }

    @Test func `PEM and DER give the same certificate`() throws {
        let root = try golden("root-ed25519.hex")
        let pem = PEM.encode(PEM.certificate, root)
        #expect(try PKIX.Certificate(pemOrDER: Array(pem.utf8)) == PKIX.Certificate(pemOrDER: root))
        let mislabelled = Array(PEM.encode(PEM.certificateList, root).utf8)
        #expect(refusal { try PKIX.Certificate(pemOrDER: mislabelled) }?.reason.contains("X509 CRL") == true)
    }
}
