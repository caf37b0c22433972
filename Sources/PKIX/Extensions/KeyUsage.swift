import SwiftASN1

/// `KeyUsage ::= BIT STRING { digitalSignature (0), … decipherOnly (8) }`
///
/// RFC 5280 4.2.1.3.
public struct KeyUsage: OptionSet, ExtensionValue, CustomStringConvertible {
    public static let identifier = OID.certificateExtension(15)
    public static let name = "keyUsage"
    public static let isCriticalByDefault = true

    /// Bit n is bit n of the named bit list.
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let digitalSignature = KeyUsage(rawValue: 1 << 0)
    public static let nonRepudiation = KeyUsage(rawValue: 1 << 1)
    public static let keyEncipherment = KeyUsage(rawValue: 1 << 2)
    public static let dataEncipherment = KeyUsage(rawValue: 1 << 3)
    public static let keyAgreement = KeyUsage(rawValue: 1 << 4)
    public static let keyCertSign = KeyUsage(rawValue: 1 << 5)
    public static let cRLSign = KeyUsage(rawValue: 1 << 6)
    public static let encipherOnly = KeyUsage(rawValue: 1 << 7)
    public static let decipherOnly = KeyUsage(rawValue: 1 << 8)

    private static let bitNames = [
        "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign",
        "cRLSign", "encipherOnly", "decipherOnly",
    ]

    /// The names in the order of the standard.
    public var names: [String] {
        Self.bitNames.enumerated().filter { rawValue & (1 << UInt16($0.offset)) != 0 }.map(\.element)
    }

    public var description: String { names.joined(separator: ", ") }

    /// nil unless `name` is one of the names of the standard.
    public init?(name: String) {
        guard let bit = Self.bitNames.firstIndex(of: name) else { return nil }
        self.init(rawValue: 1 << UInt16(bit))
    }

    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = DERReader(derEncoded, of: Self.name)
        rawValue = try reader.readNamedBits("keyUsage")
        try reader.finish("keyUsage")
        try check()
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] {
        try check()
        return DER.Serializer.bytes { $0.namedBits(rawValue) }
    }

    private func check() throws(PKIXError) {
        guard rawValue != 0, rawValue >> UInt16(Self.bitNames.count) == 0 else {
            throw PKIXError(.invalidValue, "The key usage has no bit set, or one that has no meaning.")
        }
    }
}
