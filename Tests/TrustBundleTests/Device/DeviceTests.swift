import Crypto
import DeviceRule
import Groundwork
import PKIX
import Testing

@testable import TrustBundle

/// The device's verifier in C, control by control: what is bad is refused by name, what is good is taken.
@Suite struct DeviceTests {
    let first: Hierarchy
    let second: Hierarchy

    init() throws {
        first = try Hierarchy()
        second = try Hierarchy(rootName: "Acme Device Root G2")
    }

    private var device: Device { Device(first) }

    private func payload(
        _ anchors: [Hierarchy], sequence: UInt64 = 1, threshold: UInt64 = 1
    ) -> BundlePayload {
        var payload = first.payload(sequence: sequence)
        payload.anchors = anchors.map { BundleAnchor(bytes: $0.root.derBytes, title: "a root") }
        payload.threshold = Int(threshold)
        return payload
    }

    @Test func `a good bundle is taken, and its contents become the device's state`() throws {
        var payload = payload([first, second], sequence: 4)
        payload.denyList = [DeniedCertificate(issuerKeyIdentifier: [1, 2], serial: [0x00, 0x80])]
        var device = device
        let acceptance = try device.take(SignedParts.sign1(payload, by: first.identity).encoded)
        #expect(acceptance.sequence == 4 && acceptance.signatureCount == 1 && !acceptance.followsAnother)
        #expect(device.anchors == payload.anchors && device.denied == payload.denyList && device.sequence == 4)
        #expect(try device.previousPayload == Digest(of: payload.encoded()))
    }

    @Test func `what is denied is denied by one rule, in firmware and here`() {
        let entries = [
            DeniedCertificate(issuerKeyIdentifier: [1, 2], serial: [0x00, 0x80]),
            DeniedCertificate(issuerKeyIdentifier: [3], serial: [0x11]),
        ]
        var device = device
        device.denied = entries
        for (issuer, serial, isDenied): ([UInt8], [UInt8], Bool) in [
            ([1, 2], [0x00, 0x80], true), ([1, 2], [0x80], true), ([1, 2], [0x00, 0x00, 0x80], true), ([], [0x80], true),
            ([3], [0x11], true), ([], [0x11], true), ([3], [0x80], false), ([1], [0x80], false), ([1, 2, 3], [0x80], false),
            ([1, 2], [0x80, 0x00], false), ([1, 2], [0x81], false), ([1, 2], [], false), ([], [], false),
        ] {
            #expect(device.denies(issuerKeyIdentifier: issuer, serial: serial) == isDenied, "\(issuer) \(serial)")
            #expect(entries.contains { $0.denies(issuerKeyIdentifier: issuer, serial: serial) } == isDenied)
        }
        device.denied = []
        #expect(!device.denies(issuerKeyIdentifier: [1, 2], serial: [0x80]))
    }

    @Test func `BUNDLE-SEQUENCE: an older bundle is refused, and the same one`() throws {
        var device = device
        device.sequence = 7
        for (sequence, name): (UInt64, String?) in [(8, nil), (.max, nil), (7, "SEQUENCE"), (1, "SEQUENCE")] {
            let bundle = try SignedParts.sign1(payload([first], sequence: sequence), by: first.identity).encoded
            #expect(device.refusal(of: bundle)?.name == name)
        }
    }

    @Test func `BUNDLE-STORE and BUNDLE-ENVIRONMENT: a bundle for others is refused`() throws {
        let bundle = try SignedParts.sign1(payload([first]), by: first.identity).encoded
        for (store, environment, name) in [
            ("acme/other", "staging", "STORE"), ("", "staging", "STORE"), ("acme/factory-trus", "staging", "STORE"),
            ("acme/factory-trust", "production", "ENVIRONMENT"), ("acme/factory-trust", "staging", nil),
        ] {
            var device = device
            (device.storeID, device.environment) = (store, environment)
            #expect(device.refusal(of: bundle)?.name == name)
        }
    }

    @Test func `a bundle that follows another one is taken, and told`() throws {
        var payload = payload([first], sequence: 2)
        let (expected, other) = (Digest(of: [1]), Digest(of: [2]))
        for (previous, warns): (Groundwork.Digest?, Bool) in [(expected, false), (other, true), (nil, true)] {
            payload.previousPayload = previous
            var device = device
            device.previousPayload = expected
            #expect(try device.judge(SignedParts.sign1(payload, by: first.identity).encoded).followsAnother == warns)
        }
        #expect(try !device.judge(SignedParts.sign1(payload, by: first.identity).encoded).followsAnother)
    }

    @Test func `BUNDLE-SIGNER: strangers, impostors, the denied and the expired are refused`() throws {
        let bundle = try SignedParts.sign1(payload([first]), by: first.identity).encoded
        for stranger in [second, try Hierarchy()] {
            #expect(Device(stranger).refusal(of: bundle)?.name == "SIGNER_UNTRUSTED")
        }
        var device = device
        device.anchors = []
        #expect(device.refusal(of: bundle)?.name == "SIGNER_UNTRUSTED")
        device.anchors = [second, first].map { BundleAnchor(bytes: $0.root.derBytes) }
        #expect(device.refusal(of: bundle) == nil)

        let issuer = try #require(try first.root.tbs.subjectKeyIdentifier)
        device.denied = [
            DeniedCertificate(issuerKeyIdentifier: [1], serial: [0x12]),
            DeniedCertificate(issuerKeyIdentifier: issuer, serial: [0x13]),
        ]
        #expect(device.refusal(of: bundle) == nil)
        device.denied.append(DeniedCertificate(issuerKeyIdentifier: issuer, serial: [0x12]))
        #expect(device.refusal(of: bundle)?.name == "SIGNER_DENIED")

        for (time, name) in [
            ("2026-12-31T23:59:59Z", "SIGNER_NOT_VALID"), ("2027-01-01T00:00:00Z", nil), ("2037-01-01T00:00:00Z", nil),
            ("2037-01-01T00:00:01Z", "SIGNER_NOT_VALID"),
        ] {
            var device = self.device
            device.clock = Timestamp(rfc3339: time)
            #expect(device.refusal(of: bundle)?.name == name)
        }
    }

    @Test func `BUNDLE-SIGNER: only an end entity for signatures signs bundles`() throws {
        func signer(_ extensions: [CertificateExtension], key: [UInt8]? = nil) throws -> Certificate {
            try Hierarchy.certificate(
                subject: "Acme Bundle Signer G1", key: key ?? Array(first.signerKey.publicKey.derRepresentation),
                issuer: "Acme Device Root G1", issuerKey: first.rootKey, serial: [0x12], extensions: extensions)
        }
        let usage = try CertificateExtension(KeyUsage.digitalSignature)
        let unknown = CertificateExtension(identifier: try #require(OID("1.2.3.4")), isCritical: true, value: [5, 0])
        let malformed = CertificateExtension(identifier: KeyUsage.identifier, isCritical: true, value: [3, 2, 0, 0])
        let documents = try CertificateExtension(ExtendedKeyUsage([try #require(OID("1.3.6.1.5.5.7.3.36"))]))
        let cases: [(Certificate, String?)] = try [
            (signer([usage]), nil),
            (signer([try CertificateExtension(KeyUsage([.digitalSignature, .decipherOnly]))]), nil),
            (signer([usage, try CertificateExtension(BasicConstraints(isCA: false))]), nil),
            (signer([]), "SIGNER_USAGE"),
            (signer([try CertificateExtension(KeyUsage.nonRepudiation)]), "SIGNER_USAGE"),
            (signer([try CertificateExtension(KeyUsage([.digitalSignature, .keyCertSign]))]), "SIGNER_USAGE"),
            (signer([try CertificateExtension(KeyUsage([.digitalSignature, .cRLSign]))]), "SIGNER_USAGE"),
            (signer([malformed]), "SIGNER_EXTENSION"),
            (signer([usage, try CertificateExtension(BasicConstraints(isCA: true))]), "SIGNER_ROLE"),
            (signer([usage, unknown]), "SIGNER_CRITICAL"), (signer([usage, documents]), "SIGNER_EXTENDED_USAGE"),
            (signer([usage], key: Array(P384.Signing.PrivateKey().publicKey.derRepresentation)), "SIGNER_KEY"),
        ]
        for (certificate, name) in cases {
            let bundle = try SignedParts.sign1(payload([first]), by: SigningIdentity(key: first.signerKey, certificate: certificate)).encoded
            #expect(device.refusal(of: bundle)?.name == name)
        }
        let wrong = try first.forgedBundle(payload([first]), signer: first.signer, kid: [1, 2, 3])
        #expect(device.refusal(of: wrong)?.name == "SIGNER_KEY_IDENTIFIER")
    }

    @Test func `BUNDLE-THRESHOLD: as many different signers as the device's state says`() throws {
        let another = try first.anotherIdentity()
        let one = try SignedParts.sign1(payload([first]), by: first.identity).encoded
        let two = try SignedParts.sign(payload([first]), by: [first.identity, another])
        let twice = try SignedParts.sign(payload([first]), by: [first.identity, first.identity])
        var device = device
        #expect(device.refusal(of: one) == nil && device.refusal(of: two) == nil && device.refusal(of: twice) == nil)
        device.threshold = 2
        #expect(device.refusal(of: one)?.name == "THRESHOLD_CURRENT")
        #expect(device.refusal(of: twice)?.name == "THRESHOLD_CURRENT")
        #expect(device.refusal(of: two) == nil)
        device.threshold = 3
        #expect(device.refusal(of: two)?.control == .threshold)
        // A denied signer does not count.
        device.threshold = 2
        let issuer = try #require(try first.root.tbs.subjectKeyIdentifier)
        device.denied = [DeniedCertificate(issuerKeyIdentifier: issuer, serial: another.certificate.tbs.serialNumber)]
        #expect(device.refusal(of: two)?.name == "THRESHOLD_CURRENT")
    }

    @Test func `BUNDLE-THRESHOLD: a change of roots is signed under the old and the new`() throws {
        let onlyOld = try SignedParts.sign1(payload([second], sequence: 2), by: first.identity).encoded
        let onlyNew = try SignedParts.sign1(payload([second], sequence: 2), by: second.identity).encoded
        let both = try SignedParts.sign(payload([second], sequence: 2), by: [first.identity, second.identity])
        var device = device
        #expect(device.refusal(of: onlyOld)?.name == "THRESHOLD_NEW")
        #expect(device.refusal(of: onlyNew)?.name == "SIGNER_UNTRUSTED")
        try device.take(both)
        #expect(device.anchors.map(\.bytes) == [second.root.derBytes])
        #expect(device.refusal(of: try SignedParts.sign1(payload([first], sequence: 3), by: first.identity).encoded) != nil)
        try device.take(SignedParts.sign1(payload([second], sequence: 3), by: second.identity).encoded)

        // The bundle's own threshold holds for its own anchors, at once.
        let needsTwo = payload([first], threshold: 2)
        #expect(
            self.device.refusal(of: try SignedParts.sign1(needsTwo, by: first.identity).encoded)?.name == "THRESHOLD_NEW")
        var next = self.device
        try next.take(SignedParts.sign(needsTwo, by: [first.identity, try first.anotherIdentity()]))
        #expect(next.threshold == 2)
    }

    @Test func `BUNDLE-SIGNATURE: one bad signature refuses the bundle, a stranger's is passed over`() throws {
        let another = try first.anotherIdentity()
        for (index, name) in [(0, "SIGNATURE"), (1, "SIGNATURE")] {
            let bundle = try SignedParts.sign(payload([first]), by: [first.identity, another], breaking: index)
            #expect(device.refusal(of: bundle)?.name == name)
        }
        let withStranger = try SignedParts.sign(payload([first]), by: [first.identity, second.identity], breaking: 1)
        #expect(device.refusal(of: withStranger) == nil)
        let impostor = try Hierarchy(rootKey: first.rootKey)
        let forged = try impostor.forgedBundle(payload([first]), signer: first.signer)
        #expect(device.refusal(of: forged)?.name == "SIGNATURE")
    }

    @Test func `anchors that are bare keys judge signers by key and key identifier`() throws {
        let key = Array(first.rootKey.publicKey.derRepresentation)
        var payload = payload([first])
        payload.anchors = [BundleAnchor(format: .subjectPublicKeyInfo, bytes: key)]
        let bundle = try SignedParts.sign1(payload, by: first.identity).encoded
        var device = device
        #expect(device.refusal(of: bundle) == nil)
        device.anchors = payload.anchors
        #expect(device.refusal(of: bundle) == nil)
        device.anchors = [
            BundleAnchor(format: .subjectPublicKeyInfo, bytes: Array(second.rootKey.publicKey.derRepresentation))
        ]
        #expect(device.refusal(of: bundle)?.name == "SIGNER_UNTRUSTED")
        // Denied by the identifier of the bare key.
        device.anchors = payload.anchors
        let identifier = try SubjectPublicKeyInfo(derEncoded: key).keyIdentifier
        device.denied = [DeniedCertificate(issuerKeyIdentifier: identifier, serial: [0x12])]
        #expect(device.refusal(of: bundle)?.name == "SIGNER_DENIED")
    }

    @Test func `BUNDLE-ENCODING: one to eight signatures, each form for its number`() throws {
        let signers = try (0x20..<0x29).map { try first.anotherIdentity(serial: $0) }
        for count in [2, 8] {
            #expect(device.refusal(of: try SignedParts.sign(payload([first]), by: Array(signers.prefix(count)))) == nil)
        }
        for count in [0, 1, 9] {
            let bundle = try SignedParts.sign(payload([first]), by: Array(signers.prefix(count)))
            #expect(device.refusal(of: bundle)?.name == "SIGNATURE_COUNT")
        }
    }

    @Test func `both algorithm labels are read`() throws {
        for algorithm in COSEAlgorithm.allCases {
            #expect(device.refusal(of: try first.bundle(payload([first]), algorithm: algorithm).encoded) == nil)
        }
    }
}
