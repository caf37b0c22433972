/// The text form of OpenSSH's binary files: a header line, base64 in lines of one length, a footer line.
struct Armour {
    let header: [UInt8]
    let footer: [UInt8]

    /// OpenSSH breaks base64 after 70 characters.
    static let lineLength = 70
    /// Some other makers of SSH signatures break it after 76, as MIME does (RFC 2045 section 6.8).
    static let acceptedLineLengths = [lineLength, 76]

    private static let lineFeed = UInt8(ascii: "\n")

    init(_ label: String) {
        header = Array("-----BEGIN \(label)-----".utf8)
        footer = Array("-----END \(label)-----".utf8)
    }

    func encode(_ bytes: [UInt8]) -> [UInt8] {
        let text = Base64.encode(bytes)
        var output = header + [Self.lineFeed]
        for start in stride(from: 0, to: text.count, by: Self.lineLength) {
            output += text[start..<min(start + Self.lineLength, text.count)]
            output.append(Self.lineFeed)
        }
        return output + footer + [Self.lineFeed]
    }

    func decode(_ text: [UInt8]) throws(SSHSignatureError) -> [UInt8] {
        guard !text.contains(UInt8(ascii: "\r")) else {
            throw .malformedArmour(reason: "it holds carriage returns, as after a copy through Windows or e-mail")
        }
        var lines = text.split(separator: Self.lineFeed, omittingEmptySubsequences: false)
        guard let first = lines.first, first.elementsEqual(header) else {
            throw .malformedArmour(reason: "the first line must be \(String(decoding: header, as: UTF8.self))")
        }
        guard lines.count >= 4, lines.removeLast().isEmpty, lines.removeLast().elementsEqual(footer) else {
            throw .malformedArmour(
                reason: "the last line must be \(String(decoding: footer, as: UTF8.self)), ended by one line feed")
        }
        let body = lines.dropFirst()
        guard let length = lineLength(of: body) else {
            throw .malformedArmour(reason: "the base64 must be broken after \(Self.lineLength) characters")
        }
        guard let last = body.last, !last.isEmpty, last.count <= length else {
            throw .malformedArmour(reason: "the last line of base64 is empty or too long")
        }
        guard let bytes = Base64.decode(body.joined()) else {
            throw .malformedArmour(reason: "the base64 is not canonical")
        }
        return bytes
    }

    private func lineLength(of body: ArraySlice<ArraySlice<UInt8>>) -> Int? {
        guard body.count > 1, let first = body.first else { return Self.acceptedLineLengths.max() }
        let length = first.count
        guard Self.acceptedLineLengths.contains(length), body.dropLast().allSatisfy({ $0.count == length }) else {
            return nil
        }
        return length
    }
}
