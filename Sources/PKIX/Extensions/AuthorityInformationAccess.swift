import SwiftASN1

/// ```
/// AuthorityInfoAccessSyntax ::= SEQUENCE SIZE (1..MAX) OF AccessDescription
/// AccessDescription ::= SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }
/// ```
/// RFC 5280 4.2.2.1.
public struct AuthorityInformationAccess: ExtensionValue {
    public static let identifier = OID.pkix(1, 1)
    public static let name = "authorityInfoAccess"
    public static let isCriticalByDefault = false
    /// id-ad-caIssuers: where the issuer's certificate is.
    public static let caIssuersMethod = OID.pkix(48, 2)
    /// id-ad-ocsp: where an OCSP responder is.
    public static let ocspMethod = OID.pkix(48, 1)

    public struct Description: Hashable, Sendable {
        public let method: OID
        public let location: GeneralName

        public init(method: OID, location: GeneralName) {
            self.method = method
            self.location = location
        }
    }

    public let descriptions: [Description]

    public init(_ descriptions: [Description]) { self.descriptions = descriptions }

    public init(caIssuers: [String] = [], ocsp: [String] = []) {
        let issuers = caIssuers.map {
            Description(method: Self.caIssuersMethod, location: .uniformResourceIdentifier($0))
        }
        let responders = ocsp.map { Description(method: Self.ocspMethod, location: .uniformResourceIdentifier($0)) }
        self.init(responders + issuers)
    }

    public var caIssuers: [String] { uris(Self.caIssuersMethod) }
    public var ocsp: [String] { uris(Self.ocspMethod) }

    private func uris(_ method: OID) -> [String] {
        descriptions.filter { $0.method == method }.compactMap(\.location.uri)
    }

    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = try DERReader.whole(DERTag.sequence, derEncoded, of: Self.name)
        var descriptions: [Description] = []
        repeat {
            var fields = try reader.enter(DERTag.sequence, "AccessDescription")
            let method = try fields.readOID("accessMethod")
            descriptions.append(Description(method: method, location: try GeneralName(&fields, "accessLocation")))
            try fields.finish("accessLocation")
        } while !reader.isAtEnd
        self.descriptions = descriptions
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] {
        guard !descriptions.isEmpty else {
            throw PKIXError(.invalidValue, "The authority information access lists nothing.")
        }
        return try DER.Serializer.bytes { (coder: inout DER.Serializer) throws(PKIXError) in
            try coder.sequence { (list: inout DER.Serializer) throws(PKIXError) in
                for description in descriptions {
                    try list.sequence { (fields: inout DER.Serializer) throws(PKIXError) in
                        fields.oid(description.method)
                        try description.location.serialize(into: &fields)
                    }
                }
            }
        }
    }
}
