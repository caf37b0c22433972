/// A certificate as it stands, read no more strictly than the rules need to speak of it.
struct LintedCertificate: Sendable {
    let derBytes: [UInt8]
    /// The version field: 2 for v3, nil when absent, which means v1.
    let version: Int64?
    /// Content of the INTEGER, minimal or not.
    let serialNumber: [UInt8]
    let innerAlgorithm: AlgorithmIdentifier
    let outerAlgorithm: AlgorithmIdentifier
    let issuer: DistinguishedName
    let notBefore: LintedTime
    let notAfter: LintedTime
    let subject: DistinguishedName
    let subjectPublicKeyInfo: [UInt8]
    let hasUniqueIdentifiers: Bool
    /// In the order of the encoding, duplicates included; nil when the field is absent.
    let extensions: [CertificateExtension]?

    init(_ derBytes: [UInt8]) throws(PKIXError) {
        self.derBytes = derBytes
        var outer = try DERReader.whole(DERTag.sequence, derBytes, of: "certificate")
        var fields = try outer.enter(DERTag.sequence, "tbsCertificate")
        outerAlgorithm = try AlgorithmIdentifier(&outer, "signatureAlgorithm")
        _ = try outer.readBitString("signature")
        try outer.finish("signature")

        if fields.nextTag == DERTag.contextConstructed(0) {
            var explicit = try fields.enter(DERTag.contextConstructed(0), "version")
            version = try explicit.readInteger("version")
            try explicit.finish("version")
        } else {
            version = nil
        }
        serialNumber = fields.contents(of: try fields.read(DERTag.integer, "serialNumber"))
        innerAlgorithm = try AlgorithmIdentifier(&fields, "signature")
        issuer = try DistinguishedName(&fields, "issuer")
        var validity = try fields.enter(DERTag.sequence, "validity")
        notBefore = try LintedTime(&validity, "notBefore")
        notAfter = try LintedTime(&validity, "notAfter")
        try validity.finish("notAfter")
        subject = try DistinguishedName(&fields, "subject")
        subjectPublicKeyInfo = fields.encoding(of: try fields.read(DERTag.sequence, "subjectPublicKeyInfo"))
        var hasUniqueIdentifiers = false
        while let tag = fields.nextTag, tag & 0xDF == DERTag.context(1) || tag & 0xDF == DERTag.context(2) {
            _ = try fields.read("unique identifier")
            hasUniqueIdentifiers = true
        }
        self.hasUniqueIdentifiers = hasUniqueIdentifiers
        extensions = try fields.readLintedExtensions(DERTag.contextConstructed(3))
        try fields.finish("extensions")
    }
}

extension DERReader {
    /// Extensions under an explicit tag, with duplicates and even when the list is empty; nil when the tag is not next.
    mutating func readLintedExtensions(_ tag: UInt8) throws(PKIXError) -> [CertificateExtension]? {
        guard nextTag == tag else { return nil }
        var explicit = try enter(tag, "extensions")
        var list = try explicit.enter(DERTag.sequence, "extensions")
        try explicit.finish("extensions")
        var extensions: [CertificateExtension] = []
        while !list.isAtEnd { extensions.append(try CertificateExtension(&list)) }
        return extensions
    }
}

/// A Time as it stands.
struct LintedTime: Sendable {
    let tag: UInt8
    let content: [UInt8]
    /// Seconds since 1970; nil when the text is not a time in DER's form.
    let seconds: Int64?

    init(_ reader: inout DERReader, _ field: String) throws(PKIXError) {
        let element = try reader.read(field)
        guard element.tag == DERTag.utcTime || element.tag == DERTag.generalizedTime else {
            throw reader.error("\(field) should be a time, found \(DERTag.name(element.tag))", at: element.start)
        }
        tag = element.tag
        content = reader.contents(of: element)
        seconds = DERTime.decode(tag: tag, content)
    }

    /// A GeneralizedTime of a year before 1950, which no certificate can hold in the form that RFC 5280 demands.
    var isBefore1950: Bool {
        tag == DERTag.generalizedTime && content.count == 15
            && content.lexicographicallyPrecedes(Array("1950".utf8))
    }

    /// Whether the text is in DER's form and under the tag that RFC 5280 4.1.2.5 demands for the year.
    var isWellFormed: Bool {
        guard let seconds else { return false }
        return (tag == DERTag.generalizedTime) == (seconds >= DERTime.firstGeneralized)
    }

    /// The text between quotes, for messages.
    var text: String { "'" + String(decoding: content, as: UTF8.self).escapedForDisplay + "'" }
}

/// An authorityKeyIdentifier with any of its fields.
struct LintedAuthorityKeyIdentifier: Sendable {
    let keyIdentifier: [UInt8]?
    let namesIssuerOrSerial: Bool

    init(_ value: [UInt8]) throws(PKIXError) {
        var reader = try DERReader.whole(DERTag.sequence, value, of: AuthorityKeyIdentifier.name)
        keyIdentifier = try reader.readIfPresent(DERTag.context(0), "keyIdentifier").map(reader.contents)
        let issuer = try reader.readIfPresent(DERTag.contextConstructed(1), "authorityCertIssuer")
        let serial = try reader.readIfPresent(DERTag.context(2), "authorityCertSerialNumber")
        namesIssuerOrSerial = issuer != nil || serial != nil
        try reader.finish("authorityKeyIdentifier")
    }
}
