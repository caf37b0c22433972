/// The one thing that is read in a certificate on a token.
enum CertificateEncoding {
    /// The SubjectPublicKeyInfo of an X.509 certificate; nil when it is none. Nothing else in it is looked at.
    ///
    /// ```
    /// Certificate    ::= SEQUENCE { tbsCertificate TBSCertificate, signatureAlgorithm, signatureValue }
    /// TBSCertificate ::= SEQUENCE {
    ///     version [0] DEFAULT v1, serialNumber INTEGER, signature, issuer, validity, subject,
    ///     subjectPublicKeyInfo SubjectPublicKeyInfo, ... }
    /// ```
    /// RFC 5280 section 4.1.
    static func subjectPublicKeyInfo(_ der: [UInt8]) -> [UInt8]? {
        var outer = DERWalk(der[...])
        guard let certificate = outer.next(0x30), outer.isAtEnd else { return nil }
        var parts = DERWalk(certificate.content)
        guard let tbs = parts.next(0x30) else { return nil }
        var fields = DERWalk(tbs.content)
        if fields.nextTag == 0xa0 { guard fields.next(0xa0) != nil else { return nil } }
        guard fields.next(0x02) != nil else { return nil }
        for _ in 0..<4 { guard fields.next(0x30) != nil else { return nil } }
        return fields.next(0x30).map { Array($0.element) }
    }
}
