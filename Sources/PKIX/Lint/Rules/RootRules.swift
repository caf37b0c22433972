/// What applies to roots only: BR 7.1.2.1, RFC 8649.
enum RootRules {
    static let all = [noExtendedKeyUsage, noPathLength, noDistributionPoint, noPolicies, hashOfRootKey]

    static let noExtendedKeyUsage = LintRule.certificate(
        "BR-ROOT-NO-EXTENDED-KEY-USAGE", .error, "CA/B BR 7.1.2.1.2", [.root], "A root has no extendedKeyUsage."
    ) { input in
        input.has(ExtendedKeyUsage.identifier) ? ["The root has an extendedKeyUsage."] : []
    }

    static let noPathLength = LintRule.certificate(
        "BR-ROOT-NO-PATH-LENGTH", .notice, "CA/B BR 7.1.2.1.4", [.root],
        "A root has no path length; many verifiers ignore that of an anchor."
    ) { input in
        input.basicConstraints?.pathLength.map { ["The root has a path length of \($0)."] } ?? []
    }

    static let noDistributionPoint = LintRule.certificate(
        "BR-ROOT-NO-DISTRIBUTION-POINT", .warning, "CA/B BR 7.1.2.1.2", [.root],
        "A root has no CRL distribution points: it cannot be revoked by its own CRL."
    ) { input in
        input.has(CRLDistributionPoints.identifier) ? ["The root has CRL distribution points."] : []
    }

    static let noPolicies = LintRule.certificate(
        "BR-ROOT-NO-POLICIES", .notice, "CA/B BR 7.1.2.1.2", [.root], "A root has no certificatePolicies."
    ) { input in
        input.has(CertificatePolicies.identifier) ? ["The root has certificatePolicies."] : []
    }

    static let hashOfRootKey = LintRule.certificate(
        "RFC8649-HASH-OF-ROOT-KEY", .error, "RFC 8649 2", "Only a root commits to the next root's key by hashOfRootKey."
    ) { input in
        input.role != .root && input.has(HashOfRootKey.identifier)
            ? ["A certificate that is no root has hashOfRootKey."] : []
    }
}
