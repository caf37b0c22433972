/// ```
/// CertificationRequest ::= SEQUENCE {
///     certificationRequestInfo SEQUENCE {
///         version INTEGER { v1(0) }, subject Name, subjectPKInfo SubjectPublicKeyInfo,
///         attributes [0] IMPLICIT SET OF Attribute },
///     signatureAlgorithm AlgorithmIdentifier, signature BIT STRING }
/// Attribute ::= SEQUENCE { type OBJECT IDENTIFIER, values SET OF ANY }
/// ```
/// RFC 2986 4. Only the key is ever used, after its proof of possession; the subject and the requested extensions are
/// for people to look at, the profile makes those of the certificate.
public struct CertificationRequest: Hashable, Sendable {
    public let derBytes: [UInt8]
    /// What the requester wishes to be called. Never trusted.
    public let subject: DistinguishedName
    public let subjectPublicKeyInfo: SubjectPublicKeyInfo
    /// From the attribute extensionRequest (RFC 2985 5.4.2). Never trusted.
    public let requestedExtensions: [CertificateExtension]
    /// The types of all attributes, in the order of the encoding.
    public let attributeTypes: [OID]
    public let algorithm: AlgorithmIdentifier
    public let signature: [UInt8]
    let infoRange: Range<Int>

    public static let extensionRequestType = OID(1, 2, 840, 113549, 1, 9, 14)

    public static func == (left: Self, right: Self) -> Bool { left.derBytes == right.derBytes }
    public func hash(into hasher: inout Hasher) { hasher.combine(derBytes) }

    /// Reads a file that holds one request as PEM or DER.
    public init(pemOrDER bytes: [UInt8]) throws(PKIXError) {
        // OpenSSL before 1.0 and Windows write the second label.
        let labels: Set = [PEM.certificationRequest, "NEW CERTIFICATE REQUEST"]
        try self.init(derEncoded: PEM.derBytes(pemOrDER: bytes, labels: labels))
    }

    /// Reads exactly one request. Throws `unsupported` for a key that Anchorite does not certify, naming it. The proof
    /// of possession is checked by ``verifyProofOfPossession()``.
    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var outer = try DERReader.whole(DERTag.sequence, derEncoded, of: "certification request")
        let info = try outer.read(DERTag.sequence, "certificationRequestInfo")
        infoRange = info.whole
        var fields = outer.reader(inside: info)
        let version = try fields.readInteger("version")
        guard version == 0 else { throw fields.unsupported("its version field is \(version), not 0 (version 1)") }
        subject = try DistinguishedName(&fields, "subject")
        let key = try fields.read(DERTag.sequence, "subjectPKInfo")
        subjectPublicKeyInfo = try SubjectPublicKeyInfo(derEncoded: fields.encoding(of: key))
        var attributes = try fields.enter(DERTag.contextConstructed(0), "attributes")
        try fields.finish("attributes")
        (attributeTypes, requestedExtensions) = try Self.readAttributes(&attributes)

        algorithm = try AlgorithmIdentifier(&outer, "signatureAlgorithm")
        signature = Array(derEncoded[try outer.readBitString("signature")])
        try outer.finish("signature")
        derBytes = derEncoded
    }

    private static func readAttributes(
        _ reader: inout DERReader
    ) throws(PKIXError) -> ([OID], [CertificateExtension]) {
        var types: [OID] = []
        var extensions: [CertificateExtension] = []
        while !reader.isAtEnd {
            let start = reader.position
            var attribute = try reader.enter(DERTag.sequence, "attribute")
            let type = try attribute.readOID("attribute's type")
            guard !types.contains(type) else { throw reader.error("the attribute \(type) occurs twice", at: start) }
            types.append(type)
            var values = try attribute.enter(DERTag.set, "attribute \(type)'s values")
            try attribute.finish("attribute \(type)'s values")
            if type == extensionRequestType {
                extensions = try [CertificateExtension](&values)
                try values.finish("extensionRequest")
            } else {
                repeat { _ = try values.read("attribute \(type)'s value") } while !values.isAtEnd
            }
        }
        return (types, extensions)
    }

    /// Throws unless the request is signed by the key that it holds: `unsupported` for an algorithm that is not
    /// verified here, `signatureInvalid` for a wrong signature.
    public func verifyProofOfPossession() throws(PKIXError) {
        try subjectPublicKeyInfo.verify(
            signature, over: derBytes[infoRange], algorithm: algorithm, of: "certification request for \(subject)")
    }
}
