import CLibCrypto

extension SecondOpinion {
    /// A public key to verify with, parsed once, and the certificate that it came from if there is one.
    ///
    /// With a certificate, names, key identifiers and key usage are judged too; with a bare key, signatures only. May
    /// be used by several threads at once: libcrypto does not change a key or a certificate by verifying with it.
    public final class Issuer: @unchecked Sendable {
        let certificate: OpaquePointer?
        let key: OpaquePointer
        /// The DER subject Name, if the issuer is a certificate.
        public let subject: [UInt8]?

        /// - Parameter der: A DER certificate. It is parsed, not verified.
        public init(der: [UInt8]) throws(Disagreement) {
            let certificate = try Parsing.certificate(der, what: "issuer's certificate")
            guard let key = X509_get_pubkey(certificate) else {
                X509_free(certificate)
                throw .queued(.key, "The issuer's public key cannot be used", where: "issuer's certificate")
            }
            // Fills the extension cache now, so that no thread has to do it later.
            guard X509_get_extension_flags(certificate) & UInt32(EXFLAG_INVALID) == 0 else {
                EVP_PKEY_free(key)
                X509_free(certificate)
                throw .queued(.content, "The issuer's extensions do not hold together", where: "issuer's certificate")
            }
            self.certificate = certificate
            self.key = key
            subject = Reading.name(X509_get_subject_name(certificate))
        }

        /// - Parameter spki: A DER SubjectPublicKeyInfo, such as that of a throwaway key.
        public init(spki: [UInt8]) throws(Disagreement) {
            key = try Parsing.publicKey(spki)
            certificate = nil
            subject = nil
        }

        deinit {
            EVP_PKEY_free(key)
            if let certificate { X509_free(certificate) }
        }
    }
}
