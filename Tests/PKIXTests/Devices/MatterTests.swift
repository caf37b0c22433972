import Crypto
import Testing

@testable import PKIX

/// A PAA, a PAI and a DAC as our profile makes them.
struct MatterFixture {
    let paa: CertificateParts
    let pai: CertificateParts
    let dac: CertificateParts
    let paaCertificate: Certificate
    let paiCertificate: Certificate

    static let vid = "1.3.6.1.4.1.37244.2.1"
    static let pid = "1.3.6.1.4.1.37244.2.2"
    static let cn = "2.5.4.3"

    static func name(_ commonName: String, vendor: String? = nil, product: String? = nil, tag: UInt8 = 0x0C) -> [UInt8] {
        func attribute(_ oid: String, _ tag: UInt8, _ text: String) -> [UInt8] {
            Raw.element(0x31, Raw.sequence(Raw.oid(oid), Raw.element(tag, Array(text.utf8))))
        }
        return Raw.element(
            0x30,
            attribute(cn, 0x0C, commonName) + (vendor.map { attribute(vid, tag, $0) } ?? [])
                + (product.map { attribute(pid, tag, $0) } ?? []))
    }

    init() throws {
        func key() throws -> SubjectPublicKeyInfo {
            try SubjectPublicKeyInfo(derEncoded: Array(P256.Signing.PrivateKey().publicKey.derRepresentation))
        }
        let (paaKey, paiKey, dacKey) = (try key(), try key(), try key())
        let sha256 = SignatureAlgorithm.ecdsaSHA256.algorithmIdentifierDER
        let never = Raw.generalized("99991231235959Z")
        let paaName = Self.name("Acme Matter PAA G1", vendor: "FFF1")
        let paiName = Self.name("Acme Matter PAI 8000", vendor: "FFF1", product: "8000")
        paa = CertificateParts(
            inner: sha256, outer: sha256, issuer: paaName, notBefore: Raw.utc("270101000000Z"), notAfter: never,
            subject: paaName, spki: paaKey.derBytes,
            extensions: [
                Raw.ext(BasicConstraints(isCA: true, pathLength: 1)), Raw.ext(KeyUsage([.keyCertSign, .cRLSign])),
                Raw.ext(SubjectKeyIdentifier(paaKey.keyIdentifier)),
            ])
        pai = CertificateParts(
            inner: sha256, outer: sha256, issuer: paaName, notBefore: Raw.utc("270201000000Z"), notAfter: never,
            subject: paiName, spki: paiKey.derBytes,
            extensions: [
                Raw.ext(BasicConstraints(isCA: true, pathLength: 0)), Raw.ext(KeyUsage([.keyCertSign, .cRLSign])),
                Raw.ext(SubjectKeyIdentifier(paiKey.keyIdentifier)),
                Raw.ext(AuthorityKeyIdentifier(paaKey.keyIdentifier)),
            ])
        dac = CertificateParts(
            inner: sha256, outer: sha256, issuer: paiName, notBefore: Raw.utc("270301000000Z"), notAfter: never,
            subject: Self.name("Acme 8000 0001", vendor: "FFF1", product: "8000"), spki: dacKey.derBytes,
            extensions: [
                Raw.ext(BasicConstraints(isCA: false)), Raw.ext(KeyUsage.digitalSignature),
                Raw.ext(SubjectKeyIdentifier(dacKey.keyIdentifier)),
                Raw.ext(AuthorityKeyIdentifier(paiKey.keyIdentifier)),
            ])
        paaCertificate = try Certificate(derEncoded: paa.der)
        paiCertificate = try Certificate(derEncoded: pai.der)
    }

    func parts(_ role: LintRole) -> CertificateParts { role == .root ? paa : role == .intermediate ? pai : dac }

    func issuer(_ role: LintRole) -> Certificate? {
        role == .root ? nil : role == .intermediate ? paaCertificate : paiCertificate
    }
}

struct MatterCase: Sendable, CustomTestStringConvertible {
    let rule: String
    let role: LintRole
    let says: String
    /// The issuer in place of the fixture's.
    var issuer: (@Sendable (MatterFixture) throws -> Certificate)?
    let change: @Sendable (inout CertificateParts) throws -> Void

    var testDescription: String { "\(rule) \(role.rawValue): \(says)" }

    init(
        _ rule: String, _ role: LintRole, _ says: String,
        issuer: (@Sendable (MatterFixture) throws -> Certificate)? = nil,
        _ change: @escaping @Sendable (inout CertificateParts) throws -> Void
    ) {
        self.rule = "MATTER-" + rule
        self.role = role
        self.says = says
        self.issuer = issuer
        self.change = change
    }
}

private let roles: [LintRole] = [.root, .intermediate, .endEntity]

/// Refused by name.
let matterDefects: [MatterCase] =
    roles.flatMap { role -> [MatterCase] in
        [
            .init("VERSION", role, "its version is not 3") { $0.version = [0xA0, 3, 2, 1, 1] },
            .init("SIGNATURE-ALGORITHM", role, "it is signed with ecdsa-with-SHA384, not ecdsa-with-SHA256") {
                $0.algorithm = SignatureAlgorithm.ecdsaSHA384.algorithmIdentifierDER
            },
            .init("KEY", role, "its key is ec-p384, not ec-p256") {
                $0.spki = Array(P384.Signing.PrivateKey().publicKey.derRepresentation)
            },
            .init("SIZE", role, "bytes, and 600 are the most") {
                $0.extensions?.append(Raw.ext(OID.sha256, [UInt8](repeating: 0, count: 300)))
            },
            .init("BASIC-CONSTRAINTS", role, "it has no basicConstraints") { $0.set(BasicConstraints.self, nil) },
            .init("BASIC-CONSTRAINTS", role, "its basicConstraints are not critical") {
                $0.set(
                    BasicConstraints(isCA: role != .endEntity, pathLength: role == .intermediate ? 0 : nil), critical: false)
            },
            .init("BASIC-CONSTRAINTS", role, role == .endEntity ? "say CA" : "say no CA") {
                $0.set(BasicConstraints(isCA: role == .endEntity))
            },
            .init("KEY-USAGE", role, "it has no keyUsage") { $0.set(KeyUsage.self, nil) },
            .init("KEY-USAGE", role, "its keyUsage is not critical") {
                $0.set(role == .endEntity ? KeyUsage.digitalSignature : [.keyCertSign, .cRLSign] as KeyUsage, critical: false)
            },
            .init("KEY-USAGE", role, "its keyUsage is not") {
                $0.set(role == .endEntity ? [.digitalSignature, .keyAgreement] as KeyUsage : .keyCertSign)
            },
            .init("SUBJECT-KEY-IDENTIFIER", role, "it has no subjectKeyIdentifier") {
                $0.set(SubjectKeyIdentifier.self, nil)
            },
            .init("SUBJECT-KEY-IDENTIFIER", role, "has 32 octets, not 20") {
                $0.set(SubjectKeyIdentifier([UInt8](repeating: 7, count: 32)))
            },
            .init("SUBJECT-KEY-IDENTIFIER", role, "is critical") {
                $0.set(SubjectKeyIdentifier([UInt8](repeating: 7, count: 20)), critical: true)
            },
            .init("AUTHORITY-KEY-IDENTIFIER", role, "has 8 octets, not 20") {
                $0.set(AuthorityKeyIdentifier([UInt8](repeating: 7, count: 8)))
            },
            .init("AUTHORITY-KEY-IDENTIFIER", role, "is critical") {
                $0.set(AuthorityKeyIdentifier([UInt8](repeating: 7, count: 20)), critical: true)
            },
            .init("ID-FORM", role, "its VID 'fff1' is not four of 0-9 and A-F") {
                $0.subject = MatterFixture.name("x", vendor: "fff1", product: role == .root ? nil : "8000")
            },
            .init("ID-FORM", role, "its VID 'FFF12' is not four of 0-9 and A-F") {
                $0.subject = MatterFixture.name("x", vendor: "FFF12", product: role == .root ? nil : "8000")
            },
            .init("ID-FORM", role, "its VID is a IA5String") {
                $0.subject = MatterFixture.name("x", vendor: "FFF1", product: role == .root ? nil : "8000", tag: 0x16)
            },
        ]
    } + [
        .init("AUTHORITY-KEY-IDENTIFIER", .intermediate, "it has no authorityKeyIdentifier") {
            $0.set(AuthorityKeyIdentifier.self, nil)
        },
        .init("AUTHORITY-KEY-IDENTIFIER", .endEntity, "it has no authorityKeyIdentifier") {
            $0.set(AuthorityKeyIdentifier.self, nil)
        },
        .init("PAA-PATH-LENGTH", .root, "its path length is 2") { $0.set(BasicConstraints(isCA: true, pathLength: 2)) },
        .init("PAA-PATH-LENGTH", .root, "its path length is 0") { $0.set(BasicConstraints(isCA: true, pathLength: 0)) },
        .init("PAI-PATH-LENGTH", .intermediate, "its path length is absent, and must be 0") {
            $0.set(BasicConstraints(isCA: true))
        },
        .init("PAI-PATH-LENGTH", .intermediate, "its path length is 1, and must be 0") {
            $0.set(BasicConstraints(isCA: true, pathLength: 1))
        },
        .init("BASIC-CONSTRAINTS", .endEntity, "a DAC has no path length") {
            $0.set(BasicConstraints.self, Raw.ext(BasicConstraints.identifier, critical: true, Raw.sequence([2, 1, 0])))
        },
        .init("PAA-SELF-ISSUED", .root, "its issuer is not its subject") { $0.issuer = MatterFixture.name("Other", vendor: "FFF1") },
        .init("PAA-NO-PRODUCT-ID", .root, "it has a product id") {
            $0.subject = MatterFixture.name("x", vendor: "FFF1", product: "8000")
        },
        .init("VENDOR-ID", .root, "it has 2 vendor ids, and at most one belongs there") {
            let other = Raw.element(0x31, Raw.sequence(Raw.oid(MatterFixture.vid), Raw.element(0x0C, Array("FFF1".utf8))))
            $0.subject = Raw.element(0x30, other + other)
        },
        .init("VENDOR-ID", .intermediate, "it has 0 vendor ids") { $0.subject = MatterFixture.name("x", product: "8000") },
        .init("VENDOR-ID", .endEntity, "it has 0 vendor ids") { $0.subject = MatterFixture.name("x", product: "8000") },
        .init("PRODUCT-ID", .endEntity, "it has 0 product ids, and exactly one belongs there") {
            $0.subject = MatterFixture.name("x", vendor: "FFF1")
        },
        .init("PRODUCT-ID", .intermediate, "it has 2 product ids, and at most one belongs there") {
            let product = Raw.element(0x31, Raw.sequence(Raw.oid(MatterFixture.pid), Raw.element(0x0C, Array("8000".utf8))))
            let vendor = Raw.element(0x31, Raw.sequence(Raw.oid(MatterFixture.vid), Raw.element(0x0C, Array("FFF1".utf8))))
            $0.subject = Raw.element(0x30, vendor + product + product)
        },
        .init("VENDOR-ID-OF-ISSUER", .intermediate, "its vendor id is FFF2, and its issuer's FFF1") {
            $0.subject = MatterFixture.name("x", vendor: "FFF2", product: "8000")
        },
        .init("VENDOR-ID-OF-ISSUER", .endEntity, "its vendor id is FFF2, and its issuer's FFF1") {
            $0.subject = MatterFixture.name("x", vendor: "FFF2", product: "8000")
        },
        .init("PRODUCT-ID-OF-ISSUER", .endEntity, "its product id is 8001, and its PAI's 8000") {
            $0.subject = MatterFixture.name("x", vendor: "FFF1", product: "8001")
        },
        .init("CHAIN", .endEntity, "is a PAA, and must be a PAI", issuer: { $0.paaCertificate }) { _ in },
        .init("CHAIN", .intermediate, "is no PAA", issuer: { $0.paiCertificate }) { _ in },
        .init("VALID-ISSUER", .endEntity, "its issuer is not valid at its notBefore") {
            $0.notBefore = Raw.utc("270131235959Z")
        },
        .init("VALID-ISSUER", .intermediate, "its issuer is not valid at its notBefore") {
            $0.notBefore = Raw.utc("261231235959Z")
        },
    ]

/// What the specification allows beside what our profile makes.
let matterVariants: [(String, LintRole, @Sendable (inout CertificateParts) -> Void)] = [
    ("a PAA without a path length", .root, { $0.set(BasicConstraints(isCA: true)) }),
    ("a PAA that signs too", .root, { $0.set([.keyCertSign, .cRLSign, .digitalSignature] as KeyUsage) }),
    (
        "a PAA without a vendor", .root,
        {
            $0.subject = MatterFixture.name("Acme Matter PAA G1")
            $0.issuer = $0.subject
        }
    ),
    ("a PAA with its own key id as authority", .root, { $0.set(AuthorityKeyIdentifier([UInt8](repeating: 7, count: 20))) }),
    ("a PAI for all products", .intermediate, { $0.subject = MatterFixture.name("x", vendor: "FFF1") }),
    ("a PAI that signs too", .intermediate, { $0.set([.keyCertSign, .cRLSign, .digitalSignature] as KeyUsage) }),
    ("ids as PrintableString", .endEntity, { $0.subject = MatterFixture.name("x", vendor: "FFF1", product: "8000", tag: 0x13) }),
    ("ids in the common name", .endEntity, { $0.subject = MatterFixture.name("ACME Mvid:FFF1 Mpid:8000") }),
    ("an end", .endEntity, { $0.notAfter = Raw.utc("470101000000Z") }),
    ("a DAC that begins with its issuer", .endEntity, { $0.notBefore = Raw.utc("270201000000Z") }),
]

@Suite struct MatterTests {
    let fixture: MatterFixture
    private let matter = LintContext(targets: DeviceStack.named("matter"))

    init() throws { fixture = try MatterFixture() }

    @Test(arguments: matterDefects)
    func everyDefectIsRefusedByItsName(defect: MatterCase) throws {
        var parts = fixture.parts(defect.role)
        try defect.change(&parts)
        let issuer = try defect.issuer?(fixture) ?? fixture.issuer(defect.role)
        let findings = Linter.lint(
            certificate: parts.der, role: defect.role, issuer: issuer, context: matter, onlyDevices: true)
        let own = findings.filter { $0.rule == defect.rule }
        #expect(own.contains { $0.message.contains(defect.says) && $0.severity == .error }, "\(findings.map(\.description))")
        // Nobody but Matter minds.
        let others = LintContext(targets: Set(DeviceStack.all).subtracting(DeviceStack.matter))
        #expect(
            !Linter.lint(certificate: parts.der, role: defect.role, issuer: issuer, context: others)
                .contains { $0.rule.hasPrefix("MATTER-") })
    }

    @Test(arguments: [LintRole.root, .intermediate, .endEntity])
    func whatTheProfileMakesIsAccepted(role: LintRole) {
        let der = fixture.parts(role).der
        // A root has a path length here, which the Baseline Requirements do not like.
        let findings = Linter.lint(certificate: der, role: role, issuer: fixture.issuer(role), context: matter)
        #expect(findings.filter { $0.severity > .notice } == [])
        #expect(der.count <= 600)
    }

    @Test(arguments: matterVariants.indices)
    func whatTheSpecificationAllowsIsAccepted(index: Int) {
        let (_, role, change) = matterVariants[index]
        var parts = fixture.parts(role)
        change(&parts)
        let findings = Linter.lint(
            certificate: parts.der, role: role, issuer: fixture.issuer(role), context: matter, onlyDevices: true)
        #expect(findings == [], "\(matterVariants[index].0)")
    }

    @Test func sixHundredBytesAreTheMost() {
        for (padding, isAccepted) in [(0, true), (1, false)] {
            var parts = fixture.dac
            let count = parts.der.count
            parts.extensions?.append(Raw.ext(OID.sha256, [UInt8](repeating: 0, count: 20)))
            let overhead = parts.der.count - count - 20
            parts.extensions?.removeLast()
            parts.extensions?.append(Raw.ext(OID.sha256, [UInt8](repeating: 0, count: 600 - count - overhead + padding)))
            // Lengths of lengths may differ by the padding; what counts is the sum.
            let sum = parts.der.count
            let isFound = Linter.lint(certificate: parts.der, role: .endEntity, context: matter, onlyDevices: true)
                .contains { $0.rule == "MATTER-SIZE" }
            #expect(isFound == (sum > 600))
            if sum == 600 + padding { #expect(isFound != isAccepted) }
        }
    }

    @Test func everyRuleHasADefect() {
        #expect(Set(matterDefects.map(\.rule)) == Set(MatterRules.all.map(\.name)))
    }

    /// The encoder refuses what the rules would.
    @Test func idsAreFourCapitalHexadecimalDigits() throws {
        let name = try DistinguishedName([("CN", "x"), ("VID", "FFF1"), ("PID", "80A0")])
        #expect(name.attributes.map(\.type.identifier.description) == [MatterFixture.cn, MatterFixture.vid, MatterFixture.pid])
        #expect(name.attributes.map(\.encodingName) == ["UTF8String", "UTF8String", "UTF8String"])
        for bad in ["", "FFF", "FFF12", "fff1", "FFG1", " FFF", "ＦＦＦ１"] {
            #expect(throws: PKIXError.self, "\(bad)") { try DistinguishedName([("VID", bad)]) }
            #expect(throws: PKIXError.self, "\(bad)") { try DistinguishedName([(MatterFixture.pid, bad)]) }
        }
    }
}
