extension DistinguishedName {
    /// The string form of RFC 4514: the last RelativeDistinguishedName first, `+` within one, special characters
    /// escaped. Hidden characters (controls, bidirectional overrides) appear as escaped UTF-8 bytes, never as
    /// themselves.
    public var description: String {
        relativeNames.reversed()
            .map { $0.map(\.rfc4514).joined(separator: "+") }
            .joined(separator: ",")
    }
}

extension DistinguishedName.Attribute {
    var rfc4514: String {
        guard let value else {
            return "\(type)=#" + valueDER.map { Self.hexadecimal($0) }.joined()
        }
        var text = "\(type)="
        let scalars = Array(value.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let isEdge = index == 0 || index == scalars.count - 1
            switch scalar {
            case "\"", "+", ",", ";", "<", ">", "\\": text += "\\" + String(scalar)
            case "#" where index == 0, " " where isEdge: text += "\\" + String(scalar)
            case _ where scalar.isHiddenInText: text += String(scalar).utf8.map { "\\" + Self.hexadecimal($0) }.joined()
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }
}
