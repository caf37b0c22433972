import CLibCrypto

extension SecondOpinion {
    /// Parses a certificate and verifies that its issuer issued it.
    ///
    /// - Parameters:
    ///   - der: One DER certificate and nothing after it.
    ///   - issuerDER: The issuer's DER certificate; for a root, the same bytes again.
    public static func certificate(
        _ der: [UInt8], signedBy issuerDER: [UInt8]
    ) throws(Disagreement) -> CertificateFacts {
        try certificate(der, signedBy: Issuer(der: issuerDER))
    }

    /// The same for an issuer of whom there is only a key: the signature is verified, names are not compared.
    public static func certificate(
        _ der: [UInt8], signedByKey issuerSPKI: [UInt8]
    ) throws(Disagreement) -> CertificateFacts {
        try certificate(der, signedBy: Issuer(spki: issuerSPKI))
    }

    /// The same with an issuer who is parsed already. Cheap enough for many certificates under one issuer.
    public static func certificate(_ der: [UInt8], signedBy issuer: Issuer) throws(Disagreement) -> CertificateFacts {
        let parsed = try Parsing.certificate(der)
        defer { X509_free(parsed) }
        try verify(parsed, signedBy: issuer)
        return try reencodableFacts(parsed, der)
    }

    /// Parses a certificate that is not signed yet: in the place of its signature stands any other.
    public static func unsignedCertificate(_ der: [UInt8]) throws(Disagreement) -> CertificateFacts {
        let parsed = try Parsing.certificate(der)
        defer { X509_free(parsed) }
        return try reencodableFacts(parsed, der)
    }

    private static func verify(_ parsed: OpaquePointer, signedBy issuer: Issuer) throws(Disagreement) {
        guard X509_verify(parsed, issuer.key) == 1 else {
            throw .queued(
                .signature, "The certificate's signature does not verify with its issuer's key",
                where: "certificate, signature")
        }
        if let issuerCertificate = issuer.certificate {
            let verdict = X509_check_issued(issuerCertificate, parsed)
            guard verdict == X509_V_OK else {
                throw Disagreement(
                    .issuer, what: "The issuer's certificate does not fit the certificate",
                    where: "certificate, issuer \(Reading.readable(X509_get_issuer_name(parsed)))",
                    openssl: String(cString: X509_verify_cert_error_string(CLong(verdict))))
            }
            // libcrypto compares names by their canonical form; small devices compare bytes.
            guard issuer.subject == Reading.name(X509_get_issuer_name(parsed)) else {
                throw Disagreement(
                    .issuer, what: "The issuer name is not byte for byte the issuer's subject",
                    where: "certificate, issuer")
            }
        }
    }

    private static func reencodableFacts(
        _ parsed: OpaquePointer, _ der: [UInt8]
    ) throws(Disagreement) -> CertificateFacts {
        let facts = try facts(parsed, der: der)
        // Last, since it makes libcrypto forget the encoding that it verified.
        guard Reading.encoding({ i2d_re_X509_tbs(parsed, $0) }) != nil,
            Reading.encoding({ i2d_X509(parsed, $0) }) == der
        else {
            throw .queued(
                .encoding, "The certificate is not the DER that OpenSSL would write for it", where: "certificate")
        }
        return facts
    }

    private static func facts(_ parsed: OpaquePointer, der: [UInt8]) throws(Disagreement) -> CertificateFacts {
        ErrorQueue.clear()
        guard X509_get_extension_flags(parsed) & UInt32(EXFLAG_INVALID) == 0 else {
            throw .queued(.content, "The extensions do not hold together", where: "certificate, extensions")
        }
        guard X509_get0_pubkey(parsed) != nil else {
            throw .queued(.key, "The public key cannot be used", where: "certificate, subjectPublicKeyInfo")
        }
        let extensions = ExtensionReader(stack: X509_get0_extensions(parsed), place: "certificate, extensions")
        let basicConstraints = try extensions.basicConstraints()
        guard let serial = Reading.integer(X509_get0_serialNumber(parsed)) else {
            throw .queued(.content, "The serial number cannot be read", where: "certificate, serialNumber")
        }
        return CertificateFacts(
            version: Int(X509_get_version(parsed)) + 1,
            serial: serial,
            issuer: Reading.name(X509_get_issuer_name(parsed)),
            subject: Reading.name(X509_get_subject_name(parsed)),
            notBefore: try Reading.time(X509_get0_notBefore(parsed), what: "certificate, notBefore"),
            notAfter: try Reading.time(X509_get0_notAfter(parsed), what: "certificate, notAfter"),
            spki: Reading.encoding { i2d_X509_PUBKEY(X509_get_X509_PUBKEY(parsed), $0) } ?? [],
            isCA: basicConstraints?.isCA,
            pathLength: basicConstraints?.pathLength,
            keyUsage: try extensions.keyUsage(),
            subjectKeyIdentifier: try extensions.subjectKeyIdentifier(),
            authorityKeyIdentifier: try extensions.authorityKeyIdentifier(),
            signatureAlgorithm: try SignatureAlgorithm(
                X509_get0_tbs_sigalg(parsed), where: "certificate, signatureAlgorithm"),
            extensions: extensions.all,
            sha256: Reading.sha256(der))
    }
}
