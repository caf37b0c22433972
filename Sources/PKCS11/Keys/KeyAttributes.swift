internal import CP11Kit

/// Attributes of a private key, read back from the token. Nil is what the token does not tell.
public struct KeyAttributes: Hashable, Sendable {
    public let sensitive: Bool?
    public let alwaysSensitive: Bool?
    public let extractable: Bool?
    public let neverExtractable: Bool?
    /// Generated on the token.
    public let local: Bool?
    public let token: Bool?
    public let `private`: Bool?
    public let sign: Bool?
    public let decrypt: Bool?
    public let unwrap: Bool?
    public let wrap: Bool?
    public let derive: Bool?
    public let signRecover: Bool?
    public let alwaysAuthenticate: Bool?
    public let modifiable: Bool?
    /// The mechanism that generated it, such as `CKM_EC_KEY_PAIR_GEN`; nil for an imported key.
    public let keyGenMechanism: String?

    /// The truth values that the token tells, by their names in PKCS#11, for a record.
    public var listed: [(name: String, value: Bool)] {
        let all: [(String, Bool?)] = [
            ("CKA_ALWAYS_AUTHENTICATE", alwaysAuthenticate), ("CKA_ALWAYS_SENSITIVE", alwaysSensitive),
            ("CKA_DECRYPT", decrypt), ("CKA_DERIVE", derive), ("CKA_EXTRACTABLE", extractable), ("CKA_LOCAL", local),
            ("CKA_MODIFIABLE", modifiable), ("CKA_NEVER_EXTRACTABLE", neverExtractable), ("CKA_PRIVATE", `private`),
            ("CKA_SENSITIVE", sensitive), ("CKA_SIGN", sign), ("CKA_SIGN_RECOVER", signRecover), ("CKA_TOKEN", token),
            ("CKA_UNWRAP", unwrap), ("CKA_WRAP", wrap),
        ]
        return all.compactMap { name, value in value.map { (name, $0) } }
    }
}

extension Session {
    func attributes(ofPrivateKey key: CK_OBJECT_HANDLE) throws(CryptokiError) -> KeyAttributes {
        KeyAttributes(
            sensitive: try truth(CKA_SENSITIVE, of: key),
            alwaysSensitive: try truth(CKA_ALWAYS_SENSITIVE, of: key),
            extractable: try truth(CKA_EXTRACTABLE, of: key),
            neverExtractable: try truth(CKA_NEVER_EXTRACTABLE, of: key),
            local: try truth(CKA_LOCAL, of: key),
            token: try truth(CKA_TOKEN, of: key),
            private: try truth(CKA_PRIVATE, of: key),
            sign: try truth(CKA_SIGN, of: key),
            decrypt: try truth(CKA_DECRYPT, of: key),
            unwrap: try truth(CKA_UNWRAP, of: key),
            wrap: try truth(CKA_WRAP, of: key),
            derive: try truth(CKA_DERIVE, of: key),
            signRecover: try truth(CKA_SIGN_RECOVER, of: key),
            alwaysAuthenticate: try truth(CKA_ALWAYS_AUTHENTICATE, of: key),
            modifiable: try truth(CKA_MODIFIABLE, of: key),
            keyGenMechanism: try number(CKA_KEY_GEN_MECHANISM, of: key).map(MechanismName.of))
    }
}
