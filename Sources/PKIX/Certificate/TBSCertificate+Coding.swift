import SwiftASN1

extension TBSCertificate {
    /// The DER with the ranges that a plan may leave open. Throws `invalidValue` for a serial, time or list of
    /// extensions that RFC 5280 forbids, and when notAfter precedes notBefore.
    public func encode() throws(PKIXError) -> EncodedTBSCertificate {
        try SerialNumber.check(serialNumber)
        try extensions.checkUnique()
        guard notBefore <= notAfter else {
            throw PKIXError(.invalidValue, "The certificate would expire before it becomes valid.")
        }
        let validity = try DERTime.encode(notBefore) + DERTime.encode(notAfter)
        let bytes = DER.Serializer.bytes { coder in
            coder.sequence { tbs in
                tbs.constructed(DERTag.contextConstructed(0)) { $0.integer(2) }
                tbs.primitive(DERTag.integer, serialNumber)
                tbs.serializeRawBytes(signature.derBytes)
                tbs.serializeRawBytes(issuer.derBytes)
                tbs.sequence { $0.serializeRawBytes(validity) }
                tbs.serializeRawBytes(subject.derBytes)
                tbs.serializeRawBytes(subjectPublicKeyInfo)
                if !extensions.isEmpty {
                    tbs.constructed(DERTag.contextConstructed(3)) { extensions.serialize(into: &$0) }
                }
            }
        }
        return try EncodedTBSCertificate(derEncoded: bytes)
    }

    /// Reads exactly one TBSCertificate; what would not encode to the same bytes is refused.
    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = DERReader(derEncoded, of: "TBSCertificate")
        try self.init(&reader)
        try reader.finish("TBSCertificate")
    }

    init(_ reader: inout DERReader) throws(PKIXError) {
        var fields = try reader.enter(DERTag.sequence, "tbsCertificate")
        guard fields.nextTag == DERTag.contextConstructed(0) else {
            throw fields.unsupported("it is of version 1, and only version 3 has extensions")
        }
        var explicit = try fields.enter(DERTag.contextConstructed(0), "version")
        let version = try explicit.readInteger("version")
        try explicit.finish("version")
        guard version == 2 else { throw explicit.unsupported("its version field is \(version), not 2 (version 3)") }

        let serialStart = fields.position
        serialNumber = try fields.readIntegerBytes("serialNumber")
        guard SerialNumber.isValid(serialNumber) else {
            throw fields.error("serialNumber is not positive or longer than 20 octets", at: serialStart)
        }
        signature = try AlgorithmIdentifier(&fields, "signature")
        issuer = try DistinguishedName(&fields, "issuer")
        var validity = try fields.enter(DERTag.sequence, "validity")
        notBefore = try validity.readTime("notBefore")
        notAfter = try validity.readTime("notAfter")
        try validity.finish("notAfter")
        subject = try DistinguishedName(&fields, "subject")
        subjectPublicKeyInfo = fields.encoding(of: try fields.read(DERTag.sequence, "subjectPublicKeyInfo"))
        _ = try SubjectPublicKeyInfo.Parts(subjectPublicKeyInfo)
        if let tag = fields.nextTag, tag & 0xDE == 0x80 {
            throw fields.unsupported("it has a unique identifier, which RFC 5280 forbids")
        }
        extensions = []
        if !fields.isAtEnd {
            var explicit = try fields.enter(DERTag.contextConstructed(3), "extensions")
            extensions = try [CertificateExtension](&explicit)
            try explicit.finish("extensions")
        }
        try fields.finish("extensions")
    }
}
