extension SSHSIG {
    /// Makes a signature with any signer: a key in memory, in an agent or on a token.
    ///
    /// `sign` gets the data that the key has to sign and returns the SSH signature blob, `string algorithm, string
    /// signature`; ``SSHSignatureBlob/init(rawSignature:key:hash:)`` makes one from bare numbers. The result is
    /// verified before it is returned, so a signer that used another key or hash is caught here.
    ///
    /// Throws `SSHSignatureError`, and whatever `sign` throws.
    public static func make(
        message: [UInt8], namespace: String, hash: HashAlgorithm = .sha512, key: SSHPublicKey,
        sign: (_ dataToSign: [UInt8]) throws -> [UInt8]
    ) throws -> SSHSIG {
        guard !namespace.isEmpty else { throw SSHSignatureError.emptyNamespace }
        let blob = try sign(dataToSign(message: message, namespace: namespace, hash: hash))
        let made = SSHSIG(
            publicKey: key, namespace: namespace, hash: hash,
            signature: try SSHSignatureBlob(wireForm: blob, key: key))
        // Touch and user verification are the reader's demands, not the maker's.
        let anyFIDO = FIDORequirements(presence: false, application: key.application ?? "")
        try made.verify(message: message, namespace: namespace, key: key, requirements: anyFIDO)
        return made
    }
}
