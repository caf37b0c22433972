extension DERReader {
    mutating func readBoolean(
        _ field: @autoclosure () -> String, tag: UInt8 = DERTag.boolean
    ) throws(PKIXError) -> Bool {
        let element = try read(tag, field())
        switch (element.content.count, bytes[element.end - 1]) {
        case (1, 0x00): return false
        case (1, 0xFF): return true
        default: throw error("\(field()) is not a DER boolean", at: element.start)
        }
    }

    /// `BOOLEAN DEFAULT FALSE`: DER omits the default, so a FALSE that is there is an error.
    mutating func readBooleanDefaultFalse(
        _ field: @autoclosure () -> String, tag: UInt8 = DERTag.boolean
    ) throws(PKIXError) -> Bool {
        guard nextTag == tag else { return false }
        let start = position
        guard try readBoolean(field(), tag: tag) else {
            throw error("\(field()) FALSE is the default and must be absent", at: start)
        }
        return true
    }

    /// The content of a minimal INTEGER, two's complement, big-endian.
    mutating func readIntegerBytes(
        _ field: @autoclosure () -> String, tag: UInt8 = DERTag.integer
    ) throws(PKIXError) -> [UInt8] {
        let element = try read(tag, field())
        try checkInteger(element, field())
        return contents(of: element)
    }

    func checkInteger(_ element: DERElement, _ field: @autoclosure () -> String) throws(PKIXError) {
        let range = element.content
        guard !range.isEmpty else { throw error("\(field()) is an empty INTEGER", at: element.start) }
        guard range.count > 1 else { return }
        let first = bytes[range.lowerBound]
        let second = bytes[range.lowerBound + 1]
        guard !(first == 0x00 && second < 0x80), !(first == 0xFF && second >= 0x80) else {
            throw error("\(field()) is an INTEGER that is not minimal", at: element.start)
        }
    }

    /// A non-negative INTEGER below 2^63.
    mutating func readInteger(
        _ field: @autoclosure () -> String, tag: UInt8 = DERTag.integer
    ) throws(PKIXError) -> Int64 {
        let start = position
        let content = try readIntegerBytes(field(), tag: tag)
        guard content.count <= 8, content[0] < 0x80 else {
            throw error("\(field()) is negative or larger than 63 bits", at: start)
        }
        return content.reduce(0) { $0 << 8 | Int64($1) }
    }

    mutating func readOID(
        _ field: @autoclosure () -> String, tag: UInt8 = DERTag.objectIdentifier
    ) throws(PKIXError) -> OID {
        let element = try read(tag, field())
        guard let oid = OID(contents: contents(of: element)) else {
            throw error("\(field()) is not a valid OBJECT IDENTIFIER", at: element.start)
        }
        return oid
    }

    mutating func readOctetString(
        _ field: @autoclosure () -> String, tag: UInt8 = DERTag.octetString
    ) throws(PKIXError) -> [UInt8] {
        contents(of: try read(tag, field()))
    }

    /// A BIT STRING of whole bytes; gives the range of the bytes after the count of unused bits.
    mutating func readBitString(_ field: @autoclosure () -> String) throws(PKIXError) -> Range<Int> {
        let element = try read(DERTag.bitString, field())
        guard !element.content.isEmpty, bytes[element.contentStart] == 0 else {
            throw error("\(field()) is not a BIT STRING of whole bytes", at: element.start)
        }
        return element.contentStart + 1..<element.end
    }

    /// A named bit list (X.680 22.7) of at most 16 bits: bit n of the list is bit n of the result. DER strips trailing
    /// zero bits.
    mutating func readNamedBits(
        _ field: @autoclosure () -> String, tag: UInt8 = DERTag.bitString
    ) throws(PKIXError) -> UInt16 {
        let element = try read(tag, field())
        let content = bytes[element.content]
        guard let unused = content.first, unused < 8, content.count <= 3 else {
            throw error("\(field()) is not a list of at most 16 bits", at: element.start)
        }
        guard let last = content.dropFirst().last else {
            guard unused == 0 else { throw error("\(field()) is empty with unused bits", at: element.start) }
            return 0
        }
        guard last.trailingZeroBitCount == Int(unused) else {
            throw error("\(field()) has unused bits that are not as DER demands", at: element.start)
        }
        var bits: UInt16 = 0
        for (index, byte) in content.dropFirst().enumerated() {
            for bit in 0..<8 where byte & (0x80 >> UInt8(bit)) != 0 { bits |= 1 << UInt16(index * 8 + bit) }
        }
        return bits
    }

    /// An ASCII string under `tag`; control characters are refused.
    mutating func readIA5(
        _ field: @autoclosure () -> String, tag: UInt8 = DERTag.ia5String
    ) throws(PKIXError) -> String {
        let element = try read(tag, field())
        guard bytes[element.content].allSatisfy({ (0x20..<0x7F).contains($0) }) else {
            throw error("\(field()) holds bytes that are not printable ASCII", at: element.start)
        }
        return String(decoding: bytes[element.content], as: UTF8.self)
    }
}
