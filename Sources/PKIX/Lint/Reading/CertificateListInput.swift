/// What a rule on CRLs sees.
struct CertificateListInput: Sendable {
    let list: LintedCertificateList
    let issuer: Certificate?
    let previous: LintedCertificateList?
    let context: LintContext
    let extensions: [CertificateExtension]
    let authorityKeyIdentifier: LintedAuthorityKeyIdentifier?
    /// Content of the CRLNumber's INTEGER; nil when absent or unreadable.
    let number: [UInt8]?
    let signingKey: SubjectPublicKeyInfo?
    /// The issuer may certify CAs, so that an entry may speak of one.
    let maySpeakOfAuthorities: Bool

    init(
        list: LintedCertificateList, issuer: Certificate?, previous: LintedCertificateList?, context: LintContext
    ) {
        self.list = list
        self.issuer = issuer
        self.previous = previous
        self.context = context
        extensions = list.extensions ?? []
        authorityKeyIdentifier = extensions.first(AuthorityKeyIdentifier.identifier)
            .flatMap { try? LintedAuthorityKeyIdentifier($0.value) }
        number = list.number
        signingKey = try? issuer?.tbs.publicKey()
        let constraints = try? issuer?.tbs.basicConstraints
        maySpeakOfAuthorities = issuer != nil && constraints?.pathLength != 0
    }
}

extension LintedCertificateList {
    /// Content of the CRLNumber's INTEGER, of any length and sign.
    var number: [UInt8]? {
        guard let value = extensions?.first(CRLNumber.identifier)?.value else { return nil }
        var reader = DERReader(value, of: CRLNumber.name)
        guard let content = try? reader.readIntegerBytes(CRLNumber.name), reader.isAtEnd else { return nil }
        return content
    }
}
