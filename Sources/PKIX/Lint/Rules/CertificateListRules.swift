/// The fields of a CRL: RFC 5280 5.1.
enum CertificateListRules {
    static let all = [
        version2, algorithmsAgree, algorithmKnown, algorithmParameters, fitsKey, issuerName, issuerUsage, timeForm,
        nextUpdatePresent, order, notFuture, interval, emptyList, uniqueSerials,
    ]

    static let version2 = LintRule.list(
        "RFC5280-CRL-VERSION-2", .error, "RFC 5280 5.1.2.1", "The version is 2."
    ) { input in
        guard input.list.version != 1 else { return [] }
        let found = input.list.version.map { "\($0)" } ?? "absent, which means version 1"
        return ["The version field is \(found) instead of 1, which means version 2."]
    }

    static let algorithmsAgree = LintRule.list(
        "RFC5280-CRL-SIGNATURE-ALGORITHMS-EQUAL", .error, "RFC 5280 5.1.1.2",
        "The signature algorithm is the same inside and outside of what is signed."
    ) { AlgorithmRules.disagreement($0.list.innerAlgorithm, $0.list.outerAlgorithm) }

    static let algorithmKnown = LintRule.list(
        "PKIX-CRL-SIGNATURE-ALGORITHM-KNOWN", .error, AlgorithmRules.known.source, AlgorithmRules.known.demand
    ) { AlgorithmRules.unknown($0.list.innerAlgorithm) }

    static let algorithmParameters = LintRule.list(
        "PKIX-CRL-SIGNATURE-PARAMETERS-EXACT", .error, AlgorithmRules.parameters.source,
        AlgorithmRules.parameters.demand
    ) { AlgorithmRules.inexact($0.list.innerAlgorithm) }

    static let fitsKey = LintRule.list(
        "BR-CRL-SIGNATURE-FITS-KEY", .error, AlgorithmRules.fitsKey.source, AlgorithmRules.fitsKey.demand
    ) { AlgorithmRules.unfit($0.list.innerAlgorithm, $0.signingKey) }

    static let issuerName = LintRule.list(
        "RFC5280-CRL-ISSUER-NAME", .error, "RFC 5280 5.1.2.3; CA/B BR 7.2",
        "The issuer name is the CA's subject, byte for byte."
    ) { input in
        guard let expected = input.issuer?.tbs.subject, expected != input.list.issuer else { return [] }
        return ["The issuer name \(input.list.issuer) is not byte for byte the CA's subject \(expected)."]
    }

    static let issuerUsage = LintRule.list(
        "RFC5280-CRL-ISSUER-USAGE", .error, "RFC 5280 4.2.1.3, 6.3.3 (f)", "The CA's keyUsage has cRLSign."
    ) { input in
        guard let issuer = input.issuer, let usage = try? issuer.tbs.keyUsage, !usage.contains(.cRLSign) else {
            return []
        }
        return ["The keyUsage of \(issuer.tbs.subject) lacks cRLSign."]
    }

    static let timeForm = LintRule.list(
        "RFC5280-CRL-TIME-FORM", .error, "RFC 5280 5.1.2.4, 5.1.2.5",
        "Times are UTCTime through 2049 and GeneralizedTime from 2050, to the second, in UTC."
    ) { input in
        var messages: [String] = []
        for (name, time) in [("thisUpdate", input.list.thisUpdate), ("nextUpdate", input.list.nextUpdate)] {
            guard let time, !time.isWellFormed else { continue }
            messages.append(
                "\(name) is the \(DERTag.name(time.tag)) \(time.text), which is not the form for that time.")
        }
        return messages
    }

    static let nextUpdatePresent = LintRule.list(
        "RFC5280-CRL-NEXT-UPDATE", .error, "RFC 5280 5.1.2.5; mbedTLS takes its absence for expiry",
        "There is a nextUpdate."
    ) { input in
        input.list.nextUpdate == nil ? ["There is no nextUpdate, and mbedTLS takes the CRL for expired."] : []
    }

    static let order = LintRule.list(
        "RFC5280-CRL-UPDATE-ORDER", .error, "RFC 5280 5.1.2.5", "nextUpdate lies after thisUpdate."
    ) { input in
        guard let this = input.list.thisUpdate.seconds, let time = input.list.nextUpdate, let next = time.seconds,
            next <= this
        else { return [] }
        return ["nextUpdate \(time.text) does not lie after thisUpdate \(input.list.thisUpdate.text)."]
    }

    static let notFuture = LintRule.list(
        "RFC5280-CRL-NOT-FUTURE", .error, "RFC 5280 5.1.2.4, 6.3.3; mbedTLS rejects the chain, wolfSSL 5.5.4 accepts the CRL",
        "thisUpdate does not lie in the future when the CRL is to be used."
    ) { input in
        guard let now = input.context.time, let this = input.list.thisUpdate.seconds, this > now else { return [] }
        return ["thisUpdate \(input.list.thisUpdate.text) lies \(this - now) seconds in the future."]
    }

    static let interval = LintRule.list(
        "BR-CRL-INTERVAL", .warning, "CA/B BR 4.9.7",
        "nextUpdate lies at most twelve months after thisUpdate, unless it says never (99991231235959Z)."
    ) { input in
        guard let this = input.list.thisUpdate.seconds, let next = input.list.nextUpdate?.seconds,
            next != DERTime.noExpiration, let from = calendar(this), let to = calendar(next),
            to > from + 10_000_000_000
        else { return [] }
        return ["nextUpdate lies more than twelve months after thisUpdate."]
    }

    static let emptyList = LintRule.list(
        "RFC5280-CRL-NO-EMPTY-LIST", .error, "RFC 5280 5.1.2.6",
        "revokedCertificates is absent when no certificate is revoked."
    ) { input in
        input.list.hasEntriesField && input.list.entryCount == 0 ? ["revokedCertificates is there, but empty."] : []
    }

    static let uniqueSerials = LintRule.list(
        "RFC5280-CRL-SERIAL-ONCE", .error, "RFC 5280 5.1.2.6", "No serial number is listed twice."
    ) { input in
        let duplicates = SerialIndex(input.list).duplicates
        guard let first = duplicates.first else { return [] }
        let others = duplicates.count > 1 ? ", and \(duplicates.count - 1) others" : ""
        return ["The serial number \(lintHex(first)) is listed more than once\(others)."]
    }

    /// YYYYMMDDHHMMSS as a number, so that a year is the same day of the next one.
    private static func calendar(_ seconds: Int64) -> Int64? {
        guard let encoded = try? DERTime.encodeGeneralized(seconds) else { return nil }
        return encoded.dropFirst(2).dropLast().reduce(0) { $0 * 10 + Int64($1) - 0x30 }
    }
}
