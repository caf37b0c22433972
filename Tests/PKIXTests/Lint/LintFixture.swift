import Crypto

@testable import PKIX

/// DER by hand, so that tests can make what the module refuses to.
enum Raw {
    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let count = content.count
        let length: [UInt8] =
            count < 0x80
            ? [UInt8(count)] : count < 0x100 ? [0x81, UInt8(count)] : [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
        return [tag] + length + content
    }

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { element(0x30, parts.flatMap { $0 }) }
    static func utc(_ text: String) -> [UInt8] { element(0x17, Array(text.utf8)) }
    static func generalized(_ text: String) -> [UInt8] { element(0x18, Array(text.utf8)) }
    static func oid(_ dotted: String) -> [UInt8] { element(0x06, OID(dotted)?.contents ?? []) }

    /// A name of one attribute each: OID, tag of the value, text.
    static func name(_ attributes: (String, UInt8, String)...) -> [UInt8] {
        element(0x30, attributes.flatMap { element(0x31, sequence(oid($0.0), element($0.1, Array($0.2.utf8)))) })
    }

    static func ext(_ identifier: OID, critical: Bool = false, _ value: [UInt8]) -> [UInt8] {
        sequence(element(0x06, identifier.contents), critical ? [0x01, 0x01, 0xFF] : [], element(0x04, value))
    }

    static func ext<Value: ExtensionValue>(_ value: Value, critical: Bool? = nil) -> [UInt8] {
        ext(Value.identifier, critical: critical ?? Value.isCriticalByDefault, (try? value.derEncoded()) ?? [])
    }
}

/// A certificate in parts that a test may change at will. The signature is not one.
struct CertificateParts {
    var version: [UInt8] = [0xA0, 3, 2, 1, 2]
    var serial: [UInt8] = [0x4A] + [UInt8](repeating: 0x11, count: 15)
    var inner: [UInt8]
    var outer: [UInt8]
    var issuer: [UInt8]
    var notBefore: [UInt8]
    var notAfter: [UInt8]
    var subject: [UInt8]
    var spki: [UInt8]
    var uniqueIdentifiers: [UInt8] = []
    var extensions: [[UInt8]]?

    var algorithm: [UInt8] {
        get { inner }
        set { (inner, outer) = (newValue, newValue) }
    }

    var der: [UInt8] {
        let list = extensions.map { Raw.element(0xA3, Raw.element(0x30, $0.flatMap { $0 })) } ?? []
        let tbs = Raw.sequence(
            version, Raw.element(0x02, serial), inner, issuer, Raw.sequence(notBefore, notAfter), subject, spki,
            uniqueIdentifiers, list)
        return Raw.sequence(tbs, outer, Raw.element(0x03, [0, 0x30, 0x00]))
    }

    /// Replaces the extension with the identifier of `Value`, or appends it; nil removes it.
    mutating func set<Value: ExtensionValue>(_ type: Value.Type, _ encoded: [UInt8]?) {
        let marker = Raw.element(0x06, Value.identifier.contents)
        let index = extensions?.firstIndex { $0.dropFirst($0[1] < 0x80 ? 2 : 3).starts(with: marker) }
        switch (index, encoded) {
        case (let index?, let encoded?): extensions?[index] = encoded
        case (let index?, nil): extensions?.remove(at: index)
        case (nil, let encoded?): extensions?.append(encoded)
        case (nil, nil): break
        }
    }

    mutating func set<Value: ExtensionValue>(_ value: Value, critical: Bool? = nil) {
        set(Value.self, Raw.ext(value, critical: critical))
    }
}

/// A CRL in parts that a test may change at will.
struct CertificateListParts {
    var version: [UInt8] = [2, 1, 1]
    var inner = SignatureAlgorithm.ecdsaSHA384.algorithmIdentifierDER
    var outer = SignatureAlgorithm.ecdsaSHA384.algorithmIdentifierDER
    var issuer: [UInt8]
    var thisUpdate = Raw.utc("270301000000Z")
    var nextUpdate = Raw.utc("280301000000Z")
    var entries: [[UInt8]]?
    var extensions: [[UInt8]]?

    var algorithm: [UInt8] {
        get { inner }
        set { (inner, outer) = (newValue, newValue) }
    }

    var der: [UInt8] {
        let revoked = entries.map { Raw.element(0x30, $0.flatMap { $0 }) } ?? []
        let list = extensions.map { Raw.element(0xA0, Raw.element(0x30, $0.flatMap { $0 })) } ?? []
        let tbs = Raw.sequence(version, inner, issuer, thisUpdate, nextUpdate, revoked, list)
        return Raw.sequence(tbs, outer, Raw.element(0x03, [0, 0x30, 0x00]))
    }

    static func entry(
        serial: [UInt8], date: [UInt8] = Raw.utc("270215000000Z"), extensions: [[UInt8]]? = [reason(1)]
    ) -> [UInt8] {
        Raw.sequence(Raw.element(0x02, serial), date, extensions.map { Raw.element(0x30, $0.flatMap { $0 }) } ?? [])
    }

    static func reason(_ code: UInt8, critical: Bool = false) -> [UInt8] {
        Raw.ext(CRLReason.identifier, critical: critical, [0x0A, 1, code])
    }
}

/// Certificates and a CRL against which no rule has anything to say.
struct LintFixture {
    let root: CertificateParts
    let intermediate: CertificateParts
    let endEntity: CertificateParts
    let bundleSigner: CertificateParts
    let list: CertificateListParts
    let rootCertificate: Certificate
    let intermediateCertificate: Certificate

    static let firstSerial: [UInt8] = [0x51] + [UInt8](repeating: 0x22, count: 15)
    static let secondSerial: [UInt8] = [0x52] + [UInt8](repeating: 0x22, count: 15)

    init() throws {
        func p256() throws -> SubjectPublicKeyInfo {
            try SubjectPublicKeyInfo(derEncoded: Array(P256.Signing.PrivateKey().publicKey.derRepresentation))
        }
        let rootKey = try SubjectPublicKeyInfo(derEncoded: Array(P384.Signing.PrivateKey().publicKey.derRepresentation))
        let intermediateKey = try p256()
        let rootName = try DistinguishedName([("C", "DE"), ("O", "Acme"), ("CN", "Acme Root G1")]).derBytes
        let factoryName = try DistinguishedName([("O", "Acme"), ("OU", "factory-a"), ("CN", "Acme Factory A 2027")])
            .derBytes
        let sha384 = SignatureAlgorithm.ecdsaSHA384.algorithmIdentifierDER
        let sha256 = SignatureAlgorithm.ecdsaSHA256.algorithmIdentifierDER

        root = CertificateParts(
            inner: sha384, outer: sha384, issuer: rootName, notBefore: Raw.utc("270101000000Z"),
            notAfter: Raw.generalized("20520101000000Z"), subject: rootName, spki: rootKey.derBytes,
            extensions: [
                Raw.ext(BasicConstraints(isCA: true)), Raw.ext(KeyUsage([.keyCertSign, .cRLSign])),
                Raw.ext(SubjectKeyIdentifier(rootKey.keyIdentifier)),
            ])
        intermediate = CertificateParts(
            inner: sha384, outer: sha384, issuer: rootName, notBefore: Raw.utc("270201000000Z"),
            notAfter: Raw.utc("320101000000Z"), subject: factoryName, spki: intermediateKey.derBytes,
            extensions: [
                Raw.ext(BasicConstraints(isCA: true, pathLength: 0)), Raw.ext(KeyUsage([.keyCertSign, .cRLSign])),
                Raw.ext(SubjectKeyIdentifier(intermediateKey.keyIdentifier)),
                Raw.ext(AuthorityKeyIdentifier(rootKey.keyIdentifier)),
                Raw.ext(CertificatePolicies([OID("1.3.6.1.4.1.99999.1")].compactMap { $0 })),
                Raw.ext(CRLDistributionPoints(uris: ["http://crl.acme.example/root-g1.crl"])),
                Raw.ext(AuthorityInformationAccess(caIssuers: ["http://crl.acme.example/root-g1.cer"])),
            ])
        endEntity = CertificateParts(
            inner: sha256, outer: sha256, issuer: factoryName, notBefore: Raw.utc("270301000000Z"),
            notAfter: Raw.utc("310101000000Z"),
            subject: try DistinguishedName([("O", "Acme"), ("serialNumber", "0001")]).derBytes,
            spki: try p256().derBytes,
            extensions: [
                Raw.ext(BasicConstraints(isCA: false)), Raw.ext(KeyUsage.digitalSignature),
                Raw.ext(AuthorityKeyIdentifier(intermediateKey.keyIdentifier)),
            ])
        bundleSigner = CertificateParts(
            inner: sha384, outer: sha384, issuer: rootName, notBefore: Raw.utc("270201000000Z"),
            notAfter: Raw.utc("320101000000Z"),
            subject: try DistinguishedName([("O", "Acme"), ("CN", "Acme Bundle Signer 1")]).derBytes,
            spki: try p256().derBytes,
            extensions: [
                Raw.ext(BasicConstraints(isCA: false)), Raw.ext(KeyUsage.digitalSignature),
                Raw.ext(AuthorityKeyIdentifier(rootKey.keyIdentifier)),
            ])
        rootCertificate = try Certificate(derEncoded: root.der)
        intermediateCertificate = try Certificate(derEncoded: intermediate.der)
        list = CertificateListParts(
            issuer: rootName,
            entries: [
                CertificateListParts.entry(serial: Self.firstSerial),
                CertificateListParts.entry(
                    serial: Self.secondSerial,
                    extensions: [CertificateListParts.reason(4), Raw.ext(InvalidityDate(1_801_440_000))]),
            ],
            extensions: [Raw.ext(AuthorityKeyIdentifier(rootKey.keyIdentifier)), Raw.ext(CRLNumber(2))])
    }

    func parts(_ role: LintRole) -> CertificateParts {
        switch role {
        case .root: root
        case .intermediate: intermediate
        case .endEntity: endEntity
        case .bundleSigner: bundleSigner
        }
    }

    func issuer(_ role: LintRole) -> Certificate? {
        switch role {
        case .root: nil
        case .intermediate, .bundleSigner: rootCertificate
        case .endEntity: intermediateCertificate
        }
    }
}
