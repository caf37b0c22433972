/// A verifier that has to accept what is issued, with what it does about name constraints. Tried, or read in its
/// source.
public enum DeviceStack: String, Sendable, Hashable, CaseIterable {
    case openssl
    case wolfssl
    case mbedtls
    case bearssl
    case espIDF = "esp-idf"
    case swiftCertificates = "swift-certificates"
    case go
    case pyca

    /// Whether a certificate with critical directoryName constraints is still usable.
    public var acceptsCriticalDirectoryConstraints: Bool { self == .openssl || self == .wolfssl || self == .espIDF }

    /// Whether a certificate with critical dNSName constraints is still usable.
    public var acceptsCriticalDNSConstraints: Bool { self != .mbedtls && self != .bearssl }

    /// Whether a certificate with non-critical directoryName constraints is still usable.
    public var acceptsDirectoryConstraints: Bool { self != .swiftCertificates }
}
