import SwiftASN1

/// A distinguished name with its exact DER.
///
/// ```
/// Name ::= CHOICE { rdnSequence SEQUENCE OF RelativeDistinguishedName }
/// RelativeDistinguishedName ::= SET SIZE (1..MAX) OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }
/// ```
/// RFC 5280 4.1.2.4. Names made here have one attribute in each RelativeDistinguishedName; names that are read may have
/// several. Two names are equal when their DER is: chains are built on bytes, as mbedTLS and the ESP bundle do it.
public struct DistinguishedName: Hashable, Sendable, CustomStringConvertible {
    public struct Attribute: Hashable, Sendable {
        public let type: AttributeType
        /// The text; nil when the value is not a UTF8String, PrintableString or IA5String with valid content.
        public let value: String?
        /// The complete DER of the value.
        public let valueDER: [UInt8]

        /// The ASN.1 type of the value, such as `UTF8String`.
        public var encodingName: String { DERTag.name(valueDER.first ?? 0) }
    }

    public let derBytes: [UInt8]
    /// In the order of the encoding, from the root of the tree down.
    public let relativeNames: [[Attribute]]

    /// All attributes in the order of the encoding.
    public var attributes: [Attribute] { relativeNames.flatMap { $0 } }

    public var isEmpty: Bool { relativeNames.isEmpty }

    /// The values of every attribute of `type` that are text.
    public func values(of type: AttributeType) -> [String] {
        attributes.filter { $0.type.identifier == type.identifier }.compactMap(\.value)
    }

    public static func == (left: Self, right: Self) -> Bool { left.derBytes == right.derBytes }
    public func hash(into hasher: inout Hasher) { hasher.combine(derBytes) }

    /// Makes a name from (type, value) in order, such as `[("C", "DE"), ("O", "Acme"), ("CN", "Acme Root G1")]`.
    ///
    /// Throws `invalidValue` for an unknown type, an empty or too long value, a character that the encoding does not
    /// have, and control or formatting characters.
    public init(_ attributes: [(String, String)]) throws(PKIXError) {
        var encoded: [[UInt8]] = []
        for (name, value) in attributes {
            guard let type = AttributeType(name) else { throw Self.unknownType(name) }
            encoded.append(try type.encode(value))
        }
        let bytes = DER.Serializer.bytes { coder in
            coder.sequence { names in
                for attribute in encoded { names.constructed(DERTag.set) { $0.serializeRawBytes(attribute) } }
            }
        }
        try self.init(derEncoded: bytes)
    }

    /// Makes a name from `type=value` strings in order, such as `["C=DE", "O=Acme"]`.
    public init(parsing attributes: [String]) throws(PKIXError) {
        var pairs: [(String, String)] = []
        for attribute in attributes {
            guard let equals = attribute.firstIndex(of: "=") else {
                throw PKIXError(
                    .invalidValue, "The name attribute '\(attribute.escapedForDisplay)' has no '='.",
                    advice: "Write it as CN=value.")
            }
            pairs.append((String(attribute[..<equals]), String(attribute[attribute.index(after: equals)...])))
        }
        try self.init(pairs)
    }

    private static func unknownType(_ name: String) -> PKIXError {
        let known = AttributeType.named.map(\.description).joined(separator: ", ")
        return PKIXError(
            .invalidValue, "The name attribute type '\(name.escapedForDisplay)' is not known.",
            advice: "Use one of \(known), or a dotted OID.")
    }

    /// Reads exactly one Name.
    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = DERReader(derEncoded, of: "name")
        try self.init(&reader, "the name")
        try reader.finish("the name")
    }

    init(_ reader: inout DERReader, _ field: @autoclosure () -> String) throws(PKIXError) {
        let element = try reader.read(DERTag.sequence, field())
        var names = reader.reader(inside: element)
        var relativeNames: [[Attribute]] = []
        while !names.isAtEnd {
            var set = try names.enter(DERTag.set, "\(field())'s RelativeDistinguishedName")
            var attributes: [Attribute] = []
            var previous: [UInt8] = []
            repeat {
                let start = set.position
                let sequence = try set.read(DERTag.sequence, "\(field())'s attribute")
                let encoding = set.encoding(of: sequence)
                guard attributes.isEmpty || previous.lexicographicallyPrecedes(encoding) else {
                    throw set.error("\(field())'s attributes are not sorted as DER demands of a SET OF", at: start)
                }
                previous = encoding
                var pair = set.reader(inside: sequence)
                let type = AttributeType(try pair.readOID("\(field())'s attribute type"))
                let value = try pair.read("\(field())'s attribute value")
                try pair.finish("\(field())'s attribute value")
                attributes.append(
                    Attribute(type: type, value: pair.text(of: value), valueDER: pair.encoding(of: value)))
            } while !set.isAtEnd
            relativeNames.append(attributes)
        }
        self.relativeNames = relativeNames
        derBytes = reader.encoding(of: element)
    }
}

extension DERReader {
    /// The text of a directory string in one of the three types of today; nil for others and for bytes that the type
    /// does not allow.
    fileprivate func text(of element: DERElement) -> String? {
        let content = bytes[element.content]
        switch element.tag {
        case DERTag.utf8String: return String(validating: content, as: UTF8.self)
        case DERTag.printableString where content.allSatisfy(AttributeType.isPrintable),
            DERTag.ia5String where content.allSatisfy({ $0 < 0x80 }):
            return String(decoding: content, as: UTF8.self)
        default: return nil
        }
    }
}
