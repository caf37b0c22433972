import Groundwork

/// Text with signatures beneath it (C2SP signed-note v1.0.0).
///
/// ```
/// text, of one or more lines
///
/// — name base64(keyID || signature)
/// ```
public struct SignedNote: Hashable, Sendable {
    public struct Signature: Hashable, Sendable {
        /// The name of the key: not empty, without spaces and plus signs.
        public let name: String
        /// Four bytes, read as a big-endian number.
        public let keyID: UInt32
        /// What follows the key ID; not empty.
        public let bytes: [UInt8]

        public init(name: String, keyID: UInt32, bytes: [UInt8]) throws(NoteError) {
            guard Self.isName(name) else {
                throw NoteError(.malformed, "\"\(name)\" cannot be the name of a key that signs notes")
            }
            guard !bytes.isEmpty else { throw NoteError(.malformed, "the signature by \(name) is empty") }
            self.name = name
            self.keyID = keyID
            self.bytes = bytes
        }

        static func isName(_ name: String) -> Bool {
            !name.isEmpty
                && name.unicodeScalars.allSatisfy {
                    $0.value >= 0x20 && $0.value != 0x7f && $0 != "+" && !$0.properties.isWhitespace
                }
        }

        var line: String {
            let id = withUnsafeBytes(of: keyID.bigEndian) { Array($0) }
            return "\(SignedNote.signaturePrefix)\(name) \(Base64.encode(id + bytes))\n"
        }
    }

    /// More signatures than this are refused; the specification asks for at least 16.
    public static let maximumSignatures = 100

    /// What is signed, with its final newline.
    public let text: String
    public let signatures: [Signature]

    /// - Throws: ``NoteError`` when the text is empty, has no final newline or has control characters, or when there
    ///   are no signatures or two by the same key.
    public init(text: String, signatures: [Signature]) throws(NoteError) {
        guard text.utf8.last == UInt8(ascii: "\n"), text.utf8.count > 1 else {
            throw NoteError(.malformed, "the text of a note must end with a newline")
        }
        guard text.utf8.allSatisfy({ $0 >= 0x20 || $0 == UInt8(ascii: "\n") }) else {
            throw NoteError(.malformed, "the text of the note has control characters")
        }
        guard !signatures.isEmpty else { throw NoteError(.malformed, "the note has no signature") }
        guard signatures.count <= Self.maximumSignatures else {
            throw NoteError(.malformed, "the note has more than \(Self.maximumSignatures) signatures")
        }
        for (index, signature) in signatures.enumerated() {
            let isRepeated = signatures[..<index].contains {
                $0.keyID == signature.keyID && $0.name.utf8.elementsEqual(signature.name.utf8)
            }
            guard !isRepeated else {
                throw NoteError(.malformed, "the note has two signatures by the same key \(signature.name)")
            }
        }
        self.text = text
        self.signatures = signatures
    }

    /// Reads a note; accepts exactly what ``encoded`` gives.
    public init(parsing bytes: [UInt8]) throws(NoteError) {
        guard let string = String(validating: bytes, as: UTF8.self) else {
            throw NoteError(.malformed, "the note is not UTF-8")
        }
        // The text may have empty lines of its own; signatures have none, so the last empty line divides.
        let newline = UInt8(ascii: "\n")
        let isEmptyLine = { (index: Int) in bytes[index] == newline && bytes[index + 1] == newline }
        guard let end = bytes.indices.dropLast().last(where: isEmptyLine) else {
            throw NoteError(.malformed, "the note has no empty line between text and signatures")
        }
        let text = String(decoding: bytes[...end], as: UTF8.self)
        var signatures: [Signature] = []
        let lines = bytes[(end + 2)...].split(separator: newline, omittingEmptySubsequences: false)
        guard lines.count <= Self.maximumSignatures + 1 else {
            throw NoteError(.malformed, "the note has more than \(Self.maximumSignatures) signatures")
        }
        for line in lines.dropLast() {
            signatures.append(try Self.signature(line: String(decoding: line, as: UTF8.self)))
        }
        try self.init(text: text, signatures: signatures)
        guard encoded.elementsEqual(string.utf8) else {
            throw NoteError(.malformed, "the note is not in its canonical spelling")
        }
    }

    /// The whole note.
    public var encoded: [UInt8] {
        Array(text.utf8) + [UInt8(ascii: "\n")] + signatures.flatMap { Array($0.line.utf8) }
    }

    /// An em dash (U+2014) and a space.
    static let signaturePrefix = "\u{2014} "

    private static func signature(line: String) throws(NoteError) -> Signature {
        let parts = line.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].elementsEqual("\u{2014}".utf8),
            let bytes = Base64.decode(String(decoding: parts[2], as: UTF8.self)), bytes.count > 4
        else {
            throw NoteError(.malformed, "a signature line of the note is malformed")
        }
        let keyID = bytes[..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return try Signature(
            name: String(decoding: parts[1], as: UTF8.self), keyID: keyID, bytes: Array(bytes[4...]))
    }
}
