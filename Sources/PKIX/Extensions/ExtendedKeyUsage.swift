import SwiftASN1

/// `ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId`
///
/// RFC 5280 4.2.1.12.
public struct ExtendedKeyUsage: ExtensionValue {
    public static let identifier = OID.certificateExtension(37)
    public static let name = "extendedKeyUsage"
    public static let isCriticalByDefault = false

    public let purposes: [OID]

    public init(_ purposes: [OID]) { self.purposes = purposes }

    public static let serverAuth = OID.pkix(3, 1)
    public static let clientAuth = OID.pkix(3, 2)
    public static let codeSigning = OID.pkix(3, 3)
    public static let emailProtection = OID.pkix(3, 4)
    public static let timeStamping = OID.pkix(3, 8)
    public static let ocspSigning = OID.pkix(3, 9)
    public static let anyExtendedKeyUsage = OID(2, 5, 29, 37, 0)

    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = try DERReader.whole(DERTag.sequence, derEncoded, of: Self.name)
        var purposes: [OID] = []
        repeat { purposes.append(try reader.readOID("KeyPurposeId")) } while !reader.isAtEnd
        self.purposes = purposes
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] {
        guard !purposes.isEmpty, Set(purposes).count == purposes.count else {
            throw PKIXError(.invalidValue, "The list of extended key usages is empty or names one twice.")
        }
        return DER.Serializer.bytes { coder in
            coder.sequence { list in
                for purpose in purposes { list.oid(purpose) }
            }
        }
    }
}
