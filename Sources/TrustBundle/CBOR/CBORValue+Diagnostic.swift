import Groundwork

extension CBORValue {
    /// The item in diagnostic notation (RFC 8949 section 8), a line for each element.
    ///
    /// `keyNames` name the integer keys of this item itself, not of those within, as comments: `/ sequence / 2: 7`.
    public func diagnostic(keyNames: [Int64: String] = [:]) -> String {
        diagnostic(indentation: "", keyNames: keyNames)
    }

    func diagnostic(indentation: String, keyNames: [Int64: String] = [:]) -> String {
        let inner = indentation + "    "
        switch self {
        case .unsigned(let value):
            return String(value)
        case .negative(let value):
            return value == .max ? "-18446744073709551616" : "-\(value + 1)"
        case .bytes(let bytes):
            return "h'\(Hex.encode(bytes))'"
        case .text(let text):
            return Self.quoted(text)
        case .array(let elements):
            guard !elements.isEmpty else { return "[]" }
            let lines = elements.map { inner + $0.diagnostic(indentation: inner) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(indentation)]"
        case .map(let pairs):
            guard !pairs.isEmpty else { return "{}" }
            let lines = pairs.map { (order: $0.key.encoded, key: $0.key, value: $0.value) }
                .sorted { $0.order.lexicographicallyPrecedes($1.order) }
                .map { pair in
                    let name = pair.key.integer.flatMap { keyNames[$0] }.map { "/ \($0) / " } ?? ""
                    let key = pair.key.diagnostic(indentation: inner)
                    return "\(inner)\(name)\(key): \(pair.value.diagnostic(indentation: inner))"
                }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indentation)}"
        case .tagged(let tag, let value):
            return "\(tag)(\(value.diagnostic(indentation: indentation)))"
        case .boolean(let value):
            return String(value)
        case .null:
            return "null"
        }
    }

    /// The number, when it is one that fits.
    var integer: Int64? {
        switch self {
        case .unsigned(let value): Int64(exactly: value)
        case .negative(let value): Int64(exactly: value).map { -1 - $0 }
        default: nil
        }
    }

    /// Text as JSON writes it, and with nothing in it that could move a terminal's cursor.
    private static func quoted(_ text: String) -> String {
        var output = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            default:
                if isPrintable(scalar) {
                    output.unicodeScalars.append(scalar)
                } else {
                    for unit in String(scalar).utf16 {
                        let digits = String(unit, radix: 16)
                        output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                    }
                }
            }
        }
        return output + "\""
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate: false
        default: true
        }
    }
}
