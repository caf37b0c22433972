import SwiftASN1

/// ```
/// CRLReason ::= ENUMERATED {
///     unspecified (0), keyCompromise (1), cACompromise (2), affiliationChanged (3), superseded (4),
///     cessationOfOperation (5), certificateHold (6), removeFromCRL (8), privilegeWithdrawn (9), aACompromise (10) }
/// ```
/// RFC 5280 5.3.1. An entry for `unspecified` carries no reasonCode.
public enum CRLReason: UInt8, CaseIterable, ExtensionValue, CustomStringConvertible {
    case unspecified = 0
    case keyCompromise = 1
    case cACompromise = 2
    case affiliationChanged = 3
    case superseded = 4
    case cessationOfOperation = 5
    case certificateHold = 6
    case removeFromCRL = 8
    case privilegeWithdrawn = 9
    case aACompromise = 10

    public static let identifier = OID.certificateExtension(21)
    public static let name = "reasonCode"
    public static let isCriticalByDefault = false

    /// The name in the standard.
    public var description: String {
        switch self {
        case .unspecified: "unspecified"
        case .keyCompromise: "keyCompromise"
        case .cACompromise: "cACompromise"
        case .affiliationChanged: "affiliationChanged"
        case .superseded: "superseded"
        case .cessationOfOperation: "cessationOfOperation"
        case .certificateHold: "certificateHold"
        case .removeFromCRL: "removeFromCRL"
        case .privilegeWithdrawn: "privilegeWithdrawn"
        case .aACompromise: "aACompromise"
        }
    }

    /// nil unless `name` is one of the names of the standard.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.description == name }) else { return nil }
        self = found
    }

    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = DERReader(derEncoded, of: Self.name)
        let code = try reader.readInteger("CRLReason", tag: DERTag.enumerated)
        try reader.finish("CRLReason")
        guard let reason = UInt8(exactly: code).flatMap(CRLReason.init(rawValue:)) else {
            throw reader.error("the reason \(code) does not exist", at: 0)
        }
        self = reason
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] { [DERTag.enumerated, 1, rawValue] }
}

/// `InvalidityDate ::= GeneralizedTime`: when the key is known or suspected to have been compromised (RFC 5280 5.3.2).
public struct InvalidityDate: ExtensionValue {
    public static let identifier = OID.certificateExtension(24)
    public static let name = "invalidityDate"
    public static let isCriticalByDefault = false

    /// Seconds since 1970.
    public let time: Int64

    public init(_ time: Int64) { self.time = time }

    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = DERReader(derEncoded, of: Self.name)
        time = try reader.readGeneralizedTime("invalidityDate")
        try reader.finish("invalidityDate")
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] { try DERTime.encodeGeneralized(time) }
}

/// `CertificateIssuer ::= GeneralNames`: in an indirect CRL, who issued the certificates from this entry on
/// (RFC 5280 5.3.3).
public struct CertificateIssuer: GeneralNamesValue {
    public static let identifier = OID.certificateExtension(29)
    public static let name = "certificateIssuer"
    public static let isCriticalByDefault = true

    public let names: [GeneralName]

    public init(_ names: [GeneralName]) { self.names = names }
}
