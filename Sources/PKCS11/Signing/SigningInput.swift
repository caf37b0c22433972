/// A hash function that a digest was made with.
public enum HashAlgorithm: String, Hashable, Sendable, CaseIterable {
    case sha256, sha384, sha512

    /// In bytes.
    public var digestLength: Int {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// What stands before the digest in a DigestInfo (RFC 8017 section 9.2, note 1).
    ///
    /// ```
    /// DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }
    /// ```
    var digestInfoPrefix: [UInt8] {
        let last: UInt8 =
            switch self {
            case .sha256: 1
            case .sha384: 2
            case .sha512: 3
            }
        let length = UInt8(digestLength)
        return [
            0x30, 17 + length, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last, 0x05, 0x00,
            0x04, length,
        ]
    }
}

/// What is signed: a digest that the caller made, or the message itself.
public enum SigningInput: Hashable, Sendable {
    /// For ``SigningScheme/ecdsa``, ``SigningScheme/rsaPKCS1`` and ``SigningScheme/rsaPSS``.
    case digest([UInt8], HashAlgorithm)
    /// For ``SigningScheme/ed25519``, ``SigningScheme/ecdsaOnToken(_:)`` and ``SigningScheme/rsaPKCS1OnToken(_:)``.
    case message([UInt8])
}

/// How it is signed.
public enum SigningScheme: Hashable, Sendable {
    /// CKM_ECDSA over a digest. The signature is the DER of ECDSA-Sig-Value.
    case ecdsa
    /// ECDSA with the token hashing the message (CKM_ECDSA_SHA256 and its like), for tokens that do nothing else.
    case ecdsaOnToken(HashAlgorithm)
    /// RSASSA-PKCS1-v1_5: our own DigestInfo through CKM_RSA_PKCS.
    case rsaPKCS1
    /// RSASSA-PKCS1-v1_5 with the token hashing the message (CKM_SHA256_RSA_PKCS and its like).
    case rsaPKCS1OnToken(HashAlgorithm)
    /// RSASSA-PSS over a digest: MGF1 with the same hash, and a salt as long as the digest.
    case rsaPSS
    /// PureEdDSA. The signature is 64 bytes.
    case ed25519
}

/// How to answer a key that wants the PIN for each signature (CKA_ALWAYS_AUTHENTICATE).
public enum ContextPIN {
    /// The PIN's bytes, used in place and not copied.
    case pin(UnsafeRawBufferPointer)
    /// The PIN or the cards are presented at the device.
    case protectedPath
}
