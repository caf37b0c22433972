/// A verifier that has to accept what is issued, with what it does about name constraints and algorithms. Tried (see
/// docs/interop.md), or read in its source.
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
    public var acceptsCriticalDirectoryConstraints: Bool { self == .openssl || self == .wolfssl }

    /// Whether a certificate with critical dNSName constraints is still usable.
    public var acceptsCriticalDNSConstraints: Bool { !isMbedTLS && self != .bearssl }

    /// Whether a certificate with non-critical directoryName constraints is still usable.
    public var acceptsDirectoryConstraints: Bool { self != .swiftCertificates }

    /// Whether it can read certificates with Ed25519 keys and signatures.
    public var acceptsEd25519: Bool { !isMbedTLS && self != .bearssl }

    /// Whether it takes certificates and CRLs that are signed with RSASSA-PSS: wolfSSL refuses such CRLs.
    public var acceptsPSS: Bool { self != .wolfssl && self != .bearssl }

    /// ESP-IDF parses certificates with mbedTLS.
    private var isMbedTLS: Bool { self == .mbedtls || self == .espIDF }
}
