/// ```
/// TBSCertificate ::= SEQUENCE {
///     version         [0] EXPLICIT Version DEFAULT v1,
///     serialNumber    CertificateSerialNumber,
///     signature       AlgorithmIdentifier,
///     issuer          Name,
///     validity        SEQUENCE { notBefore Time, notAfter Time },
///     subject         Name,
///     subjectPublicKeyInfo SubjectPublicKeyInfo,
///     issuerUniqueID  [1] IMPLICIT UniqueIdentifier OPTIONAL,
///     subjectUniqueID [2] IMPLICIT UniqueIdentifier OPTIONAL,
///     extensions      [3] EXPLICIT Extensions OPTIONAL }
/// ```
/// RFC 5280 4.1. Always v3; unique identifiers are refused.
///
/// The signature algorithm is any AlgorithmIdentifier, and the key any SubjectPublicKeyInfo's DER, so that a plan can
/// hold a certificate whose key does not exist yet (``SubjectPublicKeyInfo/placeholder(_:)``).
public struct TBSCertificate: Hashable, Sendable {
    /// The INTEGER's content octets, see ``SerialNumber``.
    public var serialNumber: [UInt8]
    public var signature: AlgorithmIdentifier
    public var issuer: DistinguishedName
    /// Seconds since 1970.
    public var notBefore: Int64
    /// Seconds since 1970; ``DERTime/noExpiration`` for 99991231235959Z.
    public var notAfter: Int64
    public var subject: DistinguishedName
    /// The complete DER of the SubjectPublicKeyInfo.
    public var subjectPublicKeyInfo: [UInt8]
    /// In the order of the encoding.
    public var extensions: [CertificateExtension]

    public init(
        serialNumber: [UInt8], signature: AlgorithmIdentifier, issuer: DistinguishedName, notBefore: Int64,
        notAfter: Int64, subject: DistinguishedName, subjectPublicKeyInfo: [UInt8], extensions: [CertificateExtension]
    ) {
        self.serialNumber = serialNumber
        self.signature = signature
        self.issuer = issuer
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.subject = subject
        self.subjectPublicKeyInfo = subjectPublicKeyInfo
        self.extensions = extensions
    }

    /// The key, checked. Throws for a placeholder, and for a kind that Anchorite does not support.
    public func publicKey() throws(PKIXError) -> SubjectPublicKeyInfo {
        try SubjectPublicKeyInfo(derEncoded: subjectPublicKeyInfo)
    }

    /// Whether issuer and subject are the same name.
    public var isSelfIssued: Bool { issuer == subject }

    public var basicConstraints: BasicConstraints? {
        get throws(PKIXError) { try extensions.value(of: BasicConstraints.self) }
    }

    public var keyUsage: KeyUsage? {
        get throws(PKIXError) { try extensions.value(of: KeyUsage.self) }
    }

    /// The bytes of the subjectKeyIdentifier.
    public var subjectKeyIdentifier: [UInt8]? {
        get throws(PKIXError) { try extensions.value(of: SubjectKeyIdentifier.self)?.keyIdentifier }
    }

    /// The bytes of the authorityKeyIdentifier's keyIdentifier.
    public var authorityKeyIdentifier: [UInt8]? {
        get throws(PKIXError) { try extensions.value(of: AuthorityKeyIdentifier.self)?.keyIdentifier }
    }
}
