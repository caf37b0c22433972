import SwiftASN1

/// `CRLNumber ::= INTEGER (0..MAX)`, at most 20 octets (RFC 5280 5.2.3).
public struct CRLNumber: ExtensionValue, Comparable {
    public static let identifier = OID.certificateExtension(20)
    public static let name = "cRLNumber"
    public static let isCriticalByDefault = false

    /// Minimal, big-endian, first bit clear.
    public let bytes: [UInt8]

    public init(_ number: UInt64) { bytes = DER.Serializer.minimalInteger(number) }

    /// nil when the number needs more than 64 bits.
    public var value: UInt64? {
        let digits = bytes.first == 0 ? bytes.dropFirst() : bytes[...]
        return digits.count <= 8 ? digits.reduce(0) { $0 << 8 | UInt64($1) } : nil
    }

    public init(derEncoded: [UInt8]) throws(PKIXError) {
        bytes = try Self.read(derEncoded, of: Self.name)
    }

    static func read(_ derEncoded: [UInt8], of name: String) throws(PKIXError) -> [UInt8] {
        var reader = DERReader(derEncoded, of: name)
        let bytes = try reader.readIntegerBytes("number")
        try reader.finish("number")
        guard bytes.count <= 20, bytes[0] < 0x80 else {
            throw reader.error("the number is negative or longer than 20 octets", at: 0)
        }
        return bytes
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] {
        DER.Serializer.bytes { $0.primitive(DERTag.integer, bytes) }
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.bytes.count == right.bytes.count
            ? left.bytes.lexicographicallyPrecedes(right.bytes) : left.bytes.count < right.bytes.count
    }
}

/// `BaseCRLNumber ::= CRLNumber`: makes a CRL a delta to the one with that number (RFC 5280 5.2.4).
public struct DeltaCRLIndicator: ExtensionValue {
    public static let identifier = OID.certificateExtension(27)
    public static let name = "deltaCRLIndicator"
    public static let isCriticalByDefault = true

    public let bytes: [UInt8]

    public init(base: CRLNumber) { bytes = base.bytes }

    public init(derEncoded: [UInt8]) throws(PKIXError) {
        bytes = try CRLNumber.read(derEncoded, of: Self.name)
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] {
        DER.Serializer.bytes { $0.primitive(DERTag.integer, bytes) }
    }
}
