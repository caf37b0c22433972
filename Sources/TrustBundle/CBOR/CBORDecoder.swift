extension CBORValue {
    /// No structure of ours is nested deeper than this.
    public static let defaultMaximumDepth = 16

    /// Reads exactly the encodings that ``encoded`` writes: what is accepted encodes to the same bytes again.
    ///
    /// Refused are longer forms of lengths and numbers, indefinite lengths, map keys out of order or twice, text that
    /// is not UTF-8, floating point, simple values other than false, true and null, nesting beyond `maximumDepth`,
    /// and bytes after the end.
    public init(
        deterministic bytes: [UInt8], maximumDepth: Int = defaultMaximumDepth
    ) throws(CBORError) {
        var decoder = CBORDecoder(bytes: bytes)
        self = try decoder.item(depth: maximumDepth)
        guard decoder.position == bytes.count else {
            throw CBORError("\(bytes.count - decoder.position) bytes follow the end", at: decoder.position)
        }
    }
}

private struct CBORDecoder {
    let bytes: [UInt8]
    private(set) var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func item(depth: Int) throws(CBORError) -> CBORValue {
        guard depth > 0 else { throw CBORError("the nesting is too deep", at: position) }
        let start = position
        let (type, information) = try initialByte()
        let argument = try argument(information, type, at: start)
        switch type {
        case .unsigned: return .unsigned(argument)
        case .negative: return .negative(argument)
        case .bytes: return .bytes(Array(try string(argument, at: start)))
        case .text:
            guard let text = String(validating: try string(argument, at: start), as: UTF8.self) else {
                throw CBORError("the text is not UTF-8", at: start)
            }
            return .text(text)
        case .array: return try array(count: count(argument, at: start), depth: depth - 1)
        case .map: return try map(count: count(argument, at: start), depth: depth - 1)
        case .tag: return .tagged(argument, try item(depth: depth - 1))
        case .simple: return try simple(argument, at: start)
        }
    }

    private mutating func initialByte() throws(CBORError) -> (MajorType, UInt8) {
        guard position < bytes.count, let type = MajorType(rawValue: bytes[position] >> 5) else {
            throw CBORError("the data ends where an item should begin", at: position)
        }
        defer { position += 1 }
        return (type, bytes[position] & 0x1f)
    }

    private mutating func argument(
        _ information: UInt8, _ type: MajorType, at start: Int
    ) throws(CBORError) -> UInt64 {
        guard information >= 24 else { return UInt64(information) }
        guard information <= 27 else {
            throw CBORError(information == 31 ? "an indefinite length" : "a reserved length", at: start)
        }
        guard type != .simple else { throw CBORError("floating point or an unknown simple value", at: start) }
        let size = 1 << Int(information - 24)
        guard size <= bytes.count - position else { throw CBORError("the data ends within a number", at: start) }
        let value = bytes[position..<(position + size)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        position += size
        // One byte must not hold what fits the initial byte; longer ones need a bit in their upper half.
        let least: UInt64 = size == 1 ? 24 : 1 << UInt64(4 * size)
        guard value >= least else { throw CBORError("a number that is not in its shortest form", at: start) }
        return value
    }

    private mutating func string(_ count: UInt64, at start: Int) throws(CBORError) -> ArraySlice<UInt8> {
        let remaining = bytes.count - position
        guard count <= UInt64(remaining) else { throw CBORError("the data ends within a string", at: start) }
        defer { position += Int(count) }
        return bytes[position..<(position + Int(count))]
    }

    /// Every element takes a byte at least, so that a false count is found before anything is done about it.
    private func count(_ argument: UInt64, at start: Int) throws(CBORError) -> Int {
        guard argument <= UInt64(bytes.count - position) else {
            throw CBORError("the data ends within an array or map", at: start)
        }
        return Int(argument)
    }

    private mutating func array(count: Int, depth: Int) throws(CBORError) -> CBORValue {
        var elements: [CBORValue] = []
        for _ in 0..<count { elements.append(try item(depth: depth)) }
        return .array(elements)
    }

    private mutating func map(count: Int, depth: Int) throws(CBORError) -> CBORValue {
        var pairs: [CBORValue: CBORValue] = [:]
        var previous: ArraySlice<UInt8>?
        for _ in 0..<count {
            let start = position
            let key = try item(depth: depth)
            let encoding = bytes[start..<position]
            if let previous, !previous.lexicographicallyPrecedes(encoding) {
                let problem = previous.elementsEqual(encoding) ? "a map key stands twice" : "map keys are out of order"
                throw CBORError(problem, at: start)
            }
            previous = encoding
            // Texts that differ in bytes and not in meaning are one key to Swift.
            guard pairs.updateValue(try item(depth: depth), forKey: key) == nil else {
                throw CBORError("a map key stands twice in two spellings", at: start)
            }
        }
        return .map(pairs)
    }

    private func simple(_ value: UInt64, at start: Int) throws(CBORError) -> CBORValue {
        switch UInt8(truncatingIfNeeded: value) {
        case SimpleValue.false: return .boolean(false)
        case SimpleValue.true: return .boolean(true)
        case SimpleValue.null: return .null
        default: throw CBORError("an unknown simple value", at: start)
        }
    }
}
