import Groundwork

/// The oldest CRL of one issuer that a device should still accept.
public struct MinimumCRLNumber: Hashable, Sendable {
    /// The issuer's subjectKeyIdentifier.
    public var issuerKeyIdentifier: [UInt8]
    public var number: UInt64
    /// SHA-256 of that CRL's DER.
    public var sha256: Digest

    public init(issuerKeyIdentifier: [UInt8], number: UInt64, sha256: Digest) {
        self.issuerKeyIdentifier = issuerKeyIdentifier
        self.number = number
        self.sha256 = sha256
    }
}
