import SwiftASN1

/// ```
/// NameConstraints ::= SEQUENCE {
///     permittedSubtrees [0] GeneralSubtrees OPTIONAL, excludedSubtrees [1] GeneralSubtrees OPTIONAL }
/// GeneralSubtree ::= SEQUENCE {
///     base GeneralName, minimum [0] BaseDistance DEFAULT 0, maximum [1] BaseDistance OPTIONAL }
/// ```
/// RFC 5280 4.2.1.10, which demands that minimum is 0, maximum is absent, and the extension is critical. mbedTLS and
/// BearSSL cannot parse a certificate with a critical one, so the profile decides.
public struct NameConstraints: ExtensionValue {
    public static let identifier = OID.certificateExtension(30)
    public static let name = "nameConstraints"
    public static let isCriticalByDefault = true

    public let permitted: [GeneralName]
    public let excluded: [GeneralName]

    public init(permitted: [GeneralName] = [], excluded: [GeneralName] = []) {
        self.permitted = permitted
        self.excluded = excluded
    }

    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = try DERReader.whole(DERTag.sequence, derEncoded, of: Self.name)
        permitted = try Self.readSubtrees(&reader, 0, "permittedSubtrees")
        excluded = try Self.readSubtrees(&reader, 1, "excludedSubtrees")
        try reader.finish("excludedSubtrees")
    }

    private static func readSubtrees(
        _ reader: inout DERReader, _ number: UInt8, _ field: String
    ) throws(PKIXError) -> [GeneralName] {
        guard reader.nextTag == DERTag.contextConstructed(number) else { return [] }
        var subtrees = try reader.enter(DERTag.contextConstructed(number), field)
        var names: [GeneralName] = []
        repeat {
            var subtree = try subtrees.enter(DERTag.sequence, "\(field)' GeneralSubtree")
            names.append(try GeneralName(&subtree, "\(field)' base"))
            guard subtree.isAtEnd else {
                throw subtree.unsupported("\(field) has a minimum or maximum, which RFC 5280 forbids")
            }
        } while !subtrees.isAtEnd
        return names
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] {
        guard !permitted.isEmpty || !excluded.isEmpty else {
            throw PKIXError(.invalidValue, "The name constraints permit and exclude nothing.")
        }
        return try DER.Serializer.bytes { (coder: inout DER.Serializer) throws(PKIXError) in
            try coder.sequence { (body: inout DER.Serializer) throws(PKIXError) in
                for (number, names) in [permitted, excluded].enumerated() where !names.isEmpty {
                    let tag = DERTag.contextConstructed(UInt8(number))
                    try body.constructed(tag) { (subtrees: inout DER.Serializer) throws(PKIXError) in
                        for name in names {
                            try subtrees.sequence { (subtree: inout DER.Serializer) throws(PKIXError) in
                                try name.serialize(into: &subtree)
                            }
                        }
                    }
                }
            }
        }
    }
}
