extension SSHPublicKey {
    /// Reads the public key out of a key file as `ssh-keygen -f` takes it: a `.pub` line, or an OpenSSH private key,
    /// which has its public half in the clear, with or without a passphrase (PROTOCOL.key).
    ///
    /// - Returns: nil for a private key in another form, such as PEM, that does not tell its public half.
    /// - Throws: `SSHSignatureError` for what is no key.
    public init?(keyFile bytes: [UInt8]) throws(SSHSignatureError) {
        guard bytes.starts(with: Array("-----BEGIN ".utf8)) else {
            let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
            guard let text = String(validating: line, as: UTF8.self) else {
                throw .malformedKeyLine(reason: "it is not text")
            }
            try self.init(authorizedKeysLine: text)
            return
        }
        let armour = Armour("OPENSSH PRIVATE KEY")
        guard bytes.starts(with: armour.header) else {
            guard String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self).contains("PRIVATE KEY")
            else { throw .malformedKeyLine(reason: "it is no private key either") }
            return nil
        }
        // With other line ends or lengths, ssh-keygen may still read it.
        guard let blob = try? armour.decode(bytes) else { return nil }
        var reader = WireReader(blob)
        let magic = Array("openssh-key-v1\0".utf8)
        guard try reader.raw(magic.count, "the private key file's beginning") == magic else {
            throw .malformedKeyLine(reason: "the private key file does not begin with openssh-key-v1")
        }
        _ = try reader.string("the private key file's cipher")
        _ = try reader.string("the private key file's key derivation")
        _ = try reader.string("the private key file's derivation options")
        guard try reader.uint32("the private key file's number of keys") == 1 else {
            throw .malformedKeyLine(reason: "the private key file does not hold one key")
        }
        try self.init(wireBlob: try reader.string("the private key file's public key"))
    }
}
