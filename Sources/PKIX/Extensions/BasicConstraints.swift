import SwiftASN1

/// `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }`
///
/// RFC 5280 4.2.1.9.
public struct BasicConstraints: ExtensionValue {
    public static let identifier = OID.certificateExtension(19)
    public static let name = "basicConstraints"
    public static let isCriticalByDefault = true

    public let isCA: Bool
    /// How many intermediates may follow below; nil means any number.
    public let pathLength: Int?

    public init(isCA: Bool, pathLength: Int? = nil) {
        self.isCA = isCA
        self.pathLength = pathLength
    }

    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = try DERReader.whole(DERTag.sequence, derEncoded, of: Self.name)
        isCA = try reader.readBooleanDefaultFalse("cA")
        pathLength = reader.isAtEnd ? nil : Int(try reader.readInteger("pathLenConstraint"))
        try reader.finish("pathLenConstraint")
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] {
        if let pathLength, !isCA || pathLength < 0 {
            throw PKIXError(.invalidValue, "The path length \(pathLength) is negative or not that of a CA.")
        }
        return DER.Serializer.bytes { coder in
            coder.sequence {
                $0.booleanDefaultFalse(isCA)
                if let pathLength { $0.integer(UInt64(pathLength)) }
            }
        }
    }
}
