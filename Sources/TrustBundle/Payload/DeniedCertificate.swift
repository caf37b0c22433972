/// A certificate that devices must refuse even when they read no CRL.
public struct DeniedCertificate: Hashable, Sendable {
    /// The issuer's subjectKeyIdentifier.
    public var issuerKeyIdentifier: [UInt8]
    /// The content of the serial number's DER INTEGER: big-endian, positive, minimal, 1 to 20 bytes.
    public var serial: [UInt8]

    public init(issuerKeyIdentifier: [UInt8], serial: [UInt8]) {
        self.issuerKeyIdentifier = issuerKeyIdentifier
        self.serial = serial
    }
}
