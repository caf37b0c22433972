import Groundwork

extension YAMLForm {
    /// A text of a certain form. `name` and `remedy` make the sentences of the error (`"x" is not a duration.
    /// Write …`); `pattern` is the form as a regular expression of JSON Schema, no stricter than `parse`.
    public static func text(
        _ name: String, pattern: String, remedy: String, parse: @escaping @Sendable (String) -> Value?
    ) -> YAMLForm {
        YAMLForm(schema: .text(pattern: pattern, form: name)) { node throws(YAMLError) in
            let text = try node.text(name)
            guard let value = parse(text) else {
                throw node.error("\(Quoted(text)) is not \(name).", remedy: remedy)
            }
            return value
        }
    }
}

extension YAMLForm where Value == String {
    /// One line of text.
    public static func line(maximumLength: Int = 200) -> YAMLForm {
        .text(
            "a line of text", pattern: "^[^\\n]{1,\(maximumLength)}$", remedy: "Write 1 to \(maximumLength) characters."
        ) { text in
            text.unicodeScalars.count <= maximumLength && !text.unicodeScalars.contains("\n") ? text : nil
        }
    }

    /// Any text, of several lines too.
    public static func paragraph(maximumLength: Int = 4000) -> YAMLForm {
        .text(
            "a text of this length", pattern: "^[\\s\\S]{1,\(maximumLength)}$",
            remedy: "Write 1 to \(maximumLength) characters."
        ) { text in
            text.unicodeScalars.count <= maximumLength ? text : nil
        }
    }

    /// `[a-z0-9-]{1,32}`, no hyphen at either end.
    public static let slug = YAMLForm.text(
        "a short name", pattern: "^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$",
        remedy: "Write 1 to 32 small letters, digits and hyphens, none of them at either end."
    ) { text in Slug.accepts(text) ? text : nil }
}

/// The form of short names: safe in file names, URLs, key labels and names of certificates.
public enum Slug {
    public static func accepts(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...32).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-") else {
            return false
        }
        return bytes.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
    }
}

extension YAMLForm where Value == CalendarDuration {
    /// `25y`, `18mo`, `397d`, `12h`, `30m`.
    public static let duration = YAMLForm.text(
        "a duration", pattern: "^(0|[1-9][0-9]{0,11})(y|mo|d|h|m)$",
        remedy: "Write a number and y, mo, d, h or m, such as 25y, 18mo, 397d, 12h or 30m."
    ) { text in CalendarDuration(text) }
}

extension YAMLForm where Value == Timestamp {
    /// `2027-03-02T10:00:00Z`
    public static let timestamp = YAMLForm.text(
        "a time in UTC", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
        remedy: "Write it as 2027-03-02T10:00:00Z."
    ) { text in Timestamp(rfc3339: text) }
}

extension YAMLForm where Value == Digest {
    /// 64 small hexadecimal digits.
    public static let sha256 = YAMLForm.text(
        "a SHA-256 digest", pattern: "^[0-9a-f]{64}$", remedy: "Write its 64 hexadecimal digits in small letters."
    ) { text in Digest(hex: text) }
}
