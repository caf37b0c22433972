/// Extensions as such: RFC 5280 4.2.
enum ExtensionRules {
    static let all = [notEmpty, once, wellFormed, notCritical, unknownCritical]

    static let notEmpty = LintRule.certificate(
        "RFC5280-EXTENSIONS-NOT-EMPTY", .error, "RFC 5280 4.1.2.9", "A list of extensions that is there is not empty."
    ) { input in
        input.certificate.extensions?.isEmpty == true ? ["The list of extensions is empty."] : []
    }

    static let once = LintRule.certificate(
        "RFC5280-EXTENSION-ONCE", .error, "RFC 5280 4.2", "No extension occurs twice."
    ) { repeated($0.extensions) }

    static let wellFormed = LintRule.certificate(
        "RFC5280-EXTENSION-WELL-FORMED", .error, "RFC 5280 4.2",
        "The values of known extensions are the DER of their types, and not empty."
    ) { malformed($0.extensions, certificateTypes) }

    static let notCritical = LintRule.certificate(
        "RFC5280-EXTENSION-NOT-CRITICAL", .error, "RFC 5280 4.2.1.1, 4.2.1.2, 4.2.1.13, 4.2.1.15, 4.2.2.1; RFC 8649 2",
        "Key identifiers, CRL distribution points, authorityInfoAccess and hashOfRootKey are not critical."
    ) { input in
        input.extensions.filter { $0.isCritical && neverCritical.contains($0.identifier) }
            .map { "The extension \($0.name) is critical." }
    }

    static let unknownCritical = LintRule.certificate(
        "RFC5280-EXTENSION-UNKNOWN-CRITICAL", .error, "RFC 5280 4.2; every verifier refuses what it does not know",
        "No extension that verifiers do not know is critical."
    ) { input in
        input.extensions.filter { $0.isCritical && !knownIdentifiers.contains($0.identifier) }
            .map { "The extension \($0.name) is critical, and verifiers do not know it." }
    }

    private static let neverCritical: Set<OID> = [
        SubjectKeyIdentifier.identifier, AuthorityKeyIdentifier.identifier, CRLDistributionPoints.identifier,
        FreshestCRL.identifier, AuthorityInformationAccess.identifier, HashOfRootKey.identifier,
    ]

    private static let certificateTypes: [any ExtensionValue.Type] = [
        KeyUsage.self, ExtendedKeyUsage.self, SubjectKeyIdentifier.self, SubjectAlternativeName.self,
        CertificatePolicies.self, NameConstraints.self, CRLDistributionPoints.self, FreshestCRL.self,
        AuthorityInformationAccess.self, HashOfRootKey.self,
    ]

    private static let knownIdentifiers = Set(
        certificateTypes.map { $0.identifier } + [BasicConstraints.identifier, AuthorityKeyIdentifier.identifier])

    // Shared with CRLs.

    static func repeated(_ extensions: [CertificateExtension]) -> [String] {
        var seen: Set<OID> = []
        return extensions.filter { !seen.insert($0.identifier).inserted }
            .map { "The extension \($0.name) occurs more than once." }
    }

    /// What `types` cannot read. basicConstraints and authorityKeyIdentifier are read more leniently, since there are
    /// rules on what else may be wrong with them.
    static func malformed(_ extensions: [CertificateExtension], _ types: [any ExtensionValue.Type]) -> [String] {
        extensions.compactMap { element in
            do throws(PKIXError) {
                switch element.identifier {
                case BasicConstraints.identifier: _ = try BasicConstraints(derEncoded: element.value)
                case AuthorityKeyIdentifier.identifier: _ = try LintedAuthorityKeyIdentifier(element.value)
                default:
                    guard let type = types.first(where: { $0.identifier == element.identifier }) else { return nil }
                    try check(element, type)
                }
                return nil
            } catch {
                return "The extension \(element.name) is not well-formed (\(error.reason))"
            }
        }
    }

    private static func check<Value: ExtensionValue>(
        _ element: CertificateExtension, _ type: Value.Type
    ) throws(PKIXError) {
        _ = try element.value(as: type)
    }
}
