extension SSHPublicKey {
    /// Reads a line of a `.pub` file: type, base64 and, optionally, a comment, with single spaces between.
    ///
    /// One line feed may end the line. Options as `authorized_keys` allows them are refused, since they would
    /// suggest limits that nobody enforces here.
    public init(authorizedKeysLine text: String) throws(SSHSignatureError) {
        let line = text.utf8.last == UInt8(ascii: "\n") ? Substring(text.utf8.dropLast()) : Substring(text)
        guard !hasUnprintable(line) else { throw .unprintable }
        let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty else {
            throw .malformedKeyLine(reason: "it does not begin with the key's type")
        }
        guard let type = SSHKeyType(rawValue: String(name)) else {
            let words = line.split(separator: " ")
            throw words.contains { SSHKeyType(rawValue: String($0)) != nil } ? .keyOptions(String(name)) : .unsupportedKeyType(String(name))
        }
        guard parts.count >= 2, let blob = Base64.decode(parts[1].utf8), !blob.isEmpty else {
            throw .malformedKeyLine(reason: "canonical base64 must follow the type")
        }
        let comment = parts.count == 3 ? String(parts[2]) : ""
        guard parts.count < 3 || (!comment.isEmpty && comment.first != " " && comment.last != " ") else {
            throw .malformedKeyLine(reason: "a space stands at its end or before the comment's first word")
        }
        try self.init(wireBlob: blob, comment: comment)
        guard self.type == type else {
            throw .malformedKey(type: type.rawValue, reason: "the base64 holds a key of type \(self.type.rawValue)")
        }
    }
}
