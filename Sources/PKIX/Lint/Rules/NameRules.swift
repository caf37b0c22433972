/// Issuer and subject.
enum NameRules {
    static let all = [
        issuerIsSubject, subjectPresent, stringTypes, lengths, repeated, singleValued, outerSpace,
    ]

    static let issuerIsSubject = LintRule.certificate(
        "RFC5280-ISSUER-NAME", .error, "RFC 5280 4.1.2.4; CA/B BR 7.1.4.1",
        "The issuer name is the issuer's subject, byte for byte; a root's is its own."
    ) { input in
        let expected = input.role == .root ? input.certificate.subject : input.issuer?.tbs.subject
        guard let expected, expected != input.certificate.issuer else { return [] }
        return ["The issuer name \(input.certificate.issuer) is not byte for byte the issuer's subject \(expected)."]
    }

    static let subjectPresent = LintRule.certificate(
        "RFC5280-SUBJECT-PRESENT", .error, "RFC 5280 4.1.2.6",
        "The subject is not empty; an end entity's may be if there is a critical subjectAltName."
    ) { input in
        guard input.certificate.subject.isEmpty else { return [] }
        if !input.role.isCA, input.isCritical(SubjectAlternativeName.identifier) { return [] }
        return ["The subject is empty."]
    }

    static let stringTypes = LintRule.certificate(
        "RFC5280-NAME-STRING-TYPES", .error, "RFC 5280 4.1.2.4, appendix A.1",
        "Name attributes are UTF8String or PrintableString, but country and serialNumber are PrintableString, "
            + "domainComponent and emailAddress IA5String."
    ) { input in
        input.certificate.subject.attributes.compactMap { attribute in
            let allowed: [UInt8] =
                switch attribute.type.encoding {
                case .printable: [DERTag.printableString]
                case .ia5: [DERTag.ia5String]
                case .utf8: [DERTag.utf8String, DERTag.printableString]
                }
            if let tag = attribute.valueDER.first, allowed.contains(tag), attribute.value != nil { return nil }
            let names = allowed.map(DERTag.name).joined(separator: " or ")
            return "The subject's \(attribute.type) is \(attribute.encodingName) instead of a valid \(names)."
        }
    }

    static let lengths = LintRule.certificate(
        "RFC5280-NAME-LENGTHS", .error, "RFC 5280 appendix A.1",
        "Name attributes have at least one character and no more than their upper bound."
    ) { input in
        input.certificate.subject.attributes.compactMap { attribute in
            guard let count = attribute.value?.unicodeScalars.count,
                !(1...attribute.type.maximumLength).contains(count)
            else { return nil }
            let limit = attribute.type.maximumLength
            return "The subject's \(attribute.type) has \(count) characters instead of 1 to \(limit)."
        }
    }

    static let repeated = LintRule.certificate(
        "BR-NAME-NO-REPEATED-ATTRIBUTE", .warning, "CA/B BR 7.1.4.1",
        "No name attribute but domainComponent occurs twice."
    ) { input in
        var seen: Set<OID> = [AttributeType.domainComponent.identifier]
        var reported: Set<OID> = seen
        return input.certificate.subject.attributes.compactMap { attribute in
            let identifier = attribute.type.identifier
            guard !seen.insert(identifier).inserted, reported.insert(identifier).inserted else { return nil }
            return "The subject has more than one \(attribute.type)."
        }
    }

    static let singleValued = LintRule.certificate(
        "BR-NAME-SINGLE-VALUED", .warning, "CA/B BR 7.1.4.1",
        "Each RelativeDistinguishedName of the subject has exactly one attribute."
    ) { input in
        input.certificate.subject.relativeNames.filter { $0.count > 1 }.map { attributes in
            let names = attributes.map(\.type.description).joined(separator: " and ")
            return "The subject's \(names) share one RelativeDistinguishedName."
        }
    }

    static let outerSpace = LintRule.certificate(
        "RFC5280-NAME-OUTER-SPACE", .error, "RFC 5280 7.1",
        "No name attribute begins or ends with white space, which comparisons ignore and bytes do not."
    ) { input in
        input.certificate.subject.attributes.compactMap { attribute in
            guard let value = attribute.value, value.first?.isWhitespace == true || value.last?.isWhitespace == true
            else { return nil }
            return "The subject's \(attribute.type) begins or ends with white space."
        }
    }
}
