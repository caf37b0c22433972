import Groundwork
import PKIX

extension GeneralName {
    /// The name with its type, as people read it.
    var words: String {
        switch self {
        case .rfc822Name(let name): "e-mail \(name)"
        case .dNSName(let name): "DNS \(name)"
        case .directoryName(let name): "name \(name.isEmpty ? "(empty)" : name.description)"
        case .uniformResourceIdentifier(let uri): uri
        case .iPAddress(let bytes): "IP \(Self.address(bytes))"
        case .registeredID(let identifier): "OID \(identifier)"
        case .otherName(let type, let value):
            if let hardware = hardwareModuleName {
                "hardware \(hardware.type) \(Hex.encode(hardware.serialNumber))"
            } else {
                "other name \(type) \(Hex.encode(value))"
            }
        case .uninterpreted(let bytes): "other name \(Hex.encode(bytes))"
        }
    }

    /// The names that a constraint with this base covers.
    var subtreeWords: String {
        switch self {
        case .directoryName(let name): name.isEmpty ? "every directory name" : "names under \(name)"
        case .dNSName(let name): "DNS names under \(name)"
        default: words
        }
    }

    private static func address(_ bytes: [UInt8]) -> String {
        switch bytes.count {
        case 4: bytes.map(String.init).joined(separator: ".")
        case 8: "\(address(Array(bytes.prefix(4)))) mask \(address(Array(bytes.suffix(4))))"
        case 16:
            stride(from: 0, to: 16, by: 2).map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
                .joined(separator: ":")
        case 32: "\(address(Array(bytes.prefix(16)))) mask \(address(Array(bytes.suffix(16))))"
        default: Hex.encode(bytes)
        }
    }
}

/// The names of object identifiers that stand in certificates.
enum OIDName {
    // 1.3.6.1.5.5.7.3.36 is id-kp-documentSigning (RFC 9336).
    private static let purposes: [OID?: String] = [
        PKIX.ExtendedKeyUsage.serverAuth: "serverAuth", PKIX.ExtendedKeyUsage.clientAuth: "clientAuth",
        PKIX.ExtendedKeyUsage.codeSigning: "codeSigning", PKIX.ExtendedKeyUsage.emailProtection: "emailProtection",
        PKIX.ExtendedKeyUsage.timeStamping: "timeStamping", PKIX.ExtendedKeyUsage.ocspSigning: "OCSPSigning",
        OID(contents: [0x2B, 6, 1, 5, 5, 7, 3, 36]): "documentSigning",
        PKIX.ExtendedKeyUsage.anyExtendedKeyUsage: "any purpose",
    ]

    /// `clientAuth`, or the dotted identifier.
    static func purpose(_ identifier: OID) -> String { purposes[identifier] ?? identifier.description }
}
