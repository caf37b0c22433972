/// RFC 5280 4.1.2.1, 4.1.2.8.
enum VersionRules {
    static let all = [version3, noUniqueIdentifiers]

    static let version3 = LintRule.certificate(
        "RFC5280-VERSION-3", .error, "RFC 5280 4.1.2.1", "The version is 3."
    ) { input in
        guard input.certificate.version != 2 else { return [] }
        let found = input.certificate.version.map { "\($0)" } ?? "absent, which means version 1"
        return ["The version field is \(found) instead of 2, which means version 3."]
    }

    static let noUniqueIdentifiers = LintRule.certificate(
        "RFC5280-NO-UNIQUE-IDENTIFIERS", .error, "RFC 5280 4.1.2.8", "There is no issuer or subject unique identifier."
    ) { input in
        input.certificate.hasUniqueIdentifiers ? ["The certificate has a unique identifier."] : []
    }
}
