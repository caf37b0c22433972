/// RFC 5280 4.1.2.5.
enum ValidityRules {
    static let all = [timeForm, earliest, order, nested, beyondIssuer]

    static let timeForm = LintRule.certificate(
        "RFC5280-TIME-FORM", .error, "RFC 5280 4.1.2.5",
        "Times are UTCTime through 2049 and GeneralizedTime from 2050, to the second, in UTC."
    ) { input in
        [("notBefore", input.certificate.notBefore), ("notAfter", input.certificate.notAfter)].compactMap {
            name, time in
            time.isWellFormed || time.isBefore1950
                ? nil : "\(name) is the \(DERTag.name(time.tag)) \(time.text), which is not the form for that time."
        }
    }

    static let earliest = LintRule.certificate(
        "RFC5280-TIME-SINCE-1950", .error, "RFC 5280 4.1.2.5", "No time lies before 1950."
    ) { input in
        [("notBefore", input.certificate.notBefore), ("notAfter", input.certificate.notAfter)].compactMap {
            name, time in
            time.isBefore1950 ? "\(name) \(time.text) lies before 1950." : nil
        }
    }

    static let order = LintRule.certificate(
        "RFC5280-VALIDITY-ORDER", .error, "RFC 5280 4.1.2.5", "notBefore does not lie after notAfter."
    ) { input in
        guard let from = input.certificate.notBefore.seconds, let to = input.certificate.notAfter.seconds, from > to
        else { return [] }
        return ["notBefore \(input.certificate.notBefore.text) lies after notAfter \(input.certificate.notAfter.text)."]
    }

    static let nested = LintRule.certificate(
        "RFC5280-VALIDITY-NESTED", .error, "RFC 5280 6.1.3 (a) (2)", LintRule.notRoot,
        "The validity lies within the issuer's, unless the policy lets certificates outlive their issuer."
    ) { input in input.context.allowsValidityBeyondIssuer ? [] : excess(input) }

    static let beyondIssuer = LintRule.certificate(
        "PKIX-VALIDITY-BEYOND-ISSUER", .notice, "RFC 5280 6.1.3 (a) (2); IEEE 802.1AR", LintRule.notRoot,
        "Where the policy allows a validity beyond the issuer's, it is pointed out."
    ) { input in input.context.allowsValidityBeyondIssuer ? excess(input) : [] }

    private static func excess(_ input: CertificateInput) -> [String] {
        guard let issuer = input.issuer?.tbs else { return [] }
        var messages: [String] = []
        if let from = input.certificate.notBefore.seconds, from < issuer.notBefore {
            messages.append("The certificate is valid \(duration(issuer.notBefore - from)) before its issuer is.")
        }
        if let to = input.certificate.notAfter.seconds, to > issuer.notAfter {
            messages.append("The certificate is valid \(duration(to - issuer.notAfter)) longer than its issuer.")
        }
        return messages
    }

    private static func duration(_ seconds: Int64) -> String {
        seconds >= 86_400 ? "\(seconds / 86_400) days" : "\(seconds) seconds"
    }
}
