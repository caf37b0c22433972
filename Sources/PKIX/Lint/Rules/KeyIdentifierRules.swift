/// subjectKeyIdentifier and authorityKeyIdentifier: RFC 5280 4.2.1.1, 4.2.1.2.
enum KeyIdentifierRules {
    static let all = [
        subjectPresent, subjectMethod, authorityPresent, authorityEqual, authorityKeyOnly,
    ]

    static let subjectPresent = LintRule.certificate(
        "RFC5280-SKI-PRESENT", .error, "RFC 5280 4.2.1.2", LintRule.authorities, "A CA has a subjectKeyIdentifier."
    ) { input in
        input.has(SubjectKeyIdentifier.identifier) ? [] : ["There is no subjectKeyIdentifier."]
    }

    static let subjectMethod = LintRule.certificate(
        "RFC5280-SKI-METHOD", .notice, "RFC 5280 4.2.1.2 method (1)",
        "The subjectKeyIdentifier is the SHA-1 of the public key's bits."
    ) { input in
        guard let found = input.subjectKeyIdentifier, let key = input.key, found != key.keyIdentifier else { return [] }
        return ["The subjectKeyIdentifier \(lintHex(found)) is not made by method 1."]
    }

    static let authorityPresent = LintRule.certificate(
        "RFC5280-AKI-PRESENT", .error, "RFC 5280 4.2.1.1", LintRule.notRoot,
        "Every certificate but a root has an authorityKeyIdentifier with a keyIdentifier."
    ) { input in
        guard input.has(AuthorityKeyIdentifier.identifier) else { return ["There is no authorityKeyIdentifier."] }
        guard let found = input.authorityKeyIdentifier, found.keyIdentifier == nil else { return [] }
        return ["The authorityKeyIdentifier has no keyIdentifier."]
    }

    static let authorityEqual = LintRule.certificate(
        "RFC5280-AKI-IS-ISSUER-SKI", .error, "RFC 5280 4.2.1.1; CA/B BR 7.1.2.11.1",
        "The authorityKeyIdentifier is the issuer's subjectKeyIdentifier; a root's, if any, is its own."
    ) { input in
        let expected = input.role == .root ? input.subjectKeyIdentifier : input.issuer?.lintedSubjectKeyIdentifier
        guard let found = input.authorityKeyIdentifier?.keyIdentifier, let expected, found != expected else {
            return []
        }
        return [
            "The authorityKeyIdentifier is \(lintHex(found)), the issuer's subjectKeyIdentifier \(lintHex(expected))."
        ]
    }

    static let authorityKeyOnly = LintRule.certificate(
        "BR-AKI-KEY-ONLY", .error, "CA/B BR 7.1.2.11.1",
        "The authorityKeyIdentifier has no issuer and serial number, which tie it to one certificate of the issuer."
    ) { input in
        input.authorityKeyIdentifier?.namesIssuerOrSerial == true
            ? ["The authorityKeyIdentifier names an issuer or a serial number."] : []
    }
}

extension Certificate {
    /// The subjectKeyIdentifier if there is one that reads.
    var lintedSubjectKeyIdentifier: [UInt8]? { tbs.extensions.lenient(SubjectKeyIdentifier.self)?.keyIdentifier }
}
