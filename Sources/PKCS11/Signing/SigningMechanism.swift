internal import CP11Kit

/// What a scheme means in Cryptoki: the mechanism, its parameter, and what is given to C_Sign.
struct SigningMechanism {
    let scheme: SigningScheme
    let label: String
    let algorithm: KeyAlgorithm
    let token: String

    /// Refuses a scheme that is not one for the key, and inputs that are none for the scheme.
    init(scheme: SigningScheme, key: some SignableKey, token: String) throws(CryptokiError) {
        let fits =
            switch (scheme, key.algorithm) {
            case (.ecdsa, .ecdsa), (.ecdsaOnToken, .ecdsa): true
            case (.rsaPKCS1, .rsa), (.rsaPKCS1OnToken, .rsa), (.rsaPSS, .rsa): true
            case (.ed25519, .ed25519): true
            default: false
            }
        guard fits else {
            throw CryptokiError(
                .invalidInput, in: "C_SignInit", token: token,
                "The key \"\(key.label)\" is of the type \(key.algorithm) and cannot sign by the scheme \(scheme).")
        }
        self.scheme = scheme
        label = key.label
        algorithm = key.algorithm
        self.token = token
    }

    var code: CK_MECHANISM_TYPE {
        switch scheme {
        case .ecdsa: CKM_ECDSA
        case .ecdsaOnToken(.sha256): CKM_ECDSA_SHA256
        case .ecdsaOnToken(.sha384): CKM_ECDSA_SHA384
        case .ecdsaOnToken(.sha512): CKM_ECDSA_SHA512
        case .rsaPKCS1: CKM_RSA_PKCS
        case .rsaPKCS1OnToken(.sha256): CKM_SHA256_RSA_PKCS
        case .rsaPKCS1OnToken(.sha384): CKM_SHA384_RSA_PKCS
        case .rsaPKCS1OnToken(.sha512): CKM_SHA512_RSA_PKCS
        case .rsaPSS: CKM_RSA_PKCS_PSS
        case .ed25519: CKM_EDDSA
        }
    }

    /// The bytes for C_Sign.
    func payload(_ input: SigningInput) throws(CryptokiError) -> [UInt8] {
        switch (scheme, input) {
        case (.ecdsa, .digest(let digest, let hash)):
            try checkLength(digest, hash)
            // ECDSA uses the leftmost bits only (FIPS 186-5 section 6.4.1); some tokens refuse more than they use.
            return Array(digest.prefix(algorithm.rawSignatureLength / 2))
        case (.rsaPKCS1, .digest(let digest, let hash)):
            try checkLength(digest, hash)
            return hash.digestInfoPrefix + digest
        case (.rsaPSS, .digest(let digest, let hash)):
            try checkLength(digest, hash)
            return digest
        case (.rsaPKCS1OnToken, .message(let message)), (.ecdsaOnToken, .message(let message)),
            (.ed25519, .message(let message)):
            return message
        case (.ecdsa, .message), (.rsaPKCS1, .message), (.rsaPSS, .message):
            throw refusal("signs a digest; hash the message first")
        case (.rsaPKCS1OnToken, .digest), (.ecdsaOnToken, .digest), (.ed25519, .digest):
            throw refusal("signs the message itself and no digest")
        }
    }

    /// PSS wants to know the hash; the others have no parameter, and NSS refuses even an empty one for EdDSA.
    func pssParameters(_ input: SigningInput) -> CK_RSA_PKCS_PSS_PARAMS? {
        guard scheme == .rsaPSS, case .digest(_, let hash) = input else { return nil }
        let (algorithm, mask): (CK_MECHANISM_TYPE, CK_ULONG) =
            switch hash {
            case .sha256: (CKM_SHA256, CKG_MGF1_SHA256)
            case .sha384: (CKM_SHA384, CKG_MGF1_SHA384)
            case .sha512: (CKM_SHA512, CKG_MGF1_SHA512)
            }
        return CK_RSA_PKCS_PSS_PARAMS(hashAlg: algorithm, mgf: mask, sLen: CK_ULONG(hash.digestLength))
    }

    /// The signature as X.509 has it.
    func signature(_ raw: UnsafeBufferPointer<UInt8>) throws(CryptokiError) -> [UInt8] {
        guard raw.count == algorithm.rawSignatureLength else {
            throw CryptokiError(
                .deviceFailed, in: "C_Sign", token: token,
                "The token \"\(token)\" gave a signature of \(raw.count) bytes for the key \"\(label)\" instead of "
                    + "\(algorithm.rawSignatureLength).")
        }
        guard case .ecdsa = algorithm else { return Array(raw) }
        guard let der = ECDSASignature.der(raw: raw) else {
            throw CryptokiError(
                .deviceFailed, in: "C_Sign", token: token,
                "The token \"\(token)\" gave an ECDSA signature with a zero in it for the key \"\(label)\".")
        }
        return der
    }

    private func checkLength(_ digest: [UInt8], _ hash: HashAlgorithm) throws(CryptokiError) {
        guard digest.count == hash.digestLength else {
            throw refusal("was given a \(hash.rawValue) digest of \(digest.count) bytes")
        }
    }

    private func refusal(_ meaning: String) -> CryptokiError {
        CryptokiError(
            .invalidInput, in: "C_Sign", token: token,
            "The scheme \(scheme) with the key \"\(label)\" \(meaning).")
    }
}
