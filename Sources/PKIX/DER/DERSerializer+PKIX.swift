import SwiftASN1

/// The primitives of PKIX over swift-asn1's serializer, with typed throws and without ASN.1 objects in between.
extension DER.Serializer {
    /// A constructed element with a one-byte identifier; `body` writes its content.
    mutating func constructed<Failure: Error>(
        _ tag: UInt8, _ body: (inout DER.Serializer) throws(Failure) -> Void
    ) throws(Failure) {
        var failure: Failure?
        appendConstructedNode(identifier: Self.identifier(tag)) { coder in
            do throws(Failure) {
                try body(&coder)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    mutating func sequence<Failure: Error>(
        _ body: (inout DER.Serializer) throws(Failure) -> Void
    ) throws(Failure) {
        try constructed(DERTag.sequence, body)
    }

    mutating func primitive(_ tag: UInt8, _ content: some Sequence<UInt8>) {
        appendPrimitiveNode(identifier: Self.identifier(tag)) { $0.append(contentsOf: content) }
    }

    private static func identifier(_ tag: UInt8) -> ASN1Identifier {
        ASN1Identifier(
            tagWithNumber: UInt(tag & 0x1F), tagClass: tag & 0xC0 == 0x80 ? .contextSpecific : .universal)
    }

    mutating func boolean(_ value: Bool, tag: UInt8 = DERTag.boolean) { primitive(tag, [value ? 0xFF : 0x00]) }

    /// `BOOLEAN DEFAULT FALSE`.
    mutating func booleanDefaultFalse(_ value: Bool, tag: UInt8 = DERTag.boolean) {
        if value { boolean(true, tag: tag) }
    }

    mutating func integer(_ value: UInt64, tag: UInt8 = DERTag.integer) {
        primitive(tag, Self.minimalInteger(value))
    }

    mutating func oid(_ value: OID, tag: UInt8 = DERTag.objectIdentifier) { primitive(tag, value.contents) }

    mutating func octetString(_ value: some Sequence<UInt8>) { primitive(DERTag.octetString, value) }

    /// A BIT STRING of whole bytes.
    mutating func bitString(_ value: some Sequence<UInt8>) {
        appendPrimitiveNode(identifier: .bitString) {
            $0.append(0)
            $0.append(contentsOf: value)
        }
    }

    /// A named bit list: bit n of `bits` is bit n of the list; trailing zero bits are stripped.
    mutating func namedBits(_ bits: UInt16, tag: UInt8 = DERTag.bitString) {
        guard bits != 0 else { return primitive(tag, [0]) }
        var content: [UInt8] = [0, 0, 0]
        for bit in 0..<16 where bits & (1 << UInt16(bit)) != 0 { content[1 + bit / 8] |= 0x80 >> UInt8(bit % 8) }
        if content[2] == 0 { content.removeLast() }
        content[0] = UInt8(content[content.count - 1].trailingZeroBitCount)
        primitive(tag, content)
    }

    /// A string of printable ASCII under `tag`.
    mutating func ia5(_ value: String, tag: UInt8 = DERTag.ia5String, _ field: String) throws(PKIXError) {
        guard !value.isEmpty, value.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
            throw PKIXError(.invalidValue, "The \(field) '\(value.escapedForDisplay)' is empty or not printable ASCII.")
        }
        primitive(tag, value.utf8)
    }

    /// The content of the minimal INTEGER for `value`.
    static func minimalInteger(_ value: UInt64) -> [UInt8] {
        var content = (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * UInt64($0))) }
        while content.count > 1, content[0] == 0, content[1] < 0x80 { content.removeFirst() }
        if content[0] >= 0x80 { content.insert(0, at: 0) }
        return content
    }

    static func bytes<Failure: Error>(
        _ body: (inout DER.Serializer) throws(Failure) -> Void
    ) throws(Failure) -> [UInt8] {
        var serializer = DER.Serializer()
        try body(&serializer)
        return serializer.serializedBytes
    }
}
