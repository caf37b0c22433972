import CLibCrypto

extension SecondOpinion {
    /// How a CRL is read.
    public enum CertificateListDetail: Hashable, Sendable {
        /// As OpenSSL's users read it, by `d2i_X509_CRL`, and with all entries in the facts. OpenSSL makes objects for
        /// every entry, and so do we, more than 500 bytes together: not for hundreds of thousands.
        case entries
        /// Entry by entry, with no object left behind: memory does not grow with the list beyond `der` itself. The
        /// entries are parsed, checked and counted but not kept; a visitor sees them.
        case streamed
        /// The signature is verified and everything is read but the entries, which are only counted. For lists of which
        /// every entry was judged before, or that are too long to wait for.
        case headerOnly
    }

    /// Parses a CRL and verifies that its issuer issued it.
    ///
    /// - Parameters:
    ///   - der: One DER CertificateList and nothing after it.
    ///   - issuerDER: The issuer's DER certificate.
    public static func certificateList(
        _ der: [UInt8], signedBy issuerDER: [UInt8], detail: CertificateListDetail = .entries
    ) throws(Disagreement) -> CertificateListFacts {
        try certificateList(der, signedBy: Issuer(der: issuerDER), detail: detail)
    }

    /// The same with an issuer who is parsed already.
    public static func certificateList(
        _ der: [UInt8], signedBy issuer: Issuer, detail: CertificateListDetail = .entries
    ) throws(Disagreement) -> CertificateListFacts {
        let facts =
            switch detail {
            case .entries: try wholeList(der, signedBy: issuer)
            case .streamed: try CertificateListStream(der).facts(signedBy: issuer, entries: .check)
            case .headerOnly: try CertificateListStream(der).facts(signedBy: issuer, entries: .count)
            }
        try check(facts, against: issuer)
        return facts
    }

    /// The same by streaming, showing every entry to `visit` in the list's order. The signature is verified before the
    /// first is shown.
    public static func certificateList(
        _ der: [UInt8], signedBy issuer: Issuer, visit: @escaping (RevokedFacts) throws(Disagreement) -> Void
    ) throws(Disagreement) -> CertificateListFacts {
        let facts = try CertificateListStream(der).facts(signedBy: issuer, entries: .visit(visit))
        try check(facts, against: issuer)
        return facts
    }

    private static func wholeList(_ der: [UInt8], signedBy issuer: Issuer) throws(Disagreement) -> CertificateListFacts
    {
        let parsed = try Parsing.certificateList(der)
        defer { X509_CRL_free(parsed) }
        guard X509_CRL_verify(parsed, issuer.key) == 1 else {
            throw .queued(
                .signature, "The CRL's signature does not verify with its issuer's key", where: "CRL, signature")
        }
        var algorithm: UnsafePointer<X509_ALGOR>?
        X509_CRL_get0_signature(parsed, nil, &algorithm)
        let extensions = ExtensionReader(stack: X509_CRL_get0_extensions(parsed), place: "CRL, crlExtensions")
        var entries: [RevokedFacts] = []
        if let revoked = X509_CRL_get_REVOKED(parsed) {
            for index in 0..<max(0, clc_revoked_count(revoked)) {
                entries.append(try RevokedFacts(clc_revoked_at(revoked, index), index: Int(index)))
            }
        }
        let nextUpdate = X509_CRL_get0_nextUpdate(parsed)
        let facts = CertificateListFacts(
            version: Int(X509_CRL_get_version(parsed)) + 1,
            issuer: Reading.name(X509_CRL_get_issuer(parsed)),
            thisUpdate: try Reading.time(X509_CRL_get0_lastUpdate(parsed), what: "CRL, thisUpdate"),
            nextUpdate: nextUpdate == nil ? nil : try Reading.time(nextUpdate, what: "CRL, nextUpdate"),
            number: try extensions.certificateListNumber(),
            authorityKeyIdentifier: try extensions.authorityKeyIdentifier(),
            signatureAlgorithm: try SignatureAlgorithm(algorithm, where: "CRL, signatureAlgorithm"),
            extensions: extensions.all,
            entryCount: entries.count,
            entries: entries,
            sha256: Reading.sha256(der))
        // Last, since it makes libcrypto forget the encoding that it verified.
        guard Reading.encoding({ i2d_re_X509_CRL_tbs(parsed, $0) }) != nil,
            Reading.encoding({ i2d_X509_CRL(parsed, $0) }) == der
        else { throw .queued(.encoding, "The CRL is not the DER that OpenSSL would write for it", where: "CRL") }
        return facts
    }

    /// RFC 5280 6.3.3 (b), (f): the list's issuer is this one, and it may sign lists.
    private static func check(_ facts: CertificateListFacts, against issuer: Issuer) throws(Disagreement) {
        guard let certificate = issuer.certificate else { return }
        guard facts.issuer == issuer.subject else {
            throw Disagreement(
                .issuer, what: "The issuer name is not byte for byte the issuer's subject", where: "CRL, issuer")
        }
        guard X509_get_key_usage(certificate) & UInt32(KU_CRL_SIGN) != 0 else {
            throw Disagreement(.issuer, what: "The issuer's key usage does not allow CRLs", where: "CRL, issuer")
        }
        let identifier = Reading.bytes(X509_get0_subject_key_id(certificate))
        if let named = facts.authorityKeyIdentifier, let identifier, named != identifier {
            throw Disagreement(
                .issuer, what: "The authority key identifier is not the issuer's subject key identifier",
                where: "CRL, crlExtensions")
        }
    }
}

extension SecondOpinion.RevokedFacts {
    /// Reads an X509_REVOKED.
    init(_ revoked: OpaquePointer?, index: Int) throws(Disagreement) {
        let place = "CRL, entry \(index)"
        guard let revoked, let serial = Reading.integer(X509_REVOKED_get0_serialNumber(revoked)) else {
            throw .queued(.content, "The serial number cannot be read", where: place)
        }
        let extensions = ExtensionReader(stack: X509_REVOKED_get0_extensions(revoked), place: place)
        self.init(
            serial: serial,
            revocationDate: try Reading.time(
                X509_REVOKED_get0_revocationDate(revoked), what: "\(place), revocationDate"),
            reason: try extensions.reason(),
            invalidityDate: try extensions.invalidityDate(),
            extensions: extensions.all)
    }

    /// Makes every judgement that reading an X509_REVOKED makes, without keeping anything.
    static func check(_ revoked: OpaquePointer, index: Int) throws(Disagreement) {
        guard ASN1_STRING_length(X509_REVOKED_get0_serialNumber(revoked)) > 0 else {
            throw Disagreement(.content, what: "The serial number cannot be read", where: "CRL, entry \(index)")
        }
        do {
            _ = try Reading.time(X509_REVOKED_get0_revocationDate(revoked), what: "revocationDate")
            let extensions = ExtensionReader(stack: X509_REVOKED_get0_extensions(revoked), place: "extensions")
            _ = try extensions.reason()
            _ = try extensions.invalidityDate()
        } catch {
            throw Disagreement(
                error.kind, what: error.what, where: "CRL, entry \(index), \(error.where)", openssl: error.openssl)
        }
    }
}
