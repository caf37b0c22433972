import Crypto
import Groundwork
import PKIX
import Testing

@testable import TrustBundle

@Suite struct VerifierTests {
    let hierarchy: Hierarchy

    init() throws {
        hierarchy = try Hierarchy()
    }

    private func verify(_ payload: BundlePayload, _ change: (inout BundleVerifier) -> Void) throws -> VerifiedBundle {
        var verifier = hierarchy.verifier
        change(&verifier)
        return try verifier.verify(hierarchy.bundle(payload).encoded)
    }

    @Test func `BUNDLE-STORE and BUNDLE-ENVIRONMENT: a bundle of another store or environment is refused`() throws {
        let payload = hierarchy.payload()
        #expect(refusal { _ = try verify(payload) { $0.storeID = "acme/other" } } == .store)
        #expect(refusal { _ = try verify(payload) { $0.storeID = "" } } == .store)
        #expect(refusal { _ = try verify(payload) { $0.environment = "production" } } == .environment)
        let verified = try verify(payload) { ($0.storeID, $0.environment) = (nil, nil) }
        #expect(verified.checked == [.encoding, .signer, .threshold, .signature, .sequence])
        // Other bytes that a string comparison would call equal.
        var accented = payload
        accented.storeID = "caf\u{e9}"
        #expect(refusal { _ = try verify(accented) { $0.storeID = "cafe\u{301}" } } == .store)
    }

    @Test func `BUNDLE-SEQUENCE: an older bundle is refused, a newer one is not`() throws {
        for (sequence, minimum, control): (UInt64, UInt64, BundleControl?) in [
            (7, 7, nil), (7, 6, nil), (7, 0, nil), (7, 8, .sequence), (7, .max, .sequence), (.max, .max, nil),
        ] {
            let payload = hierarchy.payload(sequence: sequence)
            #expect(refusal { _ = try verify(payload) { $0.minimumSequence = minimum } } == control)
        }
    }

    @Test func `a previous digest that differs is a warning`() throws {
        var payload = hierarchy.payload(sequence: 2)
        let (first, other) = (Digest(of: [1]), Digest(of: [2]))
        payload.previousPayload = first
        #expect(try verify(payload) { $0.previousPayload = first }.warnings.isEmpty)
        #expect(try verify(payload) { $0.previousPayload = nil }.warnings.isEmpty)
        #expect(
            try verify(payload) { $0.previousPayload = other }.warnings == [
                .previousDiffers(expected: other, found: first)
            ])
        payload.previousPayload = nil
        #expect(
            try verify(payload) { $0.previousPayload = other }.warnings == [
                .previousDiffers(expected: other, found: nil)
            ])
    }

    @Test func `validity is enforced only where there is a clock`() throws {
        var payload = hierarchy.payload()
        payload.expires = Timestamp(rfc3339: "2028-01-01T00:00:00Z")
        func at(_ time: String) throws -> VerifiedBundle {
            try verify(payload) { $0.clock = Timestamp(rfc3339: time) }
        }
        #expect(refusal { _ = try at("2026-12-31T23:59:59Z") } == .signer)
        #expect(try at("2027-01-01T00:00:00Z").warnings == [.issuedInFuture(payload.issued)])
        #expect(try at("2027-06-01T00:00:00Z").warnings.isEmpty)
        #expect(try at("2037-01-01T00:00:00Z").warnings.count == 1)
        #expect(refusal { _ = try at("2037-01-01T00:00:01Z") } == .signer)
        #expect(try verify(payload) { $0.clock = nil }.warnings.isEmpty)
    }

    @Test func `BUNDLE-SIGNER: the signer must come from a current anchor`() throws {
        let made = try hierarchy.bundle(hierarchy.payload()).encoded
        let stranger = try Hierarchy(rootName: "Other Root G1")
        // The same name with another key: what counts is the signature, not the name.
        let impostor = try Hierarchy()
        for anchors in [[], [stranger.root], [impostor.root], [hierarchy.signer]] {
            var verifier = hierarchy.verifier
            verifier.anchors = anchors.map(DeviceAnchor.certificate)
            #expect(refusal { _ = try verifier.verify(made) } == .signer)
        }
        var verifier = hierarchy.verifier
        verifier.anchors = [stranger.root, impostor.root, hierarchy.root].map(DeviceAnchor.certificate)
        #expect(try verifier.verify(made).signers[0].currentIssuer == .certificate(hierarchy.root))
    }

    @Test func `BUNDLE-SIGNER: an anchor that may not issue certificates lends no trust`() throws {
        let name = "Acme Device Root G1"
        func anchor(_ extensions: [CertificateExtension]) throws -> Certificate {
            try Hierarchy.certificate(
                subject: name, key: Array(hierarchy.rootKey.publicKey.derRepresentation), issuer: name,
                issuerKey: hierarchy.rootKey, serial: [0x11], extensions: extensions)
        }
        let made = try hierarchy.bundle(hierarchy.payload()).encoded
        let good = try anchor([try CertificateExtension(BasicConstraints(isCA: true))])
        let notCA = try anchor([try CertificateExtension(KeyUsage.keyCertSign)])
        let noSigning = try anchor([
            try CertificateExtension(BasicConstraints(isCA: true)), try CertificateExtension(KeyUsage.cRLSign),
        ])
        for (certificate, control): (Certificate, BundleControl?) in [
            (good, nil), (notCA, .signer), (noSigning, .signer),
        ] {
            #expect(refusal { _ = try BundleVerifier(anchors: [certificate]).verify(made) } == control)
        }
    }

    @Test func `BUNDLE-SIGNER: the signer must be an end entity for signatures and no more`() throws {
        func signer(
            _ extensions: [CertificateExtension], key: [UInt8]? = nil, withKeyIdentifier: Bool = true
        ) throws -> Certificate {
            try Hierarchy.certificate(
                subject: "Acme Bundle Signer G1", key: key ?? Array(hierarchy.signerKey.publicKey.derRepresentation),
                issuer: "Acme Device Root G1", issuerKey: hierarchy.rootKey, serial: [0x12], extensions: extensions,
                withKeyIdentifier: withKeyIdentifier)
        }
        let usage = try CertificateExtension(KeyUsage.digitalSignature)
        let endEntity = try CertificateExtension(BasicConstraints(isCA: false))
        let good = try [signer([usage]), signer([usage, endEntity])]
        let unknown = CertificateExtension(identifier: try #require(OID("1.2.3.4")), isCritical: true, value: [5, 0])
        let tolerated = CertificateExtension(identifier: try #require(OID("1.2.3.4")), isCritical: false, value: [5, 0])
        let otherKey = Array(P384.Signing.PrivateKey().publicKey.derRepresentation)
        let bad = try [
            signer([endEntity]), signer([try CertificateExtension(KeyUsage.nonRepudiation)]),
            signer([try CertificateExtension(KeyUsage([.digitalSignature, .keyCertSign]))]),
            signer([try CertificateExtension(KeyUsage([.digitalSignature, .cRLSign]))]),
            signer([usage, try CertificateExtension(BasicConstraints(isCA: true))]), signer([usage, unknown]),
            signer([usage], key: otherKey), signer([usage], withKeyIdentifier: false), hierarchy.root,
            // A record key, which the root certifies for documents.
            signer([usage, try CertificateExtension(ExtendedKeyUsage([try #require(OID("1.3.6.1.5.5.7.3.36"))]))]),
        ]
        for certificate in try good + [signer([usage, tolerated])] {
            let bytes = try hierarchy.forgedBundle(hierarchy.payload(), signer: certificate)
            #expect(refusal { _ = try hierarchy.verifier.verify(bytes) } == nil)
            #expect(throws: Never.self) { try UnsignedBundle(payload: hierarchy.payload(), signers: [certificate]) }
        }
        for certificate in bad {
            let bytes = try hierarchy.forgedBundle(hierarchy.payload(), signer: certificate)
            #expect(refusal { _ = try hierarchy.verifier.verify(bytes) } == .signer)
            #expect(refusal { _ = try UnsignedBundle(payload: hierarchy.payload(), signers: [certificate]) } == .signer)
        }
    }

    @Test func `BUNDLE-SIGNER: a signer below an intermediate is refused`() throws {
        let intermediateKey = P384.Signing.PrivateKey()
        let intermediate = try Hierarchy.certificate(
            subject: "Acme Factory CA", key: Array(intermediateKey.publicKey.derRepresentation),
            issuer: "Acme Device Root G1", issuerKey: hierarchy.rootKey, serial: [0x21],
            extensions: Hierarchy.authorityExtensions(pathLength: 0))
        let signer = try Hierarchy.certificate(
            subject: "Acme Bundle Signer G1", key: Array(hierarchy.signerKey.publicKey.derRepresentation),
            issuer: "Acme Factory CA", issuerKey: intermediateKey, serial: [0x22],
            extensions: Hierarchy.signerExtensions())
        var payload = hierarchy.payload()
        payload.intermediates = [intermediate.derBytes]
        let bytes = try hierarchy.forgedBundle(payload, signer: signer)
        #expect(refusal { _ = try hierarchy.verifier.verify(bytes) } == .signer)
    }

    @Test func `BUNDLE-SIGNER: the kid must be the signer's, and the deny list is heeded`() throws {
        let forged = try hierarchy.forgedBundle(hierarchy.payload(), signer: hierarchy.signer, kid: [1, 2, 3])
        #expect(refusal { _ = try hierarchy.verifier.verify(forged) } == .signer)

        let root = try #require(try hierarchy.root.tbs.subjectKeyIdentifier)
        for (entry, control): (DeniedCertificate, BundleControl?) in [
            (DeniedCertificate(issuerKeyIdentifier: root, serial: [0x12]), .signer),
            (DeniedCertificate(issuerKeyIdentifier: root, serial: [0x13]), nil),
            (DeniedCertificate(issuerKeyIdentifier: [1], serial: [0x12]), nil),
        ] {
            #expect(refusal { _ = try verify(hierarchy.payload()) { $0.denied = [entry] } } == control)
        }
    }

    @Test func `BUNDLE-SIGNATURE: a bundle by another key is refused`() throws {
        let other = try Hierarchy(rootKey: hierarchy.rootKey)
        let bytes = try other.forgedBundle(hierarchy.payload(), signer: hierarchy.signer)
        #expect(refusal { _ = try hierarchy.verifier.verify(bytes) } == .signature)
    }

    @Test func `errors name their control first and tell what to do`() throws {
        let error = #expect(throws: BundleError.self) {
            try verify(hierarchy.payload(sequence: 3)) { $0.minimumSequence = 5 }
        }
        #expect(
            error?.description
                == "BUNDLE-SEQUENCE: The bundle's sequence is 3, and 5 is the least that is accepted. "
                + "Fetch the newest bundle: an old one may lack a revocation.")
    }
}
