/// The extensions of a CRL: RFC 5280 5.2.
enum CertificateListExtensionRules {
    static let all = [
        notEmpty, once, wellFormed, authorityPresent, authorityEqual, authorityKeyOnly, numberPresent, numberRange,
        notCritical, unknownCritical,
    ]

    static let notEmpty = LintRule.list(
        "RFC5280-CRL-EXTENSIONS-NOT-EMPTY", .error, "RFC 5280 5.1.2.7", "The list of extensions is there and not empty."
    ) { input in
        input.extensions.isEmpty ? ["The CRL has no extensions."] : []
    }

    static let once = LintRule.list(
        "RFC5280-CRL-EXTENSION-ONCE", .error, "RFC 5280 4.2, 5.2", "No extension occurs twice."
    ) { ExtensionRules.repeated($0.extensions) }

    static let wellFormed = LintRule.list(
        "RFC5280-CRL-EXTENSION-WELL-FORMED", .error, "RFC 5280 5.2",
        "The values of known extensions are the DER of their types."
    ) { input in
        var messages = ExtensionRules.malformed(
            input.extensions, [IssuingDistributionPoint.self, DeltaCRLIndicator.self, FreshestCRL.self])
        if input.extensions.first(CRLNumber.identifier) != nil, input.number == nil {
            messages.append("The extension cRLNumber is not an INTEGER.")
        }
        return messages
    }

    static let authorityPresent = LintRule.list(
        "RFC5280-CRL-AKI-PRESENT", .error, "RFC 5280 5.2.1; CA/B BR 7.2.2",
        "There is an authorityKeyIdentifier with a keyIdentifier."
    ) { input in
        guard input.extensions.first(AuthorityKeyIdentifier.identifier) != nil else {
            return ["There is no authorityKeyIdentifier."]
        }
        guard let found = input.authorityKeyIdentifier, found.keyIdentifier == nil else { return [] }
        return ["The authorityKeyIdentifier has no keyIdentifier."]
    }

    static let authorityEqual = LintRule.list(
        "RFC5280-CRL-AKI-IS-ISSUER-SKI", .error, "RFC 5280 5.2.1",
        "The authorityKeyIdentifier is the CA's subjectKeyIdentifier."
    ) { input in
        guard let found = input.authorityKeyIdentifier?.keyIdentifier,
            let expected = input.issuer?.lintedSubjectKeyIdentifier, found != expected
        else { return [] }
        return [
            "The authorityKeyIdentifier \(lintHex(found)) is not the CA's subjectKeyIdentifier \(lintHex(expected))."
        ]
    }

    static let authorityKeyOnly = LintRule.list(
        "BR-CRL-AKI-KEY-ONLY", .error, "CA/B BR 7.2.2, 7.1.2.11.1",
        "The authorityKeyIdentifier has no issuer and serial number."
    ) { input in
        input.authorityKeyIdentifier?.namesIssuerOrSerial == true
            ? ["The authorityKeyIdentifier names an issuer or a serial number."] : []
    }

    static let numberPresent = LintRule.list(
        "RFC5280-CRL-NUMBER-PRESENT", .error, "RFC 5280 5.2.3; CA/B BR 7.2.2", "There is a cRLNumber."
    ) { input in
        input.extensions.first(CRLNumber.identifier) == nil ? ["There is no cRLNumber."] : []
    }

    static let numberRange = LintRule.list(
        "RFC5280-CRL-NUMBER-RANGE", .error, "RFC 5280 5.2.3; CA/B BR 7.2.2",
        "The cRLNumber is not negative, has at most 20 octets and is less than 2^159."
    ) { input in
        guard let number = input.number, let first = number.first else { return [] }
        // Twenty octets with a clear first bit are less than 2^159.
        return first < 0x80 && number.count <= 20
            ? [] : ["The cRLNumber \(lintHex(number)) is negative or has more than 20 octets."]
    }

    static let notCritical = LintRule.list(
        "RFC5280-CRL-EXTENSION-NOT-CRITICAL", .error, "RFC 5280 5.2.1, 5.2.3, 5.2.6",
        "authorityKeyIdentifier, cRLNumber and freshestCRL are not critical."
    ) { input in
        let never = [AuthorityKeyIdentifier.identifier, CRLNumber.identifier, FreshestCRL.identifier]
        return input.extensions.filter { $0.isCritical && never.contains($0.identifier) }
            .map { "The extension \($0.name) is critical." }
    }

    static let unknownCritical = LintRule.list(
        "RFC5280-CRL-EXTENSION-UNKNOWN-CRITICAL", .error, "RFC 5280 5.2",
        "No extension that verifiers do not know is critical."
    ) { input in
        let known = [
            IssuingDistributionPoint.identifier, DeltaCRLIndicator.identifier, AuthorityKeyIdentifier.identifier,
            CRLNumber.identifier, FreshestCRL.identifier,
        ]
        return input.extensions.filter { $0.isCritical && !known.contains($0.identifier) }
            .map { "The extension \($0.name) is critical, and verifiers do not know it." }
    }
}
