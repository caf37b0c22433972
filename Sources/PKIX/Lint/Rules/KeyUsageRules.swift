/// keyUsage and extendedKeyUsage: RFC 5280 4.2.1.3, 4.2.1.12.
enum KeyUsageRules {
    static let all = [present, critical, authorityRequired, authorityExcess, endEntity, bundleSigner, anyPurpose]

    static let present = LintRule.certificate(
        "RFC5280-KEY-USAGE-PRESENT", .error, "RFC 5280 4.2.1.3", [.root, .intermediate, .bundleSigner],
        "A CA and a bundle signer have a keyUsage."
    ) { input in
        input.has(KeyUsage.identifier) ? [] : ["There is no keyUsage."]
    }

    static let critical = LintRule.certificate(
        "RFC5280-KEY-USAGE-CRITICAL", .error, "RFC 5280 4.2.1.3; CA/B BR 7.1.2.10.7", "keyUsage is critical."
    ) { input in
        input.has(KeyUsage.identifier) && !input.isCritical(KeyUsage.identifier)
            ? ["The keyUsage is not critical."] : []
    }

    static let authorityRequired = LintRule.certificate(
        "BR-KEY-USAGE-CA", .error, "CA/B BR 7.1.2.10.7; RFC 5280 4.2.1.3", LintRule.authorities,
        "A CA's keyUsage has keyCertSign and cRLSign."
    ) { input in
        guard let usage = input.keyUsage else { return [] }
        let missing = KeyUsage([.keyCertSign, .cRLSign]).subtracting(usage)
        return missing.isEmpty ? [] : ["The keyUsage lacks \(missing)."]
    }

    static let authorityExcess = LintRule.certificate(
        "BR-KEY-USAGE-CA-ONLY", .error, "CA/B BR 7.1.2.10.7", LintRule.authorities,
        "A CA's keyUsage has nothing but keyCertSign, cRLSign and perhaps digitalSignature."
    ) { input in
        guard let usage = input.keyUsage else { return [] }
        let excess = usage.subtracting([.keyCertSign, .cRLSign, .digitalSignature])
        return excess.isEmpty ? [] : ["The keyUsage has \(excess), which a CA's must not."]
    }

    static let endEntity = LintRule.certificate(
        "RFC5280-KEY-USAGE-END-ENTITY", .error, "RFC 5280 4.2.1.3, 4.2.1.9", [.endEntity],
        "An end entity's keyUsage has no keyCertSign."
    ) { input in
        input.keyUsage?.contains(.keyCertSign) == true ? ["The keyUsage of an end entity has keyCertSign."] : []
    }

    static let bundleSigner = LintRule.certificate(
        "PKIX-KEY-USAGE-BUNDLE-SIGNER", .error,
        "RFC 5280 4.2.1.3; OpenSSL refuses CMS signers without digitalSignature",
        [.bundleSigner], "A bundle signer's keyUsage is exactly digitalSignature."
    ) { input in
        guard let usage = input.keyUsage, usage != .digitalSignature else { return [] }
        return ["The keyUsage is \(usage) instead of exactly digitalSignature."]
    }

    static let anyPurpose = LintRule.certificate(
        "BR-ANY-EXTENDED-KEY-USAGE", .warning, "CA/B BR 7.1.2.10.6; RFC 5280 4.2.1.12",
        "anyExtendedKeyUsage stands alone, since it makes other purposes meaningless."
    ) { input in
        guard let purposes = input.value(ExtendedKeyUsage.self)?.purposes, purposes.count > 1,
            purposes.contains(ExtendedKeyUsage.anyExtendedKeyUsage)
        else { return [] }
        return ["The extendedKeyUsage has anyExtendedKeyUsage beside other purposes."]
    }
}
