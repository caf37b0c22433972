import CLibCrypto

extension SecondOpinion {
    /// How the two numbers of an ECDSA signature are written.
    public enum ECDSAEncoding: Hashable, Sendable {
        /// SEQUENCE { r INTEGER, s INTEGER } (RFC 3279 2.2.3).
        case der
        /// r and s one after the other, each as long as the field (RFC 9053 2.1, PKCS #11).
        case concatenated
    }

    /// Verifies a signature over any message, such as COSE's Sig_structure or the text of a signed note.
    ///
    /// - Parameters:
    ///   - spki: The public key, a DER SubjectPublicKeyInfo.
    ///   - ecdsaEncoding: Matters to ECDSA only.
    public static func rawSignature(
        spki: [UInt8], message: [UInt8], signature: [UInt8], algorithm: SignatureAlgorithm,
        ecdsaEncoding: ECDSAEncoding = .der
    ) throws(Disagreement) {
        try rawSignature(
            key: Issuer(spki: spki), message: message, signature: signature, algorithm: algorithm,
            ecdsaEncoding: ecdsaEncoding)
    }

    /// The same with a key that is parsed already.
    public static func rawSignature(
        key: Issuer, message: [UInt8], signature: [UInt8], algorithm: SignatureAlgorithm,
        ecdsaEncoding: ECDSAEncoding = .der
    ) throws(Disagreement) {
        let signature =
            if algorithm.keyType == EVP_PKEY_EC, ecdsaEncoding == .concatenated {
                try joined(signature, key: key.key)
            } else { signature }
        try message.withUnsafeBufferPointer { (message) throws(Disagreement) in
            try signature.withUnsafeBufferPointer { (signature) throws(Disagreement) in
                try verify(
                    key: key.key, message: message, signature: signature, algorithm: algorithm, where: "signature")
            }
        }
    }

    static func verify(
        key: OpaquePointer, message: UnsafeBufferPointer<UInt8>, signature: UnsafeBufferPointer<UInt8>,
        algorithm: SignatureAlgorithm, where place: String
    ) throws(Disagreement) {
        ErrorQueue.clear()
        guard let context = EVP_MD_CTX_new() else { throw .outOfMemory(place) }
        defer { EVP_MD_CTX_free(context) }
        try begin(context, key: key, algorithm: algorithm, where: place)
        let result = EVP_DigestVerify(
            context, signature.baseAddress, signature.count,
            message.baseAddress, message.count)
        guard result == 1 else {
            throw .queued(.signature, "The signature does not verify", where: place)
        }
    }

    static func begin(
        _ context: OpaquePointer, key: OpaquePointer, algorithm: SignatureAlgorithm, where place: String
    ) throws(Disagreement) {
        guard EVP_PKEY_get_base_id(key) == algorithm.keyType else {
            throw Disagreement(.key, what: "The key cannot verify \(algorithm.rawValue)", where: place)
        }
        var parameters: OpaquePointer?
        guard EVP_DigestVerifyInit(context, &parameters, algorithm.messageDigest, nil, key) == 1 else {
            throw .queued(.key, "The key cannot verify \(algorithm.rawValue)", where: place)
        }
        if algorithm == .rsaPSSSHA256 || algorithm == .rsaPSSSHA384 {
            guard EVP_PKEY_CTX_set_rsa_padding(parameters, RSA_PKCS1_PSS_PADDING) == 1,
                EVP_PKEY_CTX_set_rsa_pss_saltlen(parameters, RSA_PSS_SALTLEN_DIGEST) == 1,
                EVP_PKEY_CTX_set_rsa_mgf1_md(parameters, algorithm.messageDigest) == 1
            else { throw .queued(.key, "The key cannot verify \(algorithm.rawValue)", where: place) }
        }
    }

    /// r ‖ s as the DER that libcrypto verifies. Its length must be exactly twice the field's.
    private static func joined(_ signature: [UInt8], key: OpaquePointer) throws(Disagreement) -> [UInt8] {
        let fieldLength = (Int(EVP_PKEY_get_bits(key)) + 7) / 8
        guard fieldLength > 0, signature.count == 2 * fieldLength else {
            throw Disagreement(
                .signature, what: "The ECDSA signature has \(signature.count) bytes instead of \(2 * fieldLength)",
                where: "signature")
        }
        guard let pair = ECDSA_SIG_new() else { throw .outOfMemory("signature") }
        defer { ECDSA_SIG_free(pair) }
        let r = BN_bin2bn(Array(signature[..<fieldLength]), CInt(fieldLength), nil)
        let s = BN_bin2bn(Array(signature[fieldLength...]), CInt(fieldLength), nil)
        guard ECDSA_SIG_set0(pair, r, s) == 1 else {
            BN_free(r)
            BN_free(s)
            throw .outOfMemory("signature")
        }
        guard let der = Reading.encoding({ i2d_ECDSA_SIG(pair, $0) }) else { throw .outOfMemory("signature") }
        return der
    }
}
