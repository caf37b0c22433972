import Testing

@testable import PKIX

/// One defect in an otherwise good certificate, and the rules that must see it. `also` names those that cannot but fire
/// with it.
struct CertificateDefect: Sendable, CustomTestStringConvertible {
    let rule: String
    var role = LintRole.intermediate
    var also: Set<String> = []
    var context = LintContext(targets: [])
    var issuer: (@Sendable (inout CertificateParts) throws -> Void)?
    let change: @Sendable (inout CertificateParts) throws -> Void

    var testDescription: String { "\(rule) (\(role.rawValue))" }

    init(
        _ rule: String, _ role: LintRole = .intermediate, also: Set<String> = [], context: LintContext = LintContext(targets: []),
        issuer: (@Sendable (inout CertificateParts) throws -> Void)? = nil,
        _ change: @escaping @Sendable (inout CertificateParts) throws -> Void
    ) {
        self.rule = rule
        self.role = role
        self.also = also
        self.context = context
        self.issuer = issuer
        self.change = change
    }
}

private let commonName = "2.5.4.3"
private let organization = "2.5.4.10"
private let ecdsaSHA512 = Raw.sequence(Raw.oid("1.2.840.10045.4.3.4"))
private let privateOID = OID("1.3.6.1.4.1.99999.7") ?? OID.sha256
private let aboveRoot: @Sendable (inout CertificateParts) throws -> Void = {
    $0.set(BasicConstraints(isCA: true, pathLength: 1))
}

let certificateDefects: [CertificateDefect] = [
    .init("RFC5280-VERSION-3") { $0.version = [] },
    .init("RFC5280-VERSION-3") { $0.version = [0xA0, 3, 2, 1, 1] },
    .init("RFC5280-NO-UNIQUE-IDENTIFIERS") { $0.uniqueIdentifiers = [0x81, 2, 0, 1] },
    .init("RFC5280-SERIAL-POSITIVE") { $0.serial[0] = 0xA0 },
    .init("RFC5280-SERIAL-POSITIVE", also: ["BR-SERIAL-ENTROPY"]) { $0.serial = [0] },
    .init("RFC5280-SERIAL-LENGTH") { $0.serial = [UInt8](repeating: 0x22, count: 21) },
    .init("X690-SERIAL-MINIMAL") { $0.serial = [0] + $0.serial },
    .init("BR-SERIAL-ENTROPY") { $0.serial = [UInt8](repeating: 0x22, count: 8) },
    .init("RFC5280-SIGNATURE-ALGORITHMS-EQUAL") { $0.outer = SignatureAlgorithm.rsaSHA256.algorithmIdentifierDER },
    .init("PKIX-SIGNATURE-ALGORITHM-KNOWN") { $0.algorithm = ecdsaSHA512 },
    .init("PKIX-SIGNATURE-PARAMETERS-EXACT") {
        $0.algorithm = Raw.sequence(Raw.oid("1.2.840.10045.4.3.3"), [5, 0])
    },
    .init("BR-SIGNATURE-FITS-KEY") { $0.algorithm = SignatureAlgorithm.ecdsaSHA256.algorithmIdentifierDER },
    .init("BR-SIGNATURE-FITS-KEY", .root) { $0.algorithm = SignatureAlgorithm.ed25519.algorithmIdentifierDER },
    .init("BR-KEY-KIND") {
        let curve = Raw.sequence(Raw.oid("1.2.840.10045.2.1"), Raw.oid("1.3.132.0.10"))
        $0.spki = Raw.sequence(curve, Raw.element(0x03, [0, 4] + [UInt8](repeating: 1, count: 64)))
    },
    .init("RFC5280-ISSUER-NAME") { $0.issuer = Raw.name((organization, 0x0C, "Acme")) },
    // Equal to RFC 5280, other bytes.
    .init("RFC5280-ISSUER-NAME") {
        $0.issuer = Raw.name(("2.5.4.6", 0x13, "DE"), (organization, 0x13, "Acme"), (commonName, 0x13, "Acme Root G1"))
    },
    .init("RFC5280-ISSUER-NAME", .root) { $0.issuer = Raw.name((organization, 0x0C, "Acme")) },
    .init("RFC5280-SUBJECT-PRESENT") { $0.subject = Raw.name() },
    .init("RFC5280-SUBJECT-PRESENT", .endEntity) { $0.subject = Raw.name() },
    .init("RFC5280-NAME-STRING-TYPES") { $0.subject = Raw.name((commonName, 0x14, "Acme")) },
    .init("RFC5280-NAME-STRING-TYPES") { $0.subject = Raw.name(("2.5.4.6", 0x0C, "DE"), (commonName, 0x0C, "Acme")) },
    .init("RFC5280-NAME-STRING-TYPES") { $0.subject = Raw.name((commonName, 0x13, "Acme*")) },
    .init("RFC5280-NAME-LENGTHS") { $0.subject = Raw.name((commonName, 0x0C, String(repeating: "x", count: 65))) },
    .init("RFC5280-NAME-LENGTHS") { $0.subject = Raw.name((organization, 0x0C, ""), (commonName, 0x0C, "Acme")) },
    .init("BR-NAME-NO-REPEATED-ATTRIBUTE") { $0.subject = Raw.name((commonName, 0x0C, "A"), (commonName, 0x0C, "B")) },
    .init("BR-NAME-SINGLE-VALUED") {
        let name = Raw.sequence(Raw.oid(commonName), Raw.element(0x0C, [0x41]))
        let unit = Raw.sequence(Raw.oid("2.5.4.11"), Raw.element(0x0C, [0x42]))
        $0.subject = Raw.sequence(Raw.element(0x31, name + unit))
    },
    .init("RFC5280-NAME-OUTER-SPACE") { $0.subject = Raw.name((commonName, 0x0C, "Acme ")) },
    .init("RFC5280-TIME-FORM") { $0.notBefore = Raw.generalized("20270201000000Z") },
    .init("RFC5280-TIME-FORM") { $0.notAfter = Raw.utc("3201010000Z") },
    .init("RFC5280-TIME-FORM") { $0.notAfter = Raw.utc("320101000000+0000") },
    .init("RFC5280-TIME-FORM") { $0.notAfter = Raw.utc("320230000000Z") },
    .init("RFC5280-TIME-SINCE-1950", .root) { $0.notBefore = Raw.generalized("19491231235959Z") },
    .init("RFC5280-VALIDITY-ORDER") { $0.notBefore = Raw.utc("330101000000Z") },
    .init("RFC5280-VALIDITY-NESTED") { $0.notAfter = Raw.generalized("20520101000001Z") },
    .init("RFC5280-VALIDITY-NESTED") { $0.notBefore = Raw.utc("261231235959Z") },
    .init("PKIX-VALIDITY-BEYOND-ISSUER", .endEntity, context: LintContext(allowsValidityBeyondIssuer: true)) {
        $0.notAfter = Raw.generalized("99991231235959Z")
    },
    .init("RFC5280-SKI-PRESENT") { $0.set(SubjectKeyIdentifier.self, nil) },
    .init("RFC5280-SKI-PRESENT", .root) { $0.set(SubjectKeyIdentifier.self, nil) },
    .init("RFC5280-SKI-METHOD") { $0.set(SubjectKeyIdentifier([UInt8](repeating: 7, count: 20))) },
    .init("RFC5280-AKI-PRESENT") { $0.set(AuthorityKeyIdentifier.self, nil) },
    .init("RFC5280-AKI-PRESENT", .endEntity) {
        $0.set(AuthorityKeyIdentifier.self, Raw.ext(AuthorityKeyIdentifier.identifier, [0x30, 0]))
    },
    .init("RFC5280-AKI-IS-ISSUER-SKI") { $0.set(AuthorityKeyIdentifier([UInt8](repeating: 7, count: 20))) },
    .init("RFC5280-AKI-IS-ISSUER-SKI", .root) { $0.set(AuthorityKeyIdentifier([UInt8](repeating: 7, count: 20))) },
    .init("BR-AKI-KEY-ONLY", .root) {
        let key = try SubjectPublicKeyInfo(derEncoded: $0.spki).keyIdentifier
        let value = Raw.sequence(
            Raw.element(0x80, key), Raw.element(0xA1, Raw.element(0xA4, $0.subject)), Raw.element(0x82, $0.serial))
        $0.set(AuthorityKeyIdentifier.self, Raw.ext(AuthorityKeyIdentifier.identifier, value))
    },
    .init("RFC5280-BASIC-CONSTRAINTS-CA", .root) { $0.set(BasicConstraints.self, nil) },
    .init("RFC5280-BASIC-CONSTRAINTS-CA") { $0.set(BasicConstraints(isCA: false)) },
    .init("RFC5280-BASIC-CONSTRAINTS-CRITICAL") {
        $0.set(BasicConstraints(isCA: true, pathLength: 0), critical: false)
    },
    .init("RFC5280-END-ENTITY-NOT-CA", .endEntity) { $0.set(BasicConstraints(isCA: true)) },
    .init("RFC5280-END-ENTITY-NOT-CA", .bundleSigner) { $0.set(BasicConstraints(isCA: true)) },
    .init("RFC5280-PATH-LENGTH-OF-CA", .endEntity) {
        $0.set(BasicConstraints.self, Raw.ext(BasicConstraints.identifier, critical: true, [0x30, 3, 2, 1, 0]))
    },
    .init("RFC5280-PATH-LENGTH-OF-CA", also: ["BR-KEY-USAGE-CA"]) { $0.set(KeyUsage.cRLSign) },
    .init("RFC5280-PATH-LENGTH-BELOW-ISSUER", issuer: { $0.set(BasicConstraints(isCA: true, pathLength: 0)) }) { _ in },
    .init(
        "RFC5280-PATH-LENGTH-BELOW-ISSUER", context: LintContext(allowsSubordinateAuthorities: true), issuer: aboveRoot
    ) { $0.set(BasicConstraints(isCA: true, pathLength: 1)) },
    .init(
        "RFC5280-PATH-LENGTH-BELOW-ISSUER", context: LintContext(allowsSubordinateAuthorities: true), issuer: aboveRoot
    ) { $0.set(BasicConstraints(isCA: true)) },
    .init("PKIX-PATH-LENGTH-ZERO") { $0.set(BasicConstraints(isCA: true)) },
    .init("PKIX-PATH-LENGTH-ZERO") { $0.set(BasicConstraints(isCA: true, pathLength: 1)) },
    .init("RFC5280-NAME-CONSTRAINTS-OF-CA", .endEntity) {
        $0.set(NameConstraints(permitted: [.dNSName("x")]), critical: false)
    },
    .init("RFC5280-NAME-CONSTRAINTS-CRITICAL") { $0.set(NameConstraints(permitted: [.dNSName("x")]), critical: false) },
    .init("RFC5280-KEY-USAGE-PRESENT") { $0.set(KeyUsage.self, nil) },
    .init("RFC5280-KEY-USAGE-PRESENT", .bundleSigner) { $0.set(KeyUsage.self, nil) },
    .init("RFC5280-KEY-USAGE-CRITICAL") { $0.set(KeyUsage([.keyCertSign, .cRLSign]), critical: false) },
    .init("BR-KEY-USAGE-CA", .root) { $0.set(KeyUsage.keyCertSign) },
    .init("BR-KEY-USAGE-CA-ONLY") { $0.set(KeyUsage([.keyCertSign, .cRLSign, .keyAgreement])) },
    .init("RFC5280-KEY-USAGE-END-ENTITY", .endEntity) { $0.set(KeyUsage([.digitalSignature, .keyCertSign])) },
    .init("PKIX-KEY-USAGE-BUNDLE-SIGNER", .bundleSigner) { $0.set(KeyUsage([.digitalSignature, .nonRepudiation])) },
    .init("BR-ANY-EXTENDED-KEY-USAGE") {
        $0.set(ExtendedKeyUsage([ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.anyExtendedKeyUsage]))
    },
    .init("RFC5280-EXTENSIONS-NOT-EMPTY", .endEntity, also: ["RFC5280-AKI-PRESENT"]) { $0.extensions = [] },
    .init("RFC5280-EXTENSION-ONCE") { $0.extensions?.append(Raw.ext(KeyUsage([.keyCertSign, .cRLSign]))) },
    .init("RFC5280-EXTENSION-WELL-FORMED") {
        $0.set(CertificatePolicies.self, Raw.ext(CertificatePolicies.identifier, [0x30, 0]))
    },
    .init("RFC5280-EXTENSION-WELL-FORMED", .endEntity) {
        $0.set(BasicConstraints.self, Raw.ext(BasicConstraints.identifier, critical: true, [0x30, 3, 1, 1, 0]))
    },
    .init("RFC5280-EXTENSION-WELL-FORMED") {
        $0.set(AuthorityKeyIdentifier.self, Raw.ext(AuthorityKeyIdentifier.identifier, []))
    },
    .init("RFC5280-EXTENSION-NOT-CRITICAL") {
        $0.set(CRLDistributionPoints(uris: ["http://crl.acme.example/root-g1.crl"]), critical: true)
    },
    .init("RFC5280-EXTENSION-UNKNOWN-CRITICAL") { $0.extensions?.append(Raw.ext(privateOID, critical: true, [5, 0])) },
    .init("BR-CDP-HTTP") { $0.set(CRLDistributionPoints(uris: ["https://crl.acme.example/root-g1.crl"])) },
    .init("BR-CDP-HTTP") { $0.set(CRLDistributionPoints(uris: ["http://a.example/x.crl", "ldap://a.example/x"])) },
    .init("BR-CDP-HTTP") { $0.set(CRLDistributionPoints(uris: ["http:///root-g1.crl"])) },
    .init("BR-CDP-HTTP") { $0.set(CRLDistributionPoints(uris: ["root-g1.crl"])) },
    .init("BR-AIA-CA-ISSUERS-HTTP") { $0.set(AuthorityInformationAccess(caIssuers: ["https://a.example/root.cer"])) },
    .init("BR-AIA-CA-ISSUERS-HTTP") {
        let location = GeneralName.dNSName("a.example")
        $0.set(
            AuthorityInformationAccess([.init(method: AuthorityInformationAccess.caIssuersMethod, location: location)]))
    },
    .init("BR-ROOT-NO-EXTENDED-KEY-USAGE", .root) { $0.set(ExtendedKeyUsage([ExtendedKeyUsage.clientAuth])) },
    .init("BR-ROOT-NO-PATH-LENGTH", .root) { $0.set(BasicConstraints(isCA: true, pathLength: 1)) },
    .init("BR-ROOT-NO-DISTRIBUTION-POINT", .root) { $0.set(CRLDistributionPoints(uris: ["http://a.example/x.crl"])) },
    .init("BR-ROOT-NO-POLICIES", .root) { $0.set(CertificatePolicies([privateOID])) },
    .init("RFC8649-HASH-OF-ROOT-KEY") {
        $0.set(HashOfRootKey(sha256Of: try SubjectPublicKeyInfo(derEncoded: $0.spki)))
    },
]

@Suite struct CertificateLintTests {
    let fixture: LintFixture

    init() throws { fixture = try LintFixture() }

    @Test(arguments: LintRole.allCases)
    func aGoodCertificateHasNoFindings(role: LintRole) {
        let certificate = fixture.parts(role).der
        for time in [nil, Int64(1_803_000_000)] {
            let findings = Linter.lint(
                certificate: certificate, role: role, issuer: fixture.issuer(role), context: LintContext(time: time))
            #expect(findings == [])
        }
    }

    @Test(arguments: certificateDefects)
    func everyDefectIsFoundByItsRuleAlone(defect: CertificateDefect) throws {
        var parts = fixture.parts(defect.role)
        try defect.change(&parts)
        var issuer = fixture.issuer(defect.role)
        if let change = defect.issuer {
            var issuerParts = fixture.root
            try change(&issuerParts)
            issuer = try Certificate(derEncoded: issuerParts.der)
        }
        let findings = Linter.lint(certificate: parts.der, role: defect.role, issuer: issuer, context: defect.context)
        #expect(Set(findings.map(\.rule)) == defect.also.union([defect.rule]))
        for finding in findings {
            #expect(finding.message.hasSuffix(".") || finding.message.hasSuffix(".)"), "\(finding.message)")
            let rule = try #require(Linter.allRules.first { $0.name == finding.rule })
            #expect(finding.severity == rule.severity)
            #expect(finding.source == rule.source)
            #expect(rule.appliesTo.contains(.certificate(defect.role)))
        }
    }

    @Test func everyRuleOnCertificatesHasADefect() {
        let tested = Set(certificateDefects.map(\.rule)).union([Linter.certificateReads.name])
        let rules = Linter.allRules.filter {
            $0.appliesTo != [.certificateList] && $0.appliesTo != [.bundle] && !$0.isAboutDevices
        }
        #expect(tested == Set(rules.map(\.name)))
    }

    @Test(arguments: [[], [0x30], [0x30, 0x00]] as [[UInt8]])
    func bytesThatAreNoCertificateAreAFinding(bytes: [UInt8]) {
        let findings = Linter.lint(certificate: bytes, role: .root)
        #expect(findings.map(\.rule) == ["RFC5280-CERTIFICATE-DER"])
    }

    @Test func everyTruncationAndTrailingByteIsAFinding() {
        let der = fixture.root.der
        for count in der.indices {
            #expect(
                Linter.lint(certificate: Array(der[..<count]), role: .root).map(\.rule) == ["RFC5280-CERTIFICATE-DER"])
        }
        #expect(Linter.lint(certificate: der + [0], role: .root).map(\.rule) == ["RFC5280-CERTIFICATE-DER"])
    }

    @Test func whatAPolicyMayAllowIsNoError() throws {
        var parts = fixture.endEntity
        parts.notAfter = Raw.generalized("99991231235959Z")
        let findings = Linter.lint(
            certificate: parts.der, role: .endEntity, issuer: fixture.intermediateCertificate,
            context: LintContext(allowsValidityBeyondIssuer: true))
        #expect(findings.map(\.severity) == [.notice])

        var dice = fixture.intermediate
        dice.set(BasicConstraints(isCA: true, pathLength: 1))
        let allowed = LintContext(allowsSubordinateAuthorities: true)
        #expect(
            Linter.lint(certificate: dice.der, role: .intermediate, issuer: fixture.rootCertificate, context: allowed)
                == [])

        var nameless = fixture.endEntity
        nameless.subject = Raw.name()
        nameless.set(SubjectAlternativeName([.dNSName("device")]), critical: true)
        #expect(Linter.lint(certificate: nameless.der, role: .endEntity, issuer: fixture.intermediateCertificate) == [])

        var committed = fixture.root
        committed.set(HashOfRootKey(sha256Of: try fixture.rootCertificate.tbs.publicKey()))
        #expect(Linter.lint(certificate: committed.der, role: .root) == [])
    }
}
