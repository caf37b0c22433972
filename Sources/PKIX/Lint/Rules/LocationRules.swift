/// Where CRLs and issuers' certificates are found: RFC 5280 4.2.1.13, 4.2.2.1.
enum LocationRules {
    static let all = [distributionPoints, issuerCertificates]

    static let distributionPoints = LintRule.certificate(
        "BR-CDP-HTTP", .error, "RFC 5280 4.2.1.13; CA/B BR 7.1.2.11.2",
        "Every CRL distribution point has absolute http URIs: https may need the very CRL, and devices have no ldap."
    ) { input in
        guard let points = input.value(CRLDistributionPoints.self)?.points else { return [] }
        return points.flatMap { point -> [String] in
            if point.fullName.isEmpty { return ["A CRL distribution point has no URI."] }
            return point.fullName.compactMap { problem($0, "CRL distribution point") }
        }
    }

    static let issuerCertificates = LintRule.certificate(
        "BR-AIA-CA-ISSUERS-HTTP", .error, "RFC 5280 4.2.2.1; CA/B BR 7.1.2.10.3",
        "caIssuers locations are absolute http URIs."
    ) { input in
        guard let access = input.value(AuthorityInformationAccess.self) else { return [] }
        return access.descriptions.filter { $0.method == AuthorityInformationAccess.caIssuersMethod }
            .compactMap { problem($0.location, "caIssuers location") }
    }

    private static func problem(_ name: GeneralName, _ what: String) -> String? {
        guard let uri = name.uri else { return "A \(what) is not a URI." }
        let prefix = "http://"
        guard uri.lowercased().hasPrefix(prefix), let host = uri.dropFirst(prefix.count).first, host != "/" else {
            return "The \(what) '\(uri.escapedForDisplay)' is not an absolute http URI."
        }
        return nil
    }
}
