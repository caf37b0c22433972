import CLibCrypto

extension SecondOpinion {
    /// What libcrypto reads in a PKCS #10 request.
    public struct RequestFacts: Hashable, Sendable {
        /// DER Name.
        public var subject: [UInt8]
        /// DER SubjectPublicKeyInfo.
        public var spki: [UInt8]
        public var signatureAlgorithm: SignatureAlgorithm
        /// The extensions asked for.
        public var extensions: [ExtensionFact]
        /// Of the whole request, 32 bytes.
        public var sha256: [UInt8]
    }

    /// Parses a PKCS #10 request and verifies that it is signed with the key that it holds.
    public static func request(_ der: [UInt8]) throws(Disagreement) -> RequestFacts {
        let parsed = try Parsing.request(der)
        defer { X509_REQ_free(parsed) }
        guard let key = X509_REQ_get0_pubkey(parsed) else {
            throw .queued(.key, "The public key cannot be used", where: "certification request, subjectPKInfo")
        }
        guard let context = EVP_PKEY_CTX_new(key, nil) else { throw .outOfMemory("certification request") }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_public_check_quick(context) == 1 else {
            throw .queued(.key, "The public key is not a sound one", where: "certification request, subjectPKInfo")
        }
        guard X509_REQ_verify(parsed, key) == 1 else {
            throw .queued(
                .signature, "The request is not signed with the key that it holds",
                where: "certification request, signature")
        }
        var algorithm: UnsafePointer<X509_ALGOR>?
        X509_REQ_get0_signature(parsed, nil, &algorithm)
        let requested = X509_REQ_get_extensions(parsed)
        defer { if let requested { clc_extensions_free(requested) } }
        let facts = RequestFacts(
            subject: Reading.name(X509_REQ_get_subject_name(parsed)),
            spki: Reading.encoding { i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(parsed), $0) } ?? [],
            signatureAlgorithm: try SignatureAlgorithm(algorithm, where: "certification request, signatureAlgorithm"),
            extensions: ExtensionReader(stack: requested, place: "certification request").all,
            sha256: Reading.sha256(der))
        guard Reading.encoding({ i2d_re_X509_REQ_tbs(parsed, $0) }) != nil,
            Reading.encoding({ i2d_X509_REQ(parsed, $0) }) == der
        else {
            throw .queued(
                .encoding, "The request is not the DER that OpenSSL would write for it", where: "certification request")
        }
        return facts
    }
}
