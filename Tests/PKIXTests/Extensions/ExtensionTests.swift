import PKIX
import Testing

/// An extension value and the DER that it must have, written by hand from the RFC.
struct ExtensionCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let hex: String
    let isCritical: Bool
    let make: @Sendable () throws -> CertificateExtension
    /// Decodes and encodes again.
    let again: @Sendable (CertificateExtension) throws -> CertificateExtension

    init<Value: ExtensionValue>(
        _ note: String, _ hex: String, isCritical: Bool, _ value: @escaping @Sendable () throws -> Value
    ) {
        testDescription = "\(Value.name) \(note)"
        self.hex = hex
        self.isCritical = isCritical
        make = { try CertificateExtension(value()) }
        again = { try CertificateExtension($0.value(as: Value.self), isCritical: $0.isCritical) }
    }
}

struct ExtensionTests {
    static let cases = [
        ExtensionCase("of a root", "30 03 0101ff", isCritical: true) { BasicConstraints(isCA: true) },
        ExtensionCase("of the last CA", "30 06 0101ff 020100", isCritical: true) {
            BasicConstraints(isCA: true, pathLength: 0)
        },
        ExtensionCase("of a leaf", "30 00", isCritical: true) { BasicConstraints(isCA: false) },
        ExtensionCase("of a CA", "03 02 01 06", isCritical: true) { [.keyCertSign, .cRLSign] as KeyUsage },
        ExtensionCase("with all bits", "03 03 07 ff80", isCritical: true) { KeyUsage(rawValue: 0x1FF) },
        ExtensionCase("for both sides of TLS", "30 14 0608 2b06010505070301 0608 2b06010505070302", isCritical: false) {
            ExtendedKeyUsage([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth])
        },
        ExtensionCase("", "04 02 a1a2", isCritical: false) { SubjectKeyIdentifier([0xA1, 0xA2]) },
        ExtensionCase("", "30 04 80 02 a1a2", isCritical: false) { AuthorityKeyIdentifier([0xA1, 0xA2]) },
        ExtensionCase("plain", "30 0c 30 0a 0608 2b06010401868d1f", isCritical: false) {
            CertificatePolicies([OID("1.3.6.1.4.1.99999")!])
        },
        ExtensionCase(
            "with a statement", "30 1c 30 1a 0603 2a0304 30 13 30 11 0608 2b06010505070201 16 05 783a2f2f79",
            isCritical: false
        ) { CertificatePolicies([CertificatePolicies.Policy(OID("1.2.3.4")!, cpsURI: "x://y")]) },
        ExtensionCase(
            "by directory and DNS",
            """
            30 2b a0 21 30 1f a4 1d 30 1b 31 0d 30 0b 0603 55040a 0c 04 41636d65 31 0a 30 08 0603 55040b 0c 01 73
            a1 06 30 04 82 02 2e78
            """, isCritical: true
        ) {
            NameConstraints(
                permitted: [.directoryName(try DistinguishedName([("O", "Acme"), ("OU", "s")]))],
                excluded: [.dNSName(".x")])
        },
        ExtensionCase("of one URI", "30 0b 30 09 a0 07 a0 05 86 03 783a79", isCritical: false) {
            CRLDistributionPoints(uris: ["x:y"])
        },
        ExtensionCase("of one URI", "30 0b 30 09 a0 07 a0 05 86 03 783a79", isCritical: false) {
            FreshestCRL([DistributionPoint(fullName: [.uniformResourceIdentifier("x:y")])])
        },
        ExtensionCase(
            "with reasons and issuer", "30 15 30 13 a0 07 a0 05 86 03 783a79 81 02 0560 a2 04 82 02 2e78",
            isCritical: false
        ) {
            CRLDistributionPoints([
                DistributionPoint(
                    fullName: [.uniformResourceIdentifier("x:y")], reasons: 0b110, cRLIssuer: [.dNSName(".x")])
            ])
        },
        ExtensionCase(
            "of both methods",
            "30 22 30 0f 0608 2b06010505073001 86 03 783a6f 30 0f 0608 2b06010505073002 86 03 783a69", isCritical: false
        ) { AuthorityInformationAccess(caIssuers: ["x:i"], ocsp: ["x:o"]) },
        ExtensionCase("of CAs", "30 0c a0 07 a0 05 86 03 783a79 82 01 ff", isCritical: true) {
            IssuingDistributionPoint(fullName: [.uniformResourceIdentifier("x:y")], onlyContainsCACerts: true)
        },
        ExtensionCase("indirect for some reasons", "30 07 83 02 0560 84 01 ff", isCritical: true) {
            IssuingDistributionPoint(onlySomeReasons: 0b110, indirectCRL: true)
        },
        ExtensionCase("zero", "02 01 00", isCritical: false) { CRLNumber(0) },
        ExtensionCase("128", "02 02 0080", isCritical: false) { CRLNumber(128) },
        ExtensionCase("the largest", "02 09 00ffffffffffffffff", isCritical: false) { CRLNumber(.max) },
        ExtensionCase("", "02 01 07", isCritical: true) { DeltaCRLIndicator(base: CRLNumber(7)) },
        ExtensionCase("keyCompromise", "0a 01 01", isCritical: false) { CRLReason.keyCompromise },
        ExtensionCase("", "18 0f 32303237303330323130303030305a", isCritical: false) {
            InvalidityDate(Fixture.march2027)
        },
        ExtensionCase("", "30 04 82 02 2e78", isCritical: true) { CertificateIssuer([.dNSName(".x")]) },
        ExtensionCase(
            "", "30 11 30 0b 0609 608648016503040201 04 02 a1a2", isCritical: false
        ) { HashOfRootKey(algorithm: AlgorithmIdentifier(.sha256), hashValue: [0xA1, 0xA2]) },
        ExtensionCase(
            "of a device", "30 1f a0 18 0608 2b06010505070804 a0 0c 30 0a 0605 6781050102 04 01 37 86 03 783a79",
            isCritical: false
        ) {
            SubjectAlternativeName([
                .hardwareModuleName(type: OID("2.23.133.1.2")!, serialNumber: [0x37]),
                .uniformResourceIdentifier("x:y"),
            ])
        },
        ExtensionCase(
            "of other forms", "30 17 81 03 614062 82 01 78 87 04 7f000001 88 03 2a0304 a5 02 0500", isCritical: false
        ) {
            SubjectAlternativeName([
                .rfc822Name("a@b"), .dNSName("x"), .iPAddress([127, 0, 0, 1]), .registeredID(OID("1.2.3.4")!),
                .uninterpreted([0xA5, 0x02, 0x05, 0x00]),
            ])
        },
    ]

    @Test(arguments: cases)
    func `an extension has the DER of its RFC, both ways`(one: ExtensionCase) throws {
        let made = try one.make()
        #expect(made.value == (try bytes(hex: one.hex)))
        #expect(made.isCritical == one.isCritical)
        #expect(try one.again(made) == made)
        #expect(!made.name.contains("."), "\(made.name)")
    }

    @Test(arguments: cases)
    func `an extension with a byte more, less or changed never traps, and never means the same`(
        one: ExtensionCase
    ) throws {
        let made = try one.make()
        func read(_ value: [UInt8]) -> CertificateExtension? {
            try? one.again(CertificateExtension(identifier: made.identifier, isCritical: made.isCritical, value: value))
        }
        #expect(read(made.value + [0]) == nil)
        for index in made.value.indices {
            #expect(read(Array(made.value[..<index])) == nil)
            for mask: UInt8 in [0x01, 0x20, 0x80, 0xFF] {
                var changed = made.value
                changed[index] ^= mask
                if let other = read(changed) { #expect(other.value == changed) }
            }
        }
    }

    @Test func `values that a standard forbids are not made`() {
        #expect(refusal { try BasicConstraints(isCA: false, pathLength: 0).derEncoded() } != nil)
        #expect(refusal { try BasicConstraints(isCA: true, pathLength: -1).derEncoded() } != nil)
        #expect(refusal { try KeyUsage([]).derEncoded() } != nil)
        #expect(refusal { try KeyUsage(rawValue: 1 << 9).derEncoded() } != nil)
        #expect(refusal { try ExtendedKeyUsage([]).derEncoded() } != nil)
        #expect(refusal { try CertificatePolicies([OID]()).derEncoded() } != nil)
        #expect(refusal { try NameConstraints().derEncoded() } != nil)
        #expect(refusal { try CRLDistributionPoints([]).derEncoded() } != nil)
        #expect(refusal { try CRLDistributionPoints([DistributionPoint(fullName: [])]).derEncoded() } != nil)
        #expect(refusal { try CRLDistributionPoints(uris: ["http://ä"]).derEncoded() } != nil)
        #expect(refusal { try AuthorityInformationAccess().derEncoded() } != nil)
        #expect(refusal { try IssuingDistributionPoint().derEncoded() } != nil)
        #expect(refusal { try SubjectAlternativeName([]).derEncoded() } != nil)
        #expect(
            refusal {
                try IssuingDistributionPoint(onlyContainsUserCerts: true, onlyContainsCACerts: true).derEncoded()
            } != nil)
    }

    @Test func `an authority key identifier with issuer and serial is refused`() throws {
        let value = try bytes(hex: "30 0c 80 02 a1a2 a1 03 82 01 78 82 01 05")
        #expect(refusal { try AuthorityKeyIdentifier(derEncoded: value) }?.kind == .unsupported)
    }

    @Test func `names of reasons and usages are those of the standard`() {
        #expect(CRLReason(name: "cACompromise") == .cACompromise)
        #expect(CRLReason(name: "cacompromise") == nil)
        #expect(KeyUsage(name: "cRLSign") == .cRLSign)
        #expect(KeyUsage(name: "crlSign") == nil)
        #expect(([.cRLSign, .keyCertSign] as KeyUsage).description == "keyCertSign, cRLSign")
        #expect(CRLNumber(3) < CRLNumber(200) && CRLNumber(200) < CRLNumber(70_000))
        #expect(CRLNumber(.max).value == .max)
    }

    @Test func `a hardware module name is read back`() throws {
        let name = GeneralName.hardwareModuleName(type: OID("2.23.133.1.2")!, serialNumber: [1, 2, 3])
        #expect(name.hardwareModuleName?.type.description == "2.23.133.1.2")
        #expect(name.hardwareModuleName?.serialNumber == [1, 2, 3])
        #expect(GeneralName.dNSName("x").hardwareModuleName == nil)
    }

    @Test func `a commitment fits the next root's key and no other`() async throws {
        let next = try await TestKey.make(.ecP384).spki
        let other = try await TestKey.make(.ecP384).spki
        let commitment = HashOfRootKey(sha256Of: next)
        #expect(commitment.matches(next))
        #expect(!commitment.matches(other))
    }
}
