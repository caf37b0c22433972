extension SSHSIG {
    private static let armour = Armour("SSH SIGNATURE")

    /// Reads a signature file: header, canonical base64 in lines of 70 characters (or 76), footer, nothing else.
    public init(armored text: [UInt8]) throws(SSHSignatureError) {
        try self.init(blob: Self.armour.decode(text))
    }

    /// Reads a signature file's text, as ``init(armored:)-([UInt8])`` does.
    public init(armored text: String) throws(SSHSignatureError) {
        try self.init(armored: Array(text.utf8))
    }

    /// The file that `ssh-keygen -Y sign` writes for this signature, byte for byte.
    public func encodeArmored() -> [UInt8] {
        Self.armour.encode(blob)
    }
}
