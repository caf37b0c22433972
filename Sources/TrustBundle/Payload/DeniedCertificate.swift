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

    /// Whether the entry denies a certificate, by the same rule as `anchorite_is_denied` and the rendered C functions:
    /// without its issuer's key identifier the serial alone decides, and zeros in front of the serial do not count.
    public func denies(issuerKeyIdentifier issuer: [UInt8], serial number: [UInt8]) -> Bool {
        (issuer.isEmpty || issuer == issuerKeyIdentifier)
            && number.drop { $0 == 0 }.elementsEqual(serial.drop { $0 == 0 })
    }
}
