import Authority
import Groundwork
import Ledger
import PKIX
import Testing

/// Whole ceremonies with keys of other types, and with a PIN for every signature.
@Suite struct AlgorithmRunTests {
    /// The test policy with another type of key for its roots; `targets`: the devices that read what they sign.
    private static func policy(root keyType: String, _ more: String = "", targets: String? = nil) -> String {
        let changed = TestPolicy.text.replacing(
            "    path-length: 1\n    key-types: [ec-p256]\n",
            with: "    path-length: 1\n    key-types: [\(keyType)]\n\(more)",
            maxReplacements: 1)
        guard let targets else { return changed }
        return changed.replacing("    kind: root\n", with: "    kind: root\n    targets: [\(targets)]\n")
            .replacing("    kind: intermediate\n", with: "    kind: intermediate\n    targets: [\(targets)]\n")
            .replacing("    kind: end-entity\n", with: "    kind: end-entity\n    targets: [\(targets)]\n")
    }

    private static func expectCeremonies(
        _ policy: String, _ algorithm: SignatureAlgorithm, _ kind: KeyKind,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let workshop = try Workshop(policy)
        workshop.inputs["p1.csr"] = try TestRequest.make()
        workshop.inputs["p2.csr"] = try TestRequest.make()
        try workshop.hold(Operations.root + Operations.product("p1") + Operations.product("p2") + Operations.bundle)
        try workshop.hold(Operations.revoke("p2") + Operations.crl + Operations.bundle)
        let report = try workshop.verify()
        #expect(report.holds, "\(report.failures)", sourceLocation: sourceLocation)
        #expect(report.checked[.rootFingerprint] == 1, sourceLocation: sourceLocation)
        #expect(report.checked[.checkpoint] == 2, sourceLocation: sourceLocation)
        let state = try #require(try workshop.state())
        #expect(state.keys["G1"]?.publicKey?.kind == kind, sourceLocation: sourceLocation)
        for name in ["G1", "record", "product-p1"] {
            let der = try #require(state.certificates[name]?.der)
            let certificate = try Certificate(derEncoded: der)
            #expect(certificate.algorithm == AlgorithmIdentifier(algorithm), sourceLocation: sourceLocation)
        }
    }

    @Test func `a root that signs with RSA-PSS holds its ceremonies`() throws {
        try Self.expectCeremonies(
            Self.policy(root: "rsa-3072", "    rsa-signature: rsa-pss\n", targets: "openssl"),
            .rsaPSSSHA256, .rsa3072)
    }

    @Test func `a root that signs with RSA holds its ceremonies`() throws {
        try Self.expectCeremonies(Self.policy(root: "rsa-3072"), .rsaSHA256, .rsa3072)
    }

    @Test func `a root that signs with Ed25519 holds its ceremonies`() throws {
        try Self.expectCeremonies(Self.policy(root: "ed25519", targets: "openssl"), .ed25519, .ed25519)
    }

    @Test func `a root on P-384 holds its ceremonies`() throws {
        try Self.expectCeremonies(Self.policy(root: "ec-p384"), .ecdsaSHA384, .ecP384)
    }

    @Test func `keys that ask for the PIN before every signature hold their ceremonies`() throws {
        let workshop = try Workshop(TestPolicy.text.replacing(
            "    remembers-ledger: yes\n", with: "    remembers-ledger: yes\n    always-authenticate: yes\n"))
        workshop.inputs["p1.csr"] = try TestRequest.make()
        for operations in [
            Operations.root + Operations.product("p1") + Operations.bundle, Operations.crl + Operations.bundle,
        ] {
            let before = try workshop.directory.exists ? workshop.account().signatures : 0
            let unlocker = CountingUnlocker(workshop.rehearsal.unlocker)
            try workshop.run(try workshop.plan(operations), unlocker: unlocker)
            // One login, one PIN for each signature, and one for the checkpoint's.
            #expect(try unlocker.asked == 1 + workshop.account().signatures - before + 1)
        }
        try workshop.expectVerifies()
        let generated = try workshop.ledger().filter { $0.event == "key-generated" }
        #expect(generated.count == 3)
        for event in generated {
            #expect(event.fields["attributes"]?.object?["CKA_ALWAYS_AUTHENTICATE"] == "yes")
        }
    }
}
