import SwiftASN1

/// ```
/// GeneralName ::= CHOICE {
///     otherName                  [0] AnotherName,      rfc822Name     [1] IA5String,
///     dNSName                    [2] IA5String,        x400Address    [3] ORAddress,
///     directoryName              [4] Name,             ediPartyName   [5] EDIPartyName,
///     uniformResourceIdentifier  [6] IA5String,        iPAddress      [7] OCTET STRING,
///     registeredID               [8] OBJECT IDENTIFIER }
/// ```
/// RFC 5280 4.2.1.6.
public enum GeneralName: Hashable, Sendable {
    /// `value` is one DER element.
    case otherName(type: OID, value: [UInt8])
    case rfc822Name(String)
    case dNSName(String)
    case directoryName(DistinguishedName)
    case uniformResourceIdentifier(String)
    /// 4 or 16 bytes; in name constraints with a mask of the same length after it.
    case iPAddress([UInt8])
    case registeredID(OID)
    /// x400Address or ediPartyName, as the complete element.
    case uninterpreted([UInt8])

    /// The URI, nil for every other choice.
    public var uri: String? {
        guard case .uniformResourceIdentifier(let uri) = self else { return nil }
        return uri
    }

    init(_ reader: inout DERReader, _ field: @autoclosure () -> String) throws(PKIXError) {
        switch reader.nextTag {
        case DERTag.contextConstructed(0):
            var inner = try reader.enter(DERTag.contextConstructed(0), field())
            let type = try inner.readOID("\(field())'s otherName type")
            var explicit = try inner.enter(DERTag.contextConstructed(0), "\(field())'s otherName value")
            try inner.finish("\(field())'s otherName value")
            let value = explicit.encoding(of: try explicit.read("\(field())'s otherName value"))
            try explicit.finish("\(field())'s otherName value")
            self = .otherName(type: type, value: value)
        case DERTag.context(1): self = .rfc822Name(try reader.readIA5(field(), tag: DERTag.context(1)))
        case DERTag.context(2): self = .dNSName(try reader.readIA5(field(), tag: DERTag.context(2)))
        case DERTag.contextConstructed(4):
            var inner = try reader.enter(DERTag.contextConstructed(4), field())
            self = .directoryName(try DistinguishedName(&inner, field()))
            try inner.finish(field())
        case DERTag.context(6):
            self = .uniformResourceIdentifier(try reader.readIA5(field(), tag: DERTag.context(6)))
        case DERTag.context(7): self = .iPAddress(try reader.readOctetString(field(), tag: DERTag.context(7)))
        case DERTag.context(8): self = .registeredID(try reader.readOID(field(), tag: DERTag.context(8)))
        case DERTag.contextConstructed(3), DERTag.contextConstructed(5):
            self = .uninterpreted(reader.encoding(of: try reader.read(field())))
        case let tag:
            throw reader.error(
                tag.map { "\(field()) should be a GeneralName, found \(DERTag.name($0))" } ?? "\(field()) is missing")
        }
    }

    func serialize(into coder: inout DER.Serializer) throws(PKIXError) {
        switch self {
        case .otherName(let type, let value):
            coder.constructed(DERTag.contextConstructed(0)) {
                $0.oid(type)
                $0.constructed(DERTag.contextConstructed(0)) { $0.serializeRawBytes(value) }
            }
        case .rfc822Name(let name): try coder.ia5(name, tag: DERTag.context(1), "e-mail address")
        case .dNSName(let name): try coder.ia5(name, tag: DERTag.context(2), "DNS name")
        case .directoryName(let name):
            coder.constructed(DERTag.contextConstructed(4)) { $0.serializeRawBytes(name.derBytes) }
        case .uniformResourceIdentifier(let uri): try coder.ia5(uri, tag: DERTag.context(6), "URI")
        case .iPAddress(let address): coder.primitive(DERTag.context(7), address)
        case .registeredID(let identifier): coder.oid(identifier, tag: DERTag.context(8))
        case .uninterpreted(let element): coder.serializeRawBytes(element)
        }
    }

    /// `GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName`, under `tag`.
    static func readAll(
        _ reader: inout DERReader, _ field: @autoclosure () -> String, tag: UInt8 = DERTag.sequence
    ) throws(PKIXError) -> [GeneralName] {
        var inner = try reader.enter(tag, field())
        var names: [GeneralName] = []
        repeat { names.append(try GeneralName(&inner, field())) } while !inner.isAtEnd
        return names
    }

    static func serializeAll(
        _ names: [GeneralName], into coder: inout DER.Serializer, tag: UInt8 = DERTag.sequence
    ) throws(PKIXError) {
        guard !names.isEmpty else { throw PKIXError(.invalidValue, "A list of general names is empty.") }
        try coder.constructed(tag) { (inner: inout DER.Serializer) throws(PKIXError) in
            for name in names { try name.serialize(into: &inner) }
        }
    }
}
