import Authority
import Crypto
import Groundwork
import PKIX
import Testing

@testable import Rehearsal

/// Three products under G1, p2 revoked; the key of p3 is on the vault, those of the others are elsewhere.
@Suite struct RevocationSearchTests {
    let authority: FinishedAuthority
    let time: Timestamp

    init() throws {
        authority = try FinishedAuthority.full.get()
        time = try #require(authority.state.lists["G1"]?.last?.planned.thisUpdate.adding(seconds: 60))
    }

    private func find(_ clue: RevocationClue, all: Bool = false, at time: Timestamp? = nil) throws -> [String] {
        try RevocationSearch(authority.state, at: time ?? self.time).find(clue, takesAll: all).map(\.planned.name)
    }

    private func record(_ name: String) throws -> AuthorityState.CertificateRecord {
        try #require(authority.state.certificates[name])
    }

    @Test func `each clue finds its certificate`() throws {
        let p1 = try record("product-p1")
        let der = try #require(p1.der)
        let key = try #require(p1.publicKey)
        let serial = p1.fields.serial
        for clue: RevocationClue in [
            .scope(["product": "p1"]), .certificate(der, file: "p1.cer"), .chain([der], file: "chain.pem"),
            .serial(serial, issuer: nil), .serial([0] + serial, issuer: "G1"), .key(key.keyIdentifier),
            .key(Digest(of: key.derBytes).bytes),
        ] {
            #expect(try find(clue) == ["product-p1"], "\(clue)")
        }
    }

    @Test func `octets are read as other programs print them`() {
        for text in ["0a:B1:c2", "0AB1C2", "0x0ab1c2", "a b1 c2", "ab1c2"] {
            #expect(RevocationClue.octets(text) == [0x0a, 0xb1, 0xc2], "\(text)")
        }
        for text in ["", "0x", "no", "0a:b1:cg", String(repeating: "ab", count: 65)] {
            #expect(RevocationClue.octets(text) == nil, "\(text)")
        }
    }

    @Test func `several that match are listed, and taken only together`() throws {
        let refusal = expectRefusal(.revocationTarget, "2 live certificates are for whatever scope: product-p1 (product p1, serial ") {
            try find(.scope([:]))
        }
        #expect(refusal?.advice == "Say more, as --product, or revoke all of them with --all")
        #expect(try find(.scope([:]), all: true) == ["product-p1", "product-p3"])
    }

    @Test func `what is not there is told with what is`() throws {
        let p1 = try record("product-p1").fields.serial
        let begun = expectRefusal(.revocationTarget, "\(Hex.encode(p1.prefix(4))) is the beginning of a serial number") {
            try find(.serial(Array(p1.prefix(4)), issuer: nil))
        }
        #expect(begun?.advice?.hasPrefix("It may be product-p1 (product p1, serial \(Hex.encode(p1)))") == true)
        expectRefusal(.revocationTarget, "there is no certificate for product p9. Live are product-p1 (product p1, serial ") {
            try find(.scope(["product": "p9"]))
        }
        expectRefusal(.revocationTarget, "there is no CA named \"G7\". CAs: G1, ") {
            try find(.serial([1, 2], issuer: "G7"))
        }
        var near = try record("product-p1").fields.serial
        near[15] ^= 1
        expectRefusal(.revocationTarget, "Did you mean \(Hex.encode(try record("product-p1").fields.serial)), product-p1?") {
            try find(.serial(near, issuer: nil))
        }
        expectRefusal(.revocationTarget, "give their chain with --chain") { try find(.serial([1, 2], issuer: nil)) }
        expectRefusal(.revocationTarget, "no certificate of this authority has the key 0102") { try find(.key([1, 2])) }
        expectRefusal(.revocationTarget, "x.cer is no certificate: ") { try find(.certificate([1, 2], file: "x.cer")) }
    }

    @Test func `what is revoked, a root, or at its end is not revoked`() throws {
        expectRefusal(.revocationTarget, "product-p2 is revoked already, since ") { try find(.scope(["product": "p2"])) }
        #expect("\(expectRefusal(.revocationTarget) { try find(.scope(["product": "p2"])) }?.reason ?? "")".hasSuffix(", by ceremony 2"))
        let root = try #require(try record("G1").der)
        expectRefusal(.revocationTarget, "G1 is a root") { try find(.certificate(root, file: "root.cer")) }
        let late = try #require(try record("product-p1").fields.notAfter.adding(seconds: 1))
        expectRefusal(.revocationTarget, "product-p1 ended on ") { try find(.scope(["product": "p1"]), at: late) }
    }

    // MARK: Chains

    @Test func `a chain leads to the intermediate that signed the device`() throws {
        let workshop = try Workshop()
        let elsewhere = P256.Signing.PrivateKey()
        workshop.inputs["p1.csr"] = try TestRequest.make(elsewhere)
        try workshop.hold(Operations.root + Operations.product("p1") + Operations.product("p3", isGenerated: true))
        let state = try #require(try workshop.state())
        let search = RevocationSearch(state, at: .now())
        let intermediate = try #require(state.certificates["product-p1"]?.der)
        let root = try #require(state.certificates["G1"]?.der)
        let own = Issued(state, elsewhere)
        let device = try own.device()
        for chain in [[device], [device, intermediate], [device, intermediate, root]] {
            #expect(try search.find(.chain(chain, file: "chain.pem")).map(\.planned.name) == ["product-p1"])
        }
        // A device's own certificate is the factory's to revoke.
        expectRefusal(.revocationTarget, "device.pem is no certificate of this authority; product-p1 signed it") {
            try search.find(.certificate(device, file: "device.pem"))
        }
        let forged = try Issued(state, P256.Signing.PrivateKey()).device()
        expectRefusal(.revocationTarget, "in the name of product-p1, which did not sign it") {
            try search.find(.chain([forged, intermediate], file: "chain.pem"))
        }
        expectRefusal(.revocationTarget, "chain.pem holds no intermediate of this authority") {
            try search.find(.chain([root], file: "chain.pem"))
        }

        // Another intermediate of ours beside it signed nothing of it.
        let other = try #require(state.certificates["product-p3"]?.der)
        for chain in [[device, other], [other, device, root]] {
            #expect(try search.find(.chain(chain, file: "chain.pem")).map(\.planned.name) == ["product-p1"])
        }
        expectRefusal(.revocationTarget, "chain.pem leads to 2 intermediates: product-p1, product-p3") {
            try search.find(.chain([intermediate, other], file: "chain.pem"))
        }
        let stranger = try Stranger()
        for chain in [[stranger.device, intermediate], [device, stranger.device]] {
            expectRefusal(.revocationTarget, "CN=stranger that no CA of this authority signed, nor any in the file") {
                try search.find(.chain(chain, file: "chain.pem"))
            }
        }
        // Its own root explains it, and there still is nothing of ours.
        expectRefusal(.revocationTarget, "chain.pem holds no intermediate of this authority") {
            try search.find(.chain([stranger.device, stranger.root], file: "chain.pem"))
        }
    }

    // MARK: Replacements

    @Test func `what took the place of a revoked one is not revoked by their common scope`() throws {
        let workshop = try Workshop()
        for csr in ["p1", "p2"] { workshop.inputs["\(csr).csr"] = try TestRequest.make() }
        try workshop.hold(Operations.root + Operations.product("p1"))
        try workshop.hold(Operations.revoke("p1") + Operations.crl)
        try workshop.hold(Operations.product("p1").replacing("p1.csr", with: "p2.csr"))
        let state = try #require(try workshop.state())
        let search = RevocationSearch(state, at: .now())
        let new = try #require(state.certificates["product-p1-r2"])
        let refusal = expectRefusal(.revocationTarget, "live for product p1 is product-p1-r2, which took its place") {
            try search.find(.scope(["product": "p1"]))
        }
        #expect(refusal?.reason.hasPrefix("product-p1 is revoked already, since ") == true)
        #expect(refusal?.advice?.hasSuffix("--serial \(Hex.encode(new.fields.serial))") == true)
        #expect(try search.find(.serial(new.fields.serial, issuer: nil)).map(\.planned.name) == ["product-p1-r2"])
        #expect(try search.find(.scope(["product": "p1"]), takesAll: true).map(\.planned.name) == ["product-p1-r2"])

        // The same of a ceremony file that is planned again.
        expectRefusal(.revocationTarget, "live for product p1 is product-p1-r2, which took its place") {
            try workshop.plan(Operations.revoke("p1") + Operations.crl)
        }
        func named(_ name: String) -> String {
            "  - operation: revoke\n    name: \(name)\n    reason: keyCompromise\n" + Operations.crl
        }
        expectRefusal(.revocationTarget, "product-p1 is revoked already") { try workshop.plan(named("product-p1")) }
        try workshop.run(try workshop.plan(named("product-p1-r2")))
        #expect(try workshop.state()?.certificates["product-p1-r2"]?.revocation != nil)
    }
}

extension RevocationSearchTests {
    /// A device of somebody else, and the root that signed it.
    struct Stranger {
        let device, root: [UInt8]

        init() throws {
            let key = P256.Signing.PrivateKey()
            func make(_ name: String, isCA: Bool) throws -> [UInt8] {
                let subject = isCA ? key : P256.Signing.PrivateKey()
                let now = Timestamp.now().secondsSinceEpoch
                let tbs = try TBSCertificate(
                    serialNumber: SerialNumber.make(fromRandom: SystemRandom.bytes(16)),
                    signature: AlgorithmIdentifier(.ecdsaSHA256), issuer: DistinguishedName([("CN", "elsewhere")]),
                    notBefore: now, notAfter: now + 86_400, subject: DistinguishedName([("CN", name)]),
                    subjectPublicKeyInfo: SubjectPublicKeyInfo(derEncoded: Array(subject.publicKey.derRepresentation)).derBytes,
                    extensions: [CertificateExtension(BasicConstraints(isCA: isCA))]
                ).encode().bytes
                return Certificate.assemble(
                    tbsBytes: tbs, algorithm: AlgorithmIdentifier(.ecdsaSHA256),
                    signature: Array(try key.signature(for: SHA256.hash(data: tbs)).derRepresentation))
            }
            device = try make("stranger", isCA: false)
            root = try make("elsewhere", isCA: true)
        }
    }

    /// Devices in the name of p1, signed with some key.
    struct Issued {
        let state: AuthorityState
        let key: P256.Signing.PrivateKey

        init(_ state: AuthorityState, _ key: P256.Signing.PrivateKey) {
            self.state = state
            self.key = key
        }

        func device() throws -> [UInt8] {
            let issuer = try Certificate(derEncoded: try #require(state.certificates["product-p1"]?.der))
            let subject = try SubjectPublicKeyInfo(
                derEncoded: Array(P256.Signing.PrivateKey().publicKey.derRepresentation))
            let now = Timestamp.now().secondsSinceEpoch
            let tbs = try TBSCertificate(
                serialNumber: SerialNumber.make(fromRandom: SystemRandom.bytes(16)),
                signature: AlgorithmIdentifier(.ecdsaSHA256), issuer: issuer.tbs.subject, notBefore: now,
                notAfter: now + 86_400, subject: DistinguishedName([("CN", "device")]),
                subjectPublicKeyInfo: subject.derBytes,
                extensions: [CertificateExtension(BasicConstraints(isCA: false))]
            ).encode().bytes
            return Certificate.assemble(
                tbsBytes: tbs, algorithm: AlgorithmIdentifier(.ecdsaSHA256),
                signature: Array(try key.signature(for: SHA256.hash(data: tbs)).derRepresentation))
        }
    }
}
