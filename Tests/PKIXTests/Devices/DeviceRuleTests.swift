import Testing

@testable import PKIX

/// An object that shows a feature, and a stack that minds.
struct DeviceCase: Sendable, CustomTestStringConvertible {
    enum Object: Sendable {
        case certificate(LintRole, @Sendable (inout CertificateParts) -> Void)
        case list(@Sendable (inout CertificateListParts) -> Void)
        case bundle(@Sendable (LintFixture) -> LintedBundle)
    }

    let feature: DeviceFeature
    let stack: String
    /// A stack that does not mind.
    let other: String
    let sentence: String
    let object: Object

    var testDescription: String { "\(feature.rawValue) on \(stack)" }

    init(_ feature: DeviceFeature, _ stack: String, not other: String, _ sentence: String, _ object: Object) {
        self.feature = feature
        self.stack = stack
        self.other = other
        self.sentence = sentence
        self.object = object
    }
}

extension DeviceStack {
    static func named(_ names: String...) -> Set<DeviceStack> { names.compactMap(DeviceTarget.init).stacks }
}

private let factory = "the certificate CN=Acme Factory A 2027,OU=factory-a,O=Acme"
private let root = "the certificate CN=Acme Root G1,O=Acme,C=DE"
private let rootList = "the CRL of CN=Acme Root G1,O=Acme,C=DE"
private let constrainedName = (try? DistinguishedName([("O", "Acme")])).map(GeneralName.directoryName)
private let privateOID = OID("1.3.6.1.4.1.99999.7") ?? OID.sha256
private let ed25519Key: [UInt8] = Raw.sequence(
    Raw.sequence(Raw.oid("1.3.101.112")), Raw.element(0x03, [0] + [UInt8](repeating: 5, count: 32)))

private func constraints(_ names: [GeneralName], critical: Bool) -> DeviceCase.Object {
    .certificate(.intermediate) { $0.set(NameConstraints(permitted: names), critical: critical) }
}

private func rsa4096() -> [UInt8] {
    let modulus = Raw.element(0x02, [0, 0xC1] + [UInt8](repeating: 0x5B, count: 511))
    let key = Raw.element(0x03, [0] + Raw.sequence(modulus, Raw.element(0x02, [1, 0, 1])))
    return Raw.sequence(Raw.sequence(Raw.oid("1.2.840.113549.1.1.1"), [5, 0]), key)
}

@Sendable private func bundle(
    _ fixture: LintFixture, anchors: [LintedBundle.Member]? = nil, listed: Set<[UInt8]>? = nil
) -> LintedBundle {
    LintedBundle(
        name: "bundle 3", anchors: anchors ?? [LintedBundle.Member(name: "G1", certificate: fixture.rootCertificate)],
        intermediates: [LintedBundle.Member(name: "factory-a", certificate: fixture.intermediateCertificate)],
        listedKeys: listed)
}

let deviceCases: [DeviceCase] = [
    .init(
        .criticalPolicies, "mbedtls-2.28", not: "wolfssl-5.5",
        "On mbedTLS 2.28, \(factory) cannot be loaded, since its certificatePolicies are critical.",
        .certificate(.intermediate) { $0.set(CertificatePolicies([privateOID]), critical: true) }),
    .init(
        .criticalNameConstraints, "mbedtls", not: "openssl",
        "On mbedTLS 2.28, 3.6 and 4.1, \(factory) cannot be used, since its nameConstraints are critical.",
        constraints([.dNSName("x")], critical: true)),
    .init(
        .criticalNameConstraints, "bearssl-0.6", not: "wolfssl",
        "On BearSSL 0.6, \(factory) cannot be used, since its nameConstraints are critical.",
        constraints([.dNSName("x")], critical: true)),
    .init(
        .criticalDirectoryConstraints, "go", not: "openssl",
        "On Go 1.2x, chains over \(factory) are refused, since its nameConstraints are critical and hold directory names.",
        constraints([constrainedName].compactMap { $0 }, critical: true)),
    .init(
        .directoryConstraints, "swift-certificates", not: "go",
        "On swift-certificates 1.19, chains over \(factory) are refused, since its nameConstraints hold directory names.",
        constraints([constrainedName].compactMap { $0 }, critical: false)),
    .init(
        .idleNameConstraints, "mbedtls-2.28", not: "wolfssl",
        "On mbedTLS 2.28, the name constraints of \(factory) are ignored.",
        constraints([constrainedName].compactMap { $0 }, critical: false)),
    .init(
        .idleDirectoryConstraints, "gnutls", not: "openssl",
        "On GnuTLS 3.7, the permitted directory names of \(factory) are ignored.",
        constraints([constrainedName].compactMap { $0 }, critical: false)),
    .init(
        .idleAuthorityPurposes, "wolfssl-5.7", not: "openssl",
        "On wolfSSL 5.7, the extended key usage of \(factory) is ignored: only a leaf's counts.",
        .certificate(.intermediate) { $0.set(ExtendedKeyUsage([OID.sha256])) }),
    .init(
        .idleAnchorPathLength, "esp-idf-5.4", not: "mbedtls",
        "On ESP-IDF 5.4, the path length of \(root) is ignored once it is an anchor.",
        .certificate(.root) { $0.set(BasicConstraints(isCA: true, pathLength: 1)) }),
    .init(
        .longPath, "mbedtls-4.1", not: "openssl",
        "On mbedTLS 4.1, \(root) promises 9 CAs below itself, but a chain of more than 8 is refused.",
        .certificate(.root) { $0.set(BasicConstraints(isCA: true, pathLength: 9)) }),
    .init(
        .rootSubjectReused, "wolfssl-5.5", not: "openssl",
        "On wolfSSL 5.5, a CRL of one root counts as the other's, so that what was revoked is accepted, since \(root) has "
            + "the subject of an earlier root.",
        .certificate(.root) { _ in }),
    .init(
        .ed25519Key, "bearssl", not: "wolfssl", "On BearSSL 0.6, \(factory) cannot be used, since its key is Ed25519.",
        .certificate(.intermediate) { $0.spki = ed25519Key }),
    .init(
        .rsa4096Key, "mcuboot", not: "mbedtls",
        "On MCUboot 2, the key of \(root) cannot be used, since it is RSA of 4096 bits.",
        .certificate(.root) { $0.spki = rsa4096() }),
    .init(
        .ed25519Signature, "mbedtls-2.28", not: "wolfssl",
        "On mbedTLS 2.28, \(factory) cannot be verified, since it is signed with Ed25519.",
        .certificate(.intermediate) { $0.algorithm = SignatureAlgorithm.ed25519.algorithmIdentifierDER }),
    .init(
        .pssSignature, "bearssl", not: "mbedtls",
        "On BearSSL 0.6, \(factory) cannot be verified, since it is signed with RSA-PSS.",
        .certificate(.intermediate) { $0.algorithm = SignatureAlgorithm.rsaPSSSHA256.algorithmIdentifierDER }),
    .init(
        .listEd25519Signature, "mbedtls-2.28", not: "wolfssl",
        "On mbedTLS 2.28, \(rootList) cannot be verified, since it is signed with Ed25519.",
        .list { $0.algorithm = SignatureAlgorithm.ed25519.algorithmIdentifierDER }),
    .init(
        .listPSSSignature, "wolfssl-5.5", not: "mbedtls",
        "On wolfSSL 5.5, \(rootList) is refused, since it is signed with RSA-PSS, and everything under that CA with it.",
        .list { $0.algorithm = SignatureAlgorithm.rsaPSSSHA384.algorithmIdentifierDER }),
    .init(
        .listCriticalExtension, "mbedtls-2.28", not: "openssl",
        "On mbedTLS 2.28, \(rootList) cannot be loaded, since issuingDistributionPoint is critical, and firmware that "
            + "overlooks this accepts what it revokes.",
        .list { $0.extensions?.append(Raw.ext(IssuingDistributionPoint(onlyContainsCACerts: true))) }),
    .init(
        .listScopeIgnored, "wolfssl-5.5", not: "openssl",
        "On wolfSSL 5.5, \(rootList) is taken as complete, although its issuingDistributionPoint limits it.",
        .list { $0.extensions?.append(Raw.ext(IssuingDistributionPoint(onlyContainsCACerts: true))) }),
    .init(
        .listWithoutNextUpdate, "mbedtls-3.6", not: "openssl",
        "On mbedTLS 3.6, \(rootList) counts as expired, since it has no nextUpdate.", .list { $0.nextUpdate = [] }),
    .init(
        .listNumber, "wolfssl-5.7", not: "mbedtls",
        "On wolfSSL 5.7, \(rootList) is shown with a wrong number, since 0x0080000000 is 2^31 or more.",
        .list { $0.extensions?[1] = Raw.ext(CRLNumber(1 << 31)) }),
    .init(
        .listExtensionOrder, "wolfssl-5.7", not: "wolfssl-5.5",
        "On wolfSSL 5.7, \(rootList) may be refused, since it does not begin with authorityKeyIdentifier and cRLNumber in "
            + "this order.", .list { $0.extensions?.reverse() }),
    .init(
        .listAuthorityCertificate, "wolfssl-5.7", not: "wolfssl-5.5",
        "On wolfSSL 5.7, \(rootList) may be refused, since its authorityKeyIdentifier names an issuer or a serial number.",
        .list {
            let value = Raw.sequence(Raw.element(0xA1, Raw.element(0xA4, $0.issuer)), Raw.element(0x82, [1]))
            $0.extensions?[0] = Raw.ext(AuthorityKeyIdentifier.identifier, value)
        }),
    .init(
        .bundleSubjectTwice, "esp-idf-5.3", not: "openssl",
        "On ESP-IDF 5.3, one of two roots is never found, since the anchors G1 and G2 have one subject.",
        .bundle { fixture in
            bundle(fixture, anchors: ["G1", "G2"].map { .init(name: $0, certificate: fixture.rootCertificate) })
        }),
    .init(
        .bundleListMissing, "wolfssl", not: "mbedtls",
        "On wolfSSL 5.5 and 5.7, everything under factory-a is refused once CRLs are checked, unless somebody else "
            + "publishes a CRL of that CA.",
        .bundle { fixture in
            bundle(fixture, listed: [LintedBundle.Member(name: "", certificate: fixture.rootCertificate).keyIdentifier])
        }),
    .init(
        .bundleListsUnread, "bearssl", not: "wolfssl",
        "On BearSSL 0.6, CRLs are not read, so that only the deny list of bundle 3 keeps out what was revoked.",
        .bundle { bundle($0, listed: [[1]]) }),
    .init(
        .bundleAnchorFieldsIgnored, "esp-idf", not: "mbedtls",
        "On ESP-IDF 5.3 and 5.4, only name and key of the anchor G1 count: validity, path length and constraints are "
            + "ignored.", .bundle { bundle($0) }),
    .init(
        .bundleBareKey, "mbedtls", not: "mcuboot",
        "On mbedTLS 2.28, 3.6 and 4.1, the anchor G2 cannot be loaded, since it is a key without a certificate.",
        .bundle { bundle($0, anchors: [LintedBundle.Member(name: "G2", keyIdentifier: [2])]) }),
    .init(
        .bundleIntermediatesUnused, "mcuboot", not: "mbedtls", "On MCUboot 2, the intermediates of bundle 3 have no use.",
        .bundle { bundle($0) }),
    .init(
        .bundleAnchorCount, "esp-idf-5.4", not: "mbedtls",
        "On ESP-IDF 5.4, bundle 3 is refused, since it has 201 anchors and 200 are the most.",
        .bundle { fixture in
            bundle(
                fixture, anchors: (1...201).map { .init(name: "G\($0)", certificate: fixture.rootCertificate) })
        }),
]

@Suite struct DeviceRuleTests {
    let fixture: LintFixture

    init() throws { fixture = try LintFixture() }

    @Test(arguments: deviceCases)
    func aStackThatMindsIsNamedInOneSentence(of deviceCase: DeviceCase) throws {
        let findings = lint(deviceCase.object, DeviceStack.named(deviceCase.stack))
            .filter { $0.rule == deviceCase.feature.rawValue }
        #expect(findings.contains { $0.message == deviceCase.sentence }, "\(findings.map(\.message))")
        for finding in findings {
            #expect(finding.severity == deviceCase.feature.severity)
            #expect(finding.source == deviceCase.feature.source)
            #expect(finding.isAboutDevices)
        }
        for targets in [DeviceStack.named(deviceCase.other), []] {
            #expect(!lint(deviceCase.object, targets).contains { $0.rule == deviceCase.feature.rawValue })
        }
    }

    /// What is right for every stack: P-256 and P-384, no constraints, no path length on the root.
    @Test func nobodyMindsPlainObjects() {
        let targets = Set(DeviceStack.all).subtracting(DeviceStack.named("matter"))
        for role in LintRole.allCases {
            let findings = lint(.certificate(role) { _ in }, targets, earlier: [])
            #expect(findings == [], "\(role)")
        }
        #expect(lint(.list { _ in }, targets) == [])
        let severe = lint(.bundle { bundle($0) }, targets).filter { $0.severity > .notice }
        #expect(severe == [])
    }

    @Test func everyFeatureHasACaseAndAStack() {
        // A CRL of 100,000 entries is tried with the other rules on CRLs.
        #expect(Set(deviceCases.map(\.feature)) == Set(DeviceFeature.allCases).subtracting([.listSize]))
        for feature in DeviceFeature.allCases {
            #expect(!feature.facts.isEmpty, "\(feature)")
            #expect(Linter.allRules.contains { $0.name == feature.rawValue && $0.appliesTo == feature.subjects })
        }
    }

    @Test func limitsAreTheLastThatIsAccepted() {
        let eight = DeviceCase.Object.certificate(.root) { $0.set(BasicConstraints(isCA: true, pathLength: 8)) }
        #expect(!lint(eight, DeviceStack.named("mbedtls")).contains { $0.rule == "DEVICE-PATH-LENGTH" })
        let number = DeviceCase.Object.list { $0.extensions?[1] = Raw.ext(CRLNumber((1 << 31) - 1)) }
        #expect(lint(number, DeviceStack.named("wolfssl")) == [])
        let full = DeviceCase.Object.bundle { fixture in
            bundle(fixture, anchors: (1...200).map { .init(name: "G\($0)", certificate: fixture.rootCertificate) })
        }
        #expect(!lint(full, DeviceStack.named("esp-idf")).contains { $0.rule == "DEVICE-BUNDLE-ANCHOR-COUNT" })
        let other = LintContext(
            targets: DeviceStack.named("mbedtls"), earlierRootSubjects: [fixture.intermediateCertificate.tbs.subject])
        #expect(Linter.lint(certificate: fixture.root.der, role: .root, context: other) == [])
    }

    @Test func namesAreFamiliesAndVersions() throws {
        #expect(DeviceTarget(rawValue: "mbedtls")?.stacks.map(\.name) == ["mbedtls-2.28", "mbedtls-3.6", "mbedtls-4.1"])
        #expect(DeviceTarget(rawValue: "mbedtls-2.28")?.stacks.map(\.name) == ["mbedtls-2.28"])
        for unknown in ["", "mbedtls-", "mbedtls-2", "mbedTLS", "mbed"] {
            #expect(DeviceTarget(rawValue: unknown) == nil, "\(unknown)")
        }
        #expect(Set(DeviceStack.all.map(\.name)).count == DeviceStack.all.count)
        let expected = [
            "mbedtls-2.28", "mbedtls-3.6", "mbedtls-4.1", "wolfssl-5.5", "wolfssl-5.7", "bearssl-0.6", "openssl-3.0",
            "openssl-3.5", "gnutls-3.7", "esp-idf-5.3", "esp-idf-5.4", "mcuboot-2", "java-17", "go-1.2x",
            "swift-certificates-1.19", "pyca-50", "matter-1",
        ]
        #expect(Set(DeviceStack.all.map(\.name)) == Set(expected))
        for name in DeviceTarget.names { #expect(DeviceTarget(rawValue: name)?.stacks.isEmpty == false) }
    }

    private func lint(
        _ object: DeviceCase.Object, _ targets: Set<DeviceStack>, earlier: [DistinguishedName]? = nil
    ) -> [LintFinding] {
        let context = LintContext(
            targets: targets, earlierRootSubjects: earlier ?? [fixture.rootCertificate.tbs.subject])
        switch object {
        case .certificate(let role, let change):
            var parts = fixture.parts(role)
            change(&parts)
            return Linter.lint(
                certificate: parts.der, role: role, issuer: fixture.issuer(role), context: context, onlyDevices: true)
        case .list(let change):
            var parts = fixture.list
            change(&parts)
            return Linter.lint(
                certificateList: parts.der, issuer: fixture.rootCertificate, context: context, onlyDevices: true)
        case .bundle(let make):
            return Linter.lint(bundle: make(fixture), context: context)
        }
    }
}
