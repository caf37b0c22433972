import Testing

@testable import PKIX

/// One defect in an otherwise good CRL, and the rules that must see it.
struct CertificateListDefect: Sendable, CustomTestStringConvertible {
    let rule: String
    let also: Set<String>
    let context: LintContext
    /// How the CRL's predecessor differs from the good one with number 1 and its first entry.
    let previous: (@Sendable (inout CertificateListParts) -> Void)?
    let issuer: (@Sendable (inout CertificateParts) -> Void)?
    let change: @Sendable (inout CertificateListParts) -> Void

    var testDescription: String { rule }

    init(
        _ rule: String, also: Set<String> = [], context: LintContext = LintContext(targets: []),
        previous: (@Sendable (inout CertificateListParts) -> Void)? = nil,
        issuer: (@Sendable (inout CertificateParts) -> Void)? = nil,
        _ change: @escaping @Sendable (inout CertificateListParts) -> Void
    ) {
        self.rule = rule
        self.also = also
        self.context = context
        self.previous = previous
        self.issuer = issuer
        self.change = change
    }
}

private let privateOID = OID("1.3.6.1.4.1.99999.7") ?? OID.sha256
private typealias Parts = CertificateListParts
private let noMbedTLS = LintContext(targets: DeviceStack.named("wolfssl-5.7", "bearssl"))

@Sendable private func withReason(_ code: UInt8) -> @Sendable (inout CertificateListParts) -> Void {
    { $0.entries?[0] = Parts.entry(serial: LintFixture.firstSerial, extensions: [Parts.reason(code)]) }
}

private func number(_ content: [UInt8]) -> [UInt8] { Raw.ext(CRLNumber.identifier, Raw.element(0x02, content)) }

let certificateListDefects: [CertificateListDefect] = [
    .init("RFC5280-CRL-VERSION-2") { $0.version = [] },
    .init("RFC5280-CRL-VERSION-2") { $0.version = [2, 1, 2] },
    .init("RFC5280-CRL-SIGNATURE-ALGORITHMS-EQUAL") { $0.outer = SignatureAlgorithm.ed25519.algorithmIdentifierDER },
    .init("PKIX-CRL-SIGNATURE-ALGORITHM-KNOWN") { $0.algorithm = Raw.sequence(Raw.oid("1.2.840.10045.4.3.4")) },
    .init("PKIX-CRL-SIGNATURE-PARAMETERS-EXACT") {
        $0.algorithm = Raw.sequence(Raw.oid("1.2.840.10045.4.3.3"), [5, 0])
    },
    .init("BR-CRL-SIGNATURE-FITS-KEY") { $0.algorithm = SignatureAlgorithm.ecdsaSHA256.algorithmIdentifierDER },
    .init("RFC5280-CRL-ISSUER-NAME") { $0.issuer = Raw.name(("2.5.4.10", 0x0C, "Acme")) },
    .init("RFC5280-CRL-ISSUER-USAGE", issuer: { $0.set(KeyUsage.keyCertSign) }) { _ in },
    .init("RFC5280-CRL-TIME-FORM") { $0.thisUpdate = Raw.generalized("20270301000000Z") },
    .init("RFC5280-CRL-TIME-FORM") { $0.nextUpdate = Raw.utc("2803010000Z") },
    .init("RFC5280-CRL-NEXT-UPDATE") { $0.nextUpdate = [] },
    .init("RFC5280-CRL-UPDATE-ORDER") { $0.nextUpdate = $0.thisUpdate },
    .init("RFC5280-CRL-NOT-FUTURE", context: LintContext(time: 1_803_859_199)) { _ in },
    .init("BR-CRL-INTERVAL") { $0.nextUpdate = Raw.utc("280301000001Z") },
    .init("RFC5280-CRL-NO-EMPTY-LIST") { $0.entries = [] },
    .init("RFC5280-CRL-SERIAL-ONCE") { $0.entries?.append(Parts.entry(serial: LintFixture.firstSerial)) },
    .init("RFC5280-CRL-EXTENSIONS-NOT-EMPTY", also: ["RFC5280-CRL-AKI-PRESENT", "RFC5280-CRL-NUMBER-PRESENT"]) {
        $0.extensions = []
    },
    .init("RFC5280-CRL-EXTENSIONS-NOT-EMPTY", also: ["RFC5280-CRL-AKI-PRESENT", "RFC5280-CRL-NUMBER-PRESENT"]) {
        $0.extensions = nil
    },
    .init("RFC5280-CRL-EXTENSION-ONCE") { $0.extensions?.append(Raw.ext(CRLNumber(2))) },
    .init("RFC5280-CRL-EXTENSION-WELL-FORMED") { $0.extensions?[1] = Raw.ext(CRLNumber.identifier, [5, 0]) },
    .init("RFC5280-CRL-EXTENSION-WELL-FORMED") { $0.extensions?[1] = number([0, 2]) },
    .init("RFC5280-CRL-EXTENSION-WELL-FORMED") { $0.extensions?.append(Raw.ext(FreshestCRL.identifier, [0x30, 0])) },
    .init("RFC5280-CRL-AKI-PRESENT") { $0.extensions?.removeFirst() },
    .init("RFC5280-CRL-AKI-IS-ISSUER-SKI") {
        $0.extensions?[0] = Raw.ext(AuthorityKeyIdentifier([UInt8](repeating: 7, count: 20)))
    },
    .init("BR-CRL-AKI-KEY-ONLY", also: ["RFC5280-CRL-AKI-PRESENT"]) {
        let value = Raw.sequence(Raw.element(0xA1, Raw.element(0xA4, $0.issuer)), Raw.element(0x82, [1]))
        $0.extensions?[0] = Raw.ext(AuthorityKeyIdentifier.identifier, value)
    },
    .init("RFC5280-CRL-NUMBER-PRESENT") { $0.extensions?.removeLast() },
    .init("RFC5280-CRL-NUMBER-RANGE") { $0.extensions?[1] = number([0xFF]) },
    .init("RFC5280-CRL-NUMBER-RANGE") {
        $0.extensions?[1] = number([UInt8](repeating: 0x22, count: 21))
    },
    .init("RFC5280-CRL-EXTENSION-NOT-CRITICAL", context: noMbedTLS) {
        $0.extensions?[1] = Raw.ext(CRLNumber(2), critical: true)
    },
    .init("RFC5280-CRL-EXTENSION-UNKNOWN-CRITICAL", context: noMbedTLS) {
        $0.extensions?.append(Raw.ext(privateOID, critical: true, [5, 0]))
    },
    .init("RFC5280-CRL-ENTRY-SERIAL") { $0.entries?[1] = Parts.entry(serial: [0x80, 1]) },
    .init("RFC5280-CRL-ENTRY-SERIAL") { $0.entries?[1] = Parts.entry(serial: [0, 1]) },
    .init("RFC5280-CRL-ENTRY-SERIAL") { $0.entries?[1] = Parts.entry(serial: [UInt8](repeating: 1, count: 21)) },
    .init("RFC5280-CRL-ENTRY-SERIAL") { $0.entries?[1] = Parts.entry(serial: [UInt8](repeating: 1, count: 300)) },
    .init("RFC5280-CRL-ENTRY-DATE-FORM") {
        $0.entries?[1] = Parts.entry(serial: LintFixture.secondSerial, date: Raw.generalized("20270215000000Z"))
    },
    .init("RFC5280-CRL-ENTRY-DATE-FORM") {
        $0.entries?[1] = Parts.entry(serial: LintFixture.secondSerial, date: Raw.utc("2702150000Z"))
    },
    .init("RFC5280-CRL-ENTRY-DATE") {
        $0.entries?[1] = Parts.entry(serial: LintFixture.secondSerial, date: Raw.utc("270301000001Z"))
    },
    .init("RFC5280-CRL-ENTRY-EXTENSIONS") {
        $0.entries?[0] = Parts.entry(serial: [1], extensions: [Parts.reason(1), Parts.reason(1)])
    },
    .init("RFC5280-CRL-ENTRY-EXTENSIONS") {
        let date = Raw.ext(InvalidityDate.identifier, Raw.utc("270215000000Z"))
        $0.entries?[0] = Parts.entry(serial: [1], extensions: [Parts.reason(1), date])
    },
    .init("RFC5280-CRL-ENTRY-EXTENSIONS") {
        let other = Raw.ext(privateOID, [5, 0])
        $0.entries?[0] = Parts.entry(serial: [1], extensions: [Parts.reason(1), other, other])
    },
    .init("RFC5280-CRL-ENTRY-EXTENSIONS", also: ["BR-CRL-REASON-OF-CA"]) {
        $0.entries?[0] = Parts.entry(serial: [1], extensions: [])
    },
    .init("RFC5280-CRL-ENTRY-NOT-CRITICAL") {
        $0.entries?[0] = Parts.entry(serial: [1], extensions: [Parts.reason(1, critical: true)])
    },
    .init("RFC5280-CRL-REASON-KNOWN", withReason(7)),
    .init("RFC5280-CRL-REASON-KNOWN", withReason(11)),
    .init("RFC5280-CRL-REASON-KNOWN", withReason(8)),
    .init("BR-CRL-REASON-UNSPECIFIED", withReason(0)),
    .init("BR-CRL-REASON-HOLD", withReason(6)),
    .init("BR-CRL-REASON-OF-CA") { $0.entries?[0] = Parts.entry(serial: LintFixture.firstSerial, extensions: nil) },
    .init("RFC5280-CRL-SAME-ISSUER", previous: { $0.issuer = Raw.name(("2.5.4.10", 0x0C, "Acme")) }) { _ in },
    .init("RFC5280-CRL-NUMBER-INCREASES", previous: { $0.extensions?[1] = Raw.ext(CRLNumber(2)) }) { _ in },
    .init("RFC5280-CRL-NUMBER-INCREASES", previous: { $0.extensions?[1] = Raw.ext(CRLNumber(300)) }) { _ in },
    .init("RFC5280-CRL-UPDATE-LATER", previous: { $0.thisUpdate = Raw.utc("270301000000Z") }) { _ in },
    .init("RFC5280-CRL-KEEPS-ENTRIES", previous: { $0.entries?.append(Parts.entry(serial: [9])) }) { _ in },
    .init(
        // The certificate expired after the previous CRL, which therefore was not yet the one that must still list it.
        "RFC5280-CRL-KEEPS-ENTRIES", context: LintContext(certificateExpiry: { _ in 1_802_736_001 }),
        previous: { $0.entries?.append(Parts.entry(serial: [9])) }
    ) { _ in },
]

@Suite struct CertificateListLintTests {
    let fixture: LintFixture

    init() throws { fixture = try LintFixture() }

    /// Number 1, of 2027-02-16, with the first entry only.
    private var previous: CertificateListParts {
        var parts = fixture.list
        parts.thisUpdate = Raw.utc("270216000000Z")
        parts.extensions?[1] = Raw.ext(CRLNumber(1))
        parts.entries?.removeLast()
        return parts
    }

    @Test func aGoodListHasNoFindings() {
        let root = fixture.rootCertificate
        #expect(Linter.lint(certificateList: fixture.list.der, issuer: root) == [])
        #expect(
            Linter.lint(
                certificateList: fixture.list.der, issuer: root, previous: previous.der,
                context: LintContext(time: 1_803_859_200)) == [])
        var empty = fixture.list
        empty.entries = nil
        #expect(Linter.lint(certificateList: empty.der, issuer: root) == [])
        var last = fixture.list
        last.nextUpdate = Raw.generalized("99991231235959Z")
        #expect(Linter.lint(certificateList: last.der, issuer: root) == [])
    }

    @Test(arguments: certificateListDefects)
    func everyDefectIsFoundByItsRuleAlone(defect: CertificateListDefect) throws {
        var parts = fixture.list
        defect.change(&parts)
        var before: [UInt8]?
        if let change = defect.previous {
            var parts = previous
            change(&parts)
            before = parts.der
        }
        var issuer = fixture.root
        defect.issuer?(&issuer)
        let findings = Linter.lint(
            certificateList: parts.der, issuer: try Certificate(derEncoded: issuer.der), previous: before,
            context: defect.context)
        #expect(Set(findings.map(\.rule)) == defect.also.union([defect.rule]))
        for finding in findings {
            #expect(finding.message.hasSuffix(".") || finding.message.hasSuffix(".)"), "\(finding.message)")
            let rule = try #require(Linter.allRules.first { $0.name == finding.rule })
            #expect(finding.severity == rule.severity)
            #expect(rule.appliesTo == [.certificateList])
        }
    }

    @Test func everyRuleOnListsHasADefect() {
        let tested = Set(certificateListDefects.map(\.rule)).union([Linter.listReads.name])
        let rules = Linter.allRules.filter { $0.appliesTo == [.certificateList] && !$0.isAboutDevices }
        #expect(tested == Set(rules.map(\.name)))
    }

    @Test func everyTruncationAndTrailingByteIsAFinding() {
        let der = fixture.list.der
        for count in der.indices {
            #expect(Linter.lint(certificateList: Array(der[..<count])).map(\.rule) == ["RFC5280-CRL-DER"])
        }
        #expect(Linter.lint(certificateList: der + [0]).map(\.rule) == ["RFC5280-CRL-DER"])
        #expect(Linter.lint(certificateList: der, previous: [0x30]).map(\.rule) == ["RFC5280-CRL-DER"])
        var parts = fixture.list
        parts.entries?[1] = [0x30, 0]
        let message = Linter.lint(certificateList: parts.der).first?.message
        #expect(message == "The CRL's entry 1 is not the DER of a revoked certificate.")
    }

    @Test func anEntryMayLeaveOnceACRLListedItAfterItsExpiry() {
        var before = previous
        before.entries?.append(CertificateListParts.entry(serial: [9]))
        let context = LintContext(certificateExpiry: { $0 == [9] ? 1_800_000_000 : nil })
        let findings = Linter.lint(
            certificateList: fixture.list.der, issuer: fixture.rootCertificate, previous: before.der, context: context)
        #expect(findings == [])
    }

    @Test func reasonsAreOptionalWhereNoCAIsBelow() throws {
        var parts = fixture.list
        parts.issuer = fixture.intermediate.subject
        parts.algorithm = SignatureAlgorithm.ecdsaSHA256.algorithmIdentifierDER
        let key = try fixture.intermediateCertificate.tbs.publicKey().keyIdentifier
        parts.extensions?[0] = Raw.ext(AuthorityKeyIdentifier(key))
        parts.entries?[0] = CertificateListParts.entry(serial: [1], extensions: nil)
        #expect(Linter.lint(certificateList: parts.der, issuer: fixture.intermediateCertificate) == [])
    }

    @Test func removalFromADeltaIsAReason() {
        var parts = fixture.list
        parts.extensions?.append(Raw.ext(DeltaCRLIndicator(base: CRLNumber(1))))
        withReason(8)(&parts)
        #expect(Linter.lint(certificateList: parts.der, issuer: fixture.rootCertificate, context: noMbedTLS) == [])
    }

    @Test func manyBadEntriesMakeOneFinding() {
        var parts = fixture.list
        parts.entries = (1...5).map {
            CertificateListParts.entry(serial: [$0], extensions: [CertificateListParts.reason(6)])
        }
        let findings = Linter.lint(certificateList: parts.der, issuer: fixture.rootCertificate)
        #expect(
            findings.map(\.message) == [
                "Entry 0 (serial number 01) has the reasonCode certificateHold, and so do 4 others."
            ])
    }

    @Test func aHugeListIsWorthAWarningAndLittleTime() throws {
        let header = try CertificateListHeader(
            signature: AlgorithmIdentifier(.ecdsaSHA384), issuer: fixture.rootCertificate.tbs.subject,
            thisUpdate: 1_803_859_200, nextUpdate: 1_835_481_600,
            authorityKeyIdentifier: AuthorityKeyIdentifier(try fixture.rootCertificate.tbs.publicKey().keyIdentifier),
            crlNumber: CRLNumber(2))
        func list(_ count: Int, repeating: Bool = false) throws -> [UInt8] {
            var entries: [UInt8] = []
            for index in 0..<count {
                let number = repeating && index == count - 1 ? 0 : index
                let serial: [UInt8] = [0x40, UInt8(number >> 16), UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)]
                entries += CertificateListParts.entry(serial: serial)
            }
            let body = try header.encodeStart() + Self.long(0x30, entries) + header.encodeExtensions()
            return Self.long(0x30, Self.long(0x30, body) + header.signature.derBytes + Raw.element(0x03, [0, 0x30, 0]))
        }
        let root = fixture.rootCertificate
        #expect(Linter.lint(certificateList: try list(99_999), issuer: root) == [])
        let huge = try list(100_000)
        #expect(Linter.lint(certificateList: huge, issuer: root).map(\.rule) == ["DEVICE-CRL-SIZE"])
        let repeated = Linter.lint(certificateList: try list(100_000, repeating: true), issuer: root, previous: huge)
        #expect(
            repeated.map(\.rule) == [
                "RFC5280-CRL-SERIAL-ONCE", "DEVICE-CRL-SIZE", "RFC5280-CRL-NUMBER-INCREASES",
                "RFC5280-CRL-UPDATE-LATER", "RFC5280-CRL-KEEPS-ENTRIES",
            ])
    }

    private static func long(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        [tag, 0x83] + [16, 8, 0].map { UInt8(truncatingIfNeeded: content.count >> $0) } + content
    }
}
