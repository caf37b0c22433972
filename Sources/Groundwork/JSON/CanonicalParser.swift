extension JSONValue {
    /// Parses bytes that are exactly what ``canonicalBytes`` would write, and refuses all others.
    ///
    /// - Parameters:
    ///   - bytes: one whole JSON text, nothing before or after it.
    ///   - maximumDepth: how many arrays and objects may stand inside each other.
    /// - Throws: ``JSONError`` with the offset of the first byte that is wrong.
    public init(
        canonical bytes: [UInt8], maximumDepth: Int = JSONValue.defaultMaximumDepth
    ) throws(JSONError) {
        let result = bytes.withUnsafeBytes { buffer in
            Result { () throws(JSONError) in try JSONValue(canonical: buffer, maximumDepth: maximumDepth) }
        }
        self = try result.get()
    }

    /// Parses bytes that are exactly what ``canonicalBytes`` would write, and refuses all others.
    public init(
        canonical bytes: UnsafeRawBufferPointer, maximumDepth: Int = JSONValue.defaultMaximumDepth
    ) throws(JSONError) {
        var parser = CanonicalParser(bytes: bytes, maximumDepth: maximumDepth)
        self = try parser.parseText()
    }
}

/// A recursive-descent parser for the canonical form alone: it never has to skip white space or sort anything.
private struct CanonicalParser {
    let bytes: UnsafeRawBufferPointer
    let maximumDepth: Int
    var offset = 0

    init(bytes: UnsafeRawBufferPointer, maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func parseText() throws(JSONError) -> JSONValue {
        let value = try parseValue(depth: 0)
        guard offset == bytes.count else { throw error("bytes follow the end of the value") }
        return value
    }

    private func error(_ reason: String, at place: Int? = nil) -> JSONError {
        JSONError(offset: place ?? offset, reason: reason)
    }

    /// The next byte, or 0 at the end, which no JSON text may contain in a place that matters.
    @inline(__always)
    private var next: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    private mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
        switch next {
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "{"): return .object(try parseObject(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try parseArray(depth: depth + 1))
        case UInt8(ascii: "t"): return try parseLiteral("true", .boolean(true))
        case UInt8(ascii: "f"): return try parseLiteral("false", .boolean(false))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .integer(try parseInteger())
        case UInt8(ascii: "n"): throw error("null is not used here; leave the member out")
        case 0x20, 0x09, 0x0a, 0x0d: throw error("white space is not canonical")
        default: throw error(offset == bytes.count ? "a value is missing at the end" : "no value begins like this")
        }
    }

    private mutating func parseLiteral(_ literal: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<literal.utf8CodeUnitCount where !take(literal.utf8Start[index]) {
            throw error("expected \(literal)")
        }
        return value
    }

    private mutating func parseInteger() throws(JSONError) -> Int64 {
        let start = offset
        let isNegative = take(UInt8(ascii: "-"))
        let firstDigit = offset
        var magnitude: Int64 = 0
        while case UInt8(ascii: "0")...UInt8(ascii: "9") = next {
            // 16 digits hold every integer below 2^53, so the sum cannot overflow before this stops it.
            guard offset - firstDigit < 16 else { throw error("the integer is 2^53 or more", at: start) }
            magnitude = magnitude * 10 + Int64(next - UInt8(ascii: "0"))
            offset += 1
        }
        let digits = offset - firstDigit
        guard digits > 0 else { throw error("a digit is missing") }
        if bytes[firstDigit] == UInt8(ascii: "0") {
            guard digits == 1 else { throw error("the integer has a leading zero", at: start) }
            guard !isNegative else { throw error("minus zero is not canonical", at: start) }
        }
        switch next {
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
            throw error("fractions and exponents are not used here")
        default: break
        }
        guard magnitude <= JSONValue.largestInteger else { throw error("the integer is 2^53 or more", at: start) }
        return isNegative ? -magnitude : magnitude
    }

    private mutating func parseArray(depth: Int) throws(JSONError) -> [JSONValue] {
        guard depth <= maximumDepth else { throw error("more than \(maximumDepth) levels of nesting") }
        offset += 1
        var values: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return values }
        repeat {
            values.append(try parseValue(depth: depth))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw error("expected \",\" or \"]\"") }
        return values
    }

    private mutating func parseObject(depth: Int) throws(JSONError) -> [String: JSONValue] {
        guard depth <= maximumDepth else { throw error("more than \(maximumDepth) levels of nesting") }
        offset += 1
        var members: [String: JSONValue] = [:]
        if take(UInt8(ascii: "}")) { return members }
        members.reserveCapacity(8)
        var previous: Range<Int>?
        repeat {
            let start = offset
            guard next == UInt8(ascii: "\"") else { throw error("expected a member name in quotes") }
            let name = try parseString()
            let range = start..<offset
            if let previous { try checkOrder(previous, range, name: name) }
            previous = range
            guard take(UInt8(ascii: ":")) else { throw error("expected \":\" after the member name") }
            // A name that Unicode calls equivalent to another would silently share its place in the dictionary.
            guard members.updateValue(try parseValue(depth: depth), forKey: name) == nil else {
                throw error("two member names differ only in Unicode normalisation", at: start)
            }
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw error("expected \",\" or \"}\"") }
        return members
    }

    /// Both ranges include the quotes. Where neither name has an escape, the raw bytes order as the names do, except
    /// that the closing quote of the shorter must sort before everything that may stand in its place.
    private func checkOrder(_ previous: Range<Int>, _ current: Range<Int>, name: String) throws(JSONError) {
        var left = previous.lowerBound + 1
        var right = current.lowerBound + 1
        let leftEnd = previous.upperBound - 1
        let rightEnd = current.upperBound - 1
        while left < leftEnd, right < rightEnd, bytes[left] == bytes[right] {
            left += 1
            right += 1
        }
        if left == leftEnd || right == rightEnd {
            if right < rightEnd { return }
            throw error(
                left == leftEnd ? "the member name occurs twice" : "the member names are not in order",
                at: current.lowerBound)
        }
        if bytes[left] == UInt8(ascii: "\\") || bytes[right] == UInt8(ascii: "\\")
            || (left > previous.lowerBound + 1 && bytes[left - 1] == UInt8(ascii: "\\"))
        {
            return try checkEscapedOrder(previous, current, name: name)
        }
        guard CanonicalOrder.rank(bytes[left]) < CanonicalOrder.rank(bytes[right]) else {
            throw error("the member names are not in order", at: current.lowerBound)
        }
    }

    /// Control characters are written with escapes that do not sort as they do, so these names are compared decoded.
    private func checkEscapedOrder(
        _ previous: Range<Int>, _ current: Range<Int>, name: String
    ) throws(JSONError) {
        var parser = CanonicalParser(bytes: bytes, maximumDepth: maximumDepth)
        parser.offset = previous.lowerBound
        guard CanonicalOrder.precedes(try parser.parseString(), name) else {
            throw error("the member names are not in order", at: current.lowerBound)
        }
    }

    private mutating func parseString() throws(JSONError) -> String {
        offset += 1
        let start = offset
        var isASCII = true
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\"") {
                let content = UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
                offset += 1
                if isASCII { return String(decoding: content, as: UTF8.self) }
                return try validated(content, from: start)
            }
            if byte == UInt8(ascii: "\\") { return try parseEscapedString(from: start) }
            guard byte >= 0x20 else { throw error("a control character in a string must be escaped") }
            if byte >= 0x80 { isASCII = false }
            offset += 1
        }
        throw error("a string is not closed", at: start - 1)
    }

    /// Continues at the first backslash; `start` is where the content of the string begins.
    private mutating func parseEscapedString(from start: Int) throws(JSONError) -> String {
        var content = Array(bytes[start..<offset])
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\"") {
                offset += 1
                let result = content.withUnsafeBytes { buffer in
                    Result { () throws(JSONError) in try validated(buffer, from: start) }
                }
                return try result.get()
            }
            guard byte >= 0x20 else { throw error("a control character in a string must be escaped") }
            if byte == UInt8(ascii: "\\") {
                content.append(try parseEscape())
            } else {
                content.append(byte)
                offset += 1
            }
        }
        throw error("a string is not closed", at: start - 1)
    }

    private mutating func parseEscape() throws(JSONError) -> UInt8 {
        let start = offset
        offset += 1
        let name = next
        if let character = JSONEscape.character(named: name) {
            offset += 1
            return character
        }
        guard name == UInt8(ascii: "u"), bytes.count - offset >= 5, bytes[offset + 1] == UInt8(ascii: "0"),
            bytes[offset + 2] == UInt8(ascii: "0"), let high = Hex.value(of: bytes[offset + 3]), high < 2,
            let low = Hex.value(of: bytes[offset + 4]), JSONEscape.shortName(of: high << 4 | low) == nil
        else {
            throw error("this escape is not how RFC 8785 writes the character", at: start)
        }
        offset += 5
        return high << 4 | low
    }

    private func validated(_ content: UnsafeRawBufferPointer, from start: Int) throws(JSONError) -> String {
        guard let string = String(validating: content, as: UTF8.self) else {
            throw error("a string is not valid UTF-8", at: start)
        }
        return string
    }
}
