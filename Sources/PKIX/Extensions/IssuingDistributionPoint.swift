import SwiftASN1

/// ```
/// IssuingDistributionPoint ::= SEQUENCE {
///     distributionPoint          [0] DistributionPointName OPTIONAL,
///     onlyContainsUserCerts      [1] BOOLEAN DEFAULT FALSE,
///     onlyContainsCACerts        [2] BOOLEAN DEFAULT FALSE,
///     onlySomeReasons            [3] ReasonFlags OPTIONAL,
///     indirectCRL                [4] BOOLEAN DEFAULT FALSE,
///     onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
/// ```
/// RFC 5280 5.2.5. Always critical, and therefore unreadable for mbedTLS: not part of the default profile.
public struct IssuingDistributionPoint: ExtensionValue {
    public static let identifier = OID.certificateExtension(28)
    public static let name = "issuingDistributionPoint"
    public static let isCriticalByDefault = true

    public let fullName: [GeneralName]
    public let onlyContainsUserCerts: Bool
    public let onlyContainsCACerts: Bool
    public let onlySomeReasons: UInt16?
    public let indirectCRL: Bool
    public let onlyContainsAttributeCerts: Bool

    public init(
        fullName: [GeneralName] = [], onlyContainsUserCerts: Bool = false, onlyContainsCACerts: Bool = false,
        onlySomeReasons: UInt16? = nil, indirectCRL: Bool = false, onlyContainsAttributeCerts: Bool = false
    ) {
        self.fullName = fullName
        self.onlyContainsUserCerts = onlyContainsUserCerts
        self.onlyContainsCACerts = onlyContainsCACerts
        self.onlySomeReasons = onlySomeReasons
        self.indirectCRL = indirectCRL
        self.onlyContainsAttributeCerts = onlyContainsAttributeCerts
    }

    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = try DERReader.whole(DERTag.sequence, derEncoded, of: Self.name)
        fullName = try DistributionPoint.readName(&reader)
        onlyContainsUserCerts = try reader.readBooleanDefaultFalse("onlyContainsUserCerts", tag: DERTag.context(1))
        onlyContainsCACerts = try reader.readBooleanDefaultFalse("onlyContainsCACerts", tag: DERTag.context(2))
        onlySomeReasons =
            reader.nextTag == DERTag.context(3)
            ? try reader.readNamedBits("onlySomeReasons", tag: DERTag.context(3)) : nil
        indirectCRL = try reader.readBooleanDefaultFalse("indirectCRL", tag: DERTag.context(4))
        onlyContainsAttributeCerts = try reader.readBooleanDefaultFalse(
            "onlyContainsAttributeCerts", tag: DERTag.context(5))
        try reader.finish("onlyContainsAttributeCerts")
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] {
        let kinds = [onlyContainsUserCerts, onlyContainsCACerts, onlyContainsAttributeCerts].count { $0 }
        guard kinds <= 1 else {
            throw PKIXError(.invalidValue, "The issuing distribution point contains only one kind, but names several.")
        }
        let encoded = try DER.Serializer.bytes { (coder: inout DER.Serializer) throws(PKIXError) in
            try coder.sequence { (fields: inout DER.Serializer) throws(PKIXError) in
                try DistributionPoint.serializeName(fullName, into: &fields)
                fields.booleanDefaultFalse(onlyContainsUserCerts, tag: DERTag.context(1))
                fields.booleanDefaultFalse(onlyContainsCACerts, tag: DERTag.context(2))
                if let onlySomeReasons { fields.namedBits(onlySomeReasons, tag: DERTag.context(3)) }
                fields.booleanDefaultFalse(indirectCRL, tag: DERTag.context(4))
                fields.booleanDefaultFalse(onlyContainsAttributeCerts, tag: DERTag.context(5))
            }
        }
        guard encoded.count > 2 else {
            throw PKIXError(.invalidValue, "The issuing distribution point says nothing.")
        }
        return encoded
    }
}
