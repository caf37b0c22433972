import Crypto
import SwiftASN1

/// What a signer of CMS signs: that the content has this type and digest, when, and with which algorithms.
///
///     SignedAttributes ::= SET SIZE (1..MAX) OF Attribute
///     Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF AttributeValue }
///
/// RFC 5652 section 5.3 and 11; CMSAlgorithmProtection: RFC 6211. Only ECDSA with SHA-256.
public struct SignedAttributes: Hashable, Sendable {
    public let contentType: OID
    /// SHA-256 of the content, 32 bytes.
    public let messageDigest: [UInt8]
    /// Seconds since 1970.
    public let signingTime: Int64
    /// The DER of the SET OF: the message to be signed (RFC 5652 section 5.4), not yet hashed.
    public let derBytes: [UInt8]

    static let contentTypeIdentifier = OID(1, 2, 840, 113549, 1, 9, 3)
    static let messageDigestIdentifier = OID(1, 2, 840, 113549, 1, 9, 4)
    static let signingTimeIdentifier = OID(1, 2, 840, 113549, 1, 9, 5)
    static let algorithmProtectionIdentifier = OID(1, 2, 840, 113549, 1, 9, 52)

    /// Throws `invalidValue` for a time outside the years 1950 to 9999.
    public init(contentType: OID, content: [UInt8], signingTime: Int64) throws(PKIXError) {
        try self.init(
            contentType: contentType, messageDigest: Array(SHA256.hash(data: content)), signingTime: signingTime)
    }

    init(contentType: OID, messageDigest: [UInt8], signingTime: Int64) throws(PKIXError) {
        self.contentType = contentType
        self.messageDigest = messageDigest
        self.signingTime = signingTime
        let attributes = [
            Self.attribute(Self.contentTypeIdentifier) { $0.oid(contentType) },
            Self.attribute(Self.messageDigestIdentifier) { $0.octetString(messageDigest) },
            try Self.attribute(Self.signingTimeIdentifier) { (coder) throws(PKIXError) in
                coder.serializeRawBytes(try DERTime.encode(signingTime))
            },
            Self.attribute(Self.algorithmProtectionIdentifier) { coder in
                coder.sequence {
                    $0.serializeRawBytes(SignedData.digestAlgorithm.derBytes)
                    $0.constructed(DERTag.contextConstructed(1)) { $0.oid(.ecdsaWithSHA256) }
                }
            },
        ]
        derBytes = SignedData.set(DERTag.set, of: attributes)
    }

    /// Reads the content of `[0] IMPLICIT SignedAttributes`: exactly what the initializer above makes.
    init(_ reader: DERReader, _ field: String) throws(PKIXError) {
        var reader = reader
        var values: [OID: DERReader] = [:]
        while !reader.isAtEnd {
            var attribute = try reader.enter(DERTag.sequence, "\(field)'s attribute")
            let type = try attribute.readOID("\(field)'s attrType")
            let inside = try attribute.enter(DERTag.set, "\(field)'s attrValues")
            try attribute.finish("\(field)'s attrValues")
            guard values.updateValue(inside, forKey: type) == nil else {
                throw reader.error("\(field) has the attribute \(type) twice")
            }
        }
        func value(_ type: OID) throws(PKIXError) -> DERReader {
            guard let value = values.removeValue(forKey: type) else {
                throw reader.error("\(field) lacks the attribute \(type)")
            }
            return value
        }
        var contentType = try value(Self.contentTypeIdentifier)
        var digest = try value(Self.messageDigestIdentifier)
        var time = try value(Self.signingTimeIdentifier)
        // Its only value is compared with the whole encoding.
        _ = try value(Self.algorithmProtectionIdentifier)
        if let other = values.keys.first { throw reader.unsupported("\(field) has the attribute \(other)") }
        try self.init(
            contentType: try contentType.readOID("\(field)'s content-type"),
            messageDigest: try digest.readOctetString("\(field)'s message-digest"),
            signingTime: try time.readTime("\(field)'s signing-time"))
    }

    private static func attribute<Failure: Error>(
        _ type: OID, _ value: (inout DER.Serializer) throws(Failure) -> Void
    ) throws(Failure) -> [UInt8] {
        try DER.Serializer.bytes { (coder) throws(Failure) in
            try coder.sequence { (coder) throws(Failure) in
                coder.oid(type)
                try coder.constructed(DERTag.set, value)
            }
        }
    }
}
