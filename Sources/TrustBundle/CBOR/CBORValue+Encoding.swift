extension CBORValue {
    /// The one encoding that RFC 8949 section 4.2.1 allows: shortest arguments, definite lengths, and map keys in the
    /// bytewise order of their encodings.
    public var encoded: [UInt8] {
        var output: [UInt8] = []
        encode(into: &output)
        return output
    }

    private func encode(into output: inout [UInt8]) {
        switch self {
        case .unsigned(let value):
            Self.head(.unsigned, value, into: &output)
        case .negative(let value):
            Self.head(.negative, value, into: &output)
        case .bytes(let bytes):
            Self.head(.bytes, UInt64(bytes.count), into: &output)
            output += bytes
        case .text(let text):
            Self.head(.text, UInt64(text.utf8.count), into: &output)
            output += text.utf8
        case .array(let elements):
            Self.head(.array, UInt64(elements.count), into: &output)
            for element in elements { element.encode(into: &output) }
        case .map(let pairs):
            Self.head(.map, UInt64(pairs.count), into: &output)
            for (key, value) in Self.sorted(pairs) {
                output += key
                value.encode(into: &output)
            }
        case .tagged(let tag, let value):
            Self.head(.tag, tag, into: &output)
            value.encode(into: &output)
        case .boolean(let value):
            Self.head(.simple, UInt64(value ? SimpleValue.true : SimpleValue.false), into: &output)
        case .null:
            Self.head(.simple, UInt64(SimpleValue.null), into: &output)
        }
    }

    /// The pairs of a map in the order of their encoding, with the keys encoded.
    static func sorted(_ pairs: [CBORValue: CBORValue]) -> [(key: [UInt8], value: CBORValue)] {
        pairs.map { (key: $0.key.encoded, value: $0.value) }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    /// The initial byte and its argument in the shortest form.
    private static func head(_ type: MajorType, _ argument: UInt64, into output: inout [UInt8]) {
        let initial = type.rawValue << 5
        switch argument {
        case 0..<24:
            output.append(initial | UInt8(argument))
        case 24...0xff:
            output.append(initial | 24)
            append(argument, byteCount: 1, to: &output)
        case 0x100...0xffff:
            output.append(initial | 25)
            append(argument, byteCount: 2, to: &output)
        case 0x1_0000...0xffff_ffff:
            output.append(initial | 26)
            append(argument, byteCount: 4, to: &output)
        default:
            output.append(initial | 27)
            append(argument, byteCount: 8, to: &output)
        }
    }

    private static func append(_ value: UInt64, byteCount: Int, to output: inout [UInt8]) {
        for index in (0..<byteCount).reversed() {
            output.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
        }
    }
}
