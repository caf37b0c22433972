/// What device stacks really do with certificates, as tried and read; each rule is for the targets that it names.
enum DeviceRules {
    static let all = [policiesCritical, nameConstraintsMbedTLS, nameConstraintsBearSSL, rootSubjectReused]

    static let policiesCritical = LintRule.certificate(
        "DEVICE-POLICIES-CRITICAL", .error, "mbedTLS 2.28.3 refuses critical certificatePolicies with a private OID",
        "certificatePolicies are not critical."
    ) { input in
        guard input.context.targets.contains(.mbedTLS), input.isCritical(CertificatePolicies.identifier) else {
            return []
        }
        return ["The certificatePolicies are critical, and mbedTLS 2.28.3 refuses the certificate."]
    }

    static let nameConstraintsMbedTLS = LintRule.certificate(
        "DEVICE-NAME-CONSTRAINTS-MBEDTLS", .error, "mbedTLS 2.28.3 to 4.1.0 cannot parse critical nameConstraints",
        "nameConstraints are not critical where mbedTLS must accept the certificate."
    ) { input in
        guard input.context.targets.contains(.mbedTLS), input.isCritical(NameConstraints.identifier) else { return [] }
        return ["The nameConstraints are critical, and mbedTLS cannot parse the certificate."]
    }

    static let nameConstraintsBearSSL = LintRule.certificate(
        "DEVICE-NAME-CONSTRAINTS-BEARSSL", .error, "BearSSL 0.6 refuses critical nameConstraints with error 57",
        "nameConstraints are not critical where BearSSL must accept the certificate."
    ) { input in
        guard input.context.targets.contains(.bearSSL), input.isCritical(NameConstraints.identifier) else { return [] }
        return ["The nameConstraints are critical, and BearSSL 0.6 refuses the certificate with error 57."]
    }

    static let rootSubjectReused = LintRule.certificate(
        "DEVICE-ROOT-SUBJECT-REUSED", .error,
        "mbedTLS 2.28.3 to 4.1.0 rejects good chains, wolfSSL 5.5.4 takes one root's CRL for the other's, the ESP-IDF "
            + "bundle finds only one of two", [.root], "Every generation of a root has a subject of its own."
    ) { input in
        let affected: [LintTarget] = [.mbedTLS, .wolfSSL, .espIDF]
        let targets = affected.filter(input.context.targets.contains)
        guard !targets.isEmpty, input.context.earlierRootSubjects.contains(input.certificate.subject) else { return [] }
        let names = targets.map { $0 == .espIDF ? "ESP-IDF" : $0.rawValue }.joined(separator: ", ")
        return ["The subject \(input.certificate.subject) is that of an earlier root, which breaks \(names)."]
    }
}
