/// What a rule on certificates sees.
struct CertificateInput: Sendable {
    let certificate: LintedCertificate
    let role: LintRole
    /// Nil for a root.
    let issuer: Certificate?
    let context: LintContext
    let extensions: [CertificateExtension]
    /// Nil when it is not of a kind that Anchorite knows.
    let key: SubjectPublicKeyInfo?
    let basicConstraints: BasicConstraints?
    let keyUsage: KeyUsage?
    let subjectKeyIdentifier: [UInt8]?
    let authorityKeyIdentifier: LintedAuthorityKeyIdentifier?
    /// The key that signs: the certificate's own for a root. Nil when it is not known.
    let signingKey: SubjectPublicKeyInfo?

    init(certificate: LintedCertificate, role: LintRole, issuer: Certificate?, context: LintContext) {
        self.certificate = certificate
        self.role = role
        self.issuer = role == .root ? nil : issuer
        self.context = context
        extensions = certificate.extensions ?? []
        key = try? SubjectPublicKeyInfo(derEncoded: certificate.subjectPublicKeyInfo)
        // Without the checks of re-encoding, which refuse a path length without a CA: there is a rule for that.
        basicConstraints = extensions.first(BasicConstraints.identifier)
            .flatMap { try? BasicConstraints(derEncoded: $0.value) }
        keyUsage = extensions.lenient(KeyUsage.self)
        subjectKeyIdentifier = extensions.lenient(SubjectKeyIdentifier.self)?.keyIdentifier
        authorityKeyIdentifier = extensions.first(AuthorityKeyIdentifier.identifier)
            .flatMap { try? LintedAuthorityKeyIdentifier($0.value) }
        signingKey = role == .root ? key : try? issuer?.tbs.publicKey()
    }

    func value<Value: ExtensionValue>(_ type: Value.Type) -> Value? { extensions.lenient(type) }

    func has(_ identifier: OID) -> Bool { extensions.first(identifier) != nil }

    func isCritical(_ identifier: OID) -> Bool { extensions.first(identifier)?.isCritical == true }
}

extension [CertificateExtension] {
    /// The value when it is there and reads; that it reads is the business of a rule of its own.
    func lenient<Value: ExtensionValue>(_ type: Value.Type) -> Value? { try? value(of: type) }
}

/// Bytes in messages.
func lintHex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
