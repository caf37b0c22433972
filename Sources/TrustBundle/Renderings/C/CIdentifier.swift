/// Names and text as C has them.
enum CIdentifier {
    /// A file's name as a part of an identifier: `acme-root-g1` gives `acme_root_g1`.
    static func part(_ fileName: String) -> String {
        String(String.UnicodeScalarView(fileName.unicodeScalars.map { isPlain($0) ? $0 : "_" }))
    }

    /// Text for the inside of a comment: whatever could end the comment or the line is a dot.
    static func comment(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isHarmless($0) ? $0 : "." }))
    }

    /// A string literal; bytes that are not plain become octal escapes, which end after three digits.
    static func literal(_ text: String) -> String {
        let characters = text.utf8.map { byte -> String in
            let scalar = Unicode.Scalar(byte)
            if isHarmless(scalar) { return String(scalar) }
            let digits = String(byte, radix: 8)
            return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }
        return "\"\(characters.joined())\""
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        isPlain(scalar) || " =,-/@+.:".unicodeScalars.contains(scalar)
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }
}
