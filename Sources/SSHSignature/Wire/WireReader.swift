/// Reads the data types of RFC 4251 section 5 from a byte string that came from outside.
///
/// Every read names the field it was after, so that an error can say where the bytes ended.
struct WireReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var remaining: Int { bytes.count - position }

    mutating func raw(_ count: Int, _ field: String) throws(SSHSignatureError) -> [UInt8] {
        guard count >= 0, count <= remaining else { throw .truncated(field: field) }
        defer { position += count }
        return [UInt8](bytes[position..<(position + count)])
    }

    mutating func byte(_ field: String) throws(SSHSignatureError) -> UInt8 {
        guard position < bytes.count else { throw .truncated(field: field) }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func uint32(_ field: String) throws(SSHSignatureError) -> UInt32 {
        try raw(4, field).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// `string`: a length and that many bytes.
    mutating func string(_ field: String) throws(SSHSignatureError) -> [UInt8] {
        try raw(Int(uint32(field)), field)
    }

    /// A `string` that must be UTF-8. Names of algorithms and namespaces are text.
    mutating func text(_ field: String) throws(SSHSignatureError) -> String {
        guard let text = String(validating: try string(field), as: UTF8.self) else {
            throw .malformedText(field: field)
        }
        return text
    }

    /// Refuses whatever is left over: bytes that nobody signed for have no place here.
    func finish(_ field: String) throws(SSHSignatureError) {
        guard remaining == 0 else { throw .trailingBytes(field: field, count: remaining) }
    }
}
