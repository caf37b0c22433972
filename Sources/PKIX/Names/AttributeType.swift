/// A type of attribute in a distinguished name: how it is written, encoded, and how long it may be.
///
/// Bounds in characters, from RFC 5280 appendix A.1 (`ub-…`); encodings from RFC 5280 4.1.2.4 and appendix A.1.
public struct AttributeType: Hashable, Sendable, CustomStringConvertible {
    enum Encoding: Hashable, Sendable {
        case printable
        case utf8
        case ia5
    }

    public let identifier: OID
    /// `CN`, `O`, … or the dotted OID.
    public let description: String
    let encoding: Encoding
    let maximumLength: Int

    private init(_ name: String, _ identifier: OID, _ encoding: Encoding, _ maximumLength: Int) {
        self.identifier = identifier
        self.description = name
        self.encoding = encoding
        self.maximumLength = maximumLength
    }

    public static let country = AttributeType("C", OID(2, 5, 4, 6), .printable, 2)
    public static let stateOrProvince = AttributeType("ST", OID(2, 5, 4, 8), .utf8, 128)
    public static let locality = AttributeType("L", OID(2, 5, 4, 7), .utf8, 128)
    public static let organization = AttributeType("O", OID(2, 5, 4, 10), .utf8, 64)
    public static let organizationalUnit = AttributeType("OU", OID(2, 5, 4, 11), .utf8, 64)
    public static let commonName = AttributeType("CN", OID(2, 5, 4, 3), .utf8, 64)
    public static let serialNumber = AttributeType("serialNumber", OID(2, 5, 4, 5), .printable, 64)
    public static let domainComponent = AttributeType(
        "DC", OID(0, 9, 2342, 19_200_300, 100, 1, 25), .ia5, 63)
    public static let emailAddress = AttributeType("emailAddress", OID(1, 2, 840, 113549, 1, 9, 1), .ia5, 255)

    /// Matter's vendor id, 1.3.6.1.4.1.37244.2.1: four digits or letters A to F.
    public static let vendorID = AttributeType("VID", OID(1, 3, 6, 1, 4, 1, 37244, 2, 1), .utf8, 4)
    /// Matter's product id, 1.3.6.1.4.1.37244.2.2, in the same form.
    public static let productID = AttributeType("PID", OID(1, 3, 6, 1, 4, 1, 37244, 2, 2), .utf8, 4)

    /// Whether a text has the form of Matter's ids.
    public static func isMatterIdentifier(_ text: String) -> Bool {
        text.utf8.count == 4 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x46).contains($0) }
    }

    /// The types that have a short name.
    public static let named = [
        country, stateOrProvince, locality, organization, organizationalUnit, commonName, serialNumber, domainComponent,
        emailAddress, vendorID, productID,
    ]

    /// A named type by its short name in any case (`cn`), or any type by its dotted OID; nil when it is neither.
    /// A type without a short name is encoded as UTF8String of at most 256 characters.
    public init?(_ name: some StringProtocol) {
        let lowered = name.lowercased()
        if let known = Self.named.first(where: { $0.description.lowercased() == lowered }) {
            self = known
        } else if let identifier = OID(name) {
            self.init(identifier)
        } else {
            return nil
        }
    }

    public init(_ identifier: OID) {
        self =
            Self.named.first { $0.identifier == identifier }
            ?? AttributeType(identifier.description, identifier, .utf8, 256)
    }
}
