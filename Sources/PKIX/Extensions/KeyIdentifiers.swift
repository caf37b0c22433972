import SwiftASN1

/// `SubjectKeyIdentifier ::= OCTET STRING`
///
/// RFC 5280 4.2.1.2.
public struct SubjectKeyIdentifier: ExtensionValue {
    public static let identifier = OID.certificateExtension(14)
    public static let name = "subjectKeyIdentifier"
    public static let isCriticalByDefault = false

    public let keyIdentifier: [UInt8]

    public init(_ keyIdentifier: [UInt8]) { self.keyIdentifier = keyIdentifier }

    /// Twenty zero bytes, for a key that has yet to be made.
    public static let placeholder = SubjectKeyIdentifier([UInt8](repeating: 0, count: 20))

    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = DERReader(derEncoded, of: Self.name)
        keyIdentifier = try reader.readOctetString("keyIdentifier")
        try reader.finish("keyIdentifier")
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] {
        guard !keyIdentifier.isEmpty else {
            throw PKIXError(.invalidValue, "The subject key identifier is empty.")
        }
        return DER.Serializer.bytes { $0.octetString(keyIdentifier) }
    }
}

/// ```
/// AuthorityKeyIdentifier ::= SEQUENCE {
///     keyIdentifier             [0] KeyIdentifier           OPTIONAL,
///     authorityCertIssuer       [1] GeneralNames            OPTIONAL,
///     authorityCertSerialNumber [2] CertificateSerialNumber OPTIONAL }
/// ```
/// RFC 5280 4.2.1.1. Only the keyIdentifier is supported: issuer and serial tie a certificate to one certificate of its
/// issuer instead of to the key, and wolfSSL has failed on CRLs with them.
public struct AuthorityKeyIdentifier: ExtensionValue {
    public static let identifier = OID.certificateExtension(35)
    public static let name = "authorityKeyIdentifier"
    public static let isCriticalByDefault = false

    public let keyIdentifier: [UInt8]

    public init(_ keyIdentifier: [UInt8]) { self.keyIdentifier = keyIdentifier }

    /// Twenty zero bytes, for an issuer whose key has yet to be made.
    public static let placeholder = AuthorityKeyIdentifier([UInt8](repeating: 0, count: 20))

    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = try DERReader.whole(DERTag.sequence, derEncoded, of: Self.name)
        guard let element = try reader.readIfPresent(DERTag.context(0), "keyIdentifier") else {
            throw reader.unsupported("it has no keyIdentifier")
        }
        keyIdentifier = reader.contents(of: element)
        guard reader.isAtEnd else { throw reader.unsupported("it has more than a keyIdentifier") }
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] {
        guard !keyIdentifier.isEmpty else {
            throw PKIXError(.invalidValue, "The authority key identifier is empty.")
        }
        return DER.Serializer.bytes { coder in
            coder.sequence { $0.primitive(DERTag.context(0), keyIdentifier) }
        }
    }
}
