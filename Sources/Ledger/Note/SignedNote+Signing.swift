extension SignedNote {
    /// Makes a note with one signature, which is verified at once.
    ///
    /// - Parameters:
    ///   - text: with its final newline, such as ``Checkpoint/text``.
    ///   - key: the public key, whose name and ID stand on the note.
    ///   - sign: gets the bytes of the text and returns the signature over their SHA-256 in DER (ECDSA), or over the
    ///     bytes themselves (Ed25519).
    /// - Throws: ``NoteError``, and what `sign` throws.
    public static func make(
        text: String, key: NoteVerifierKey, sign: ([UInt8]) throws -> [UInt8]
    ) throws -> SignedNote {
        try SignedNote(text: text, signatures: [signature(of: text, key: key, sign: sign)])
    }

    /// The same note with one more signature.
    public func adding(key: NoteVerifierKey, sign: ([UInt8]) throws -> [UInt8]) throws -> SignedNote {
        try SignedNote(text: text, signatures: signatures + [Self.signature(of: text, key: key, sign: sign)])
    }

    private static func signature(
        of text: String, key: NoteVerifierKey, sign: ([UInt8]) throws -> [UInt8]
    ) throws -> Signature {
        let message = Array(text.utf8)
        let bytes = try sign(message)
        guard key.isValid(bytes, over: message) else {
            throw NoteError(.signing, "the signature just made for \(key.name) does not verify with its public key")
        }
        return try Signature(name: key.name, keyID: key.keyID, bytes: bytes)
    }
}
