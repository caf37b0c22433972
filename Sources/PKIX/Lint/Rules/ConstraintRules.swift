/// basicConstraints and nameConstraints: RFC 5280 4.2.1.9, 4.2.1.10.
enum ConstraintRules {
    static let all = [
        authority, critical, endEntity, pathLengthOfAuthority, pathLengthBelowIssuer, pathLengthZero, namesOfAuthority,
        namesCritical,
    ]

    static let authority = LintRule.certificate(
        "RFC5280-BASIC-CONSTRAINTS-CA", .error, "RFC 5280 4.2.1.9", LintRule.authorities,
        "A CA has basicConstraints with cA TRUE."
    ) { input in
        guard input.has(BasicConstraints.identifier) else { return ["There are no basicConstraints."] }
        return input.basicConstraints?.isCA == false ? ["The basicConstraints do not say that this is a CA."] : []
    }

    static let critical = LintRule.certificate(
        "RFC5280-BASIC-CONSTRAINTS-CRITICAL", .error, "RFC 5280 4.2.1.9", LintRule.authorities,
        "A CA's basicConstraints are critical."
    ) { input in
        input.has(BasicConstraints.identifier) && !input.isCritical(BasicConstraints.identifier)
            ? ["The basicConstraints are not critical."] : []
    }

    static let endEntity = LintRule.certificate(
        "RFC5280-END-ENTITY-NOT-CA", .error, "RFC 5280 4.2.1.9", [.endEntity, .bundleSigner], "An end entity is no CA."
    ) { input in
        input.basicConstraints?.isCA == true ? ["The basicConstraints say that this is a CA."] : []
    }

    static let pathLengthOfAuthority = LintRule.certificate(
        "RFC5280-PATH-LENGTH-OF-CA", .error, "RFC 5280 4.2.1.9",
        "A path length stands only where cA is TRUE and keyUsage has keyCertSign."
    ) { input in
        guard let constraints = input.basicConstraints, let length = constraints.pathLength else { return [] }
        if constraints.isCA, input.keyUsage?.contains(.keyCertSign) != false { return [] }
        return ["There is a path length of \(length), but this certificate cannot sign others."]
    }

    static let pathLengthBelowIssuer = LintRule.certificate(
        "RFC5280-PATH-LENGTH-BELOW-ISSUER", .error, "RFC 5280 4.2.1.9, 6.1.4 (l) (m)", [.intermediate],
        "An intermediate's path length is less than its issuer's."
    ) { input in
        guard let issuer = try? input.issuer?.tbs.basicConstraints, let limit = issuer.pathLength else { return [] }
        if limit == 0 { return ["The issuer has a path length of 0 and cannot have an intermediate below it."] }
        guard let length = input.basicConstraints?.pathLength else {
            return ["There is no path length, and the issuer's is \(limit)."]
        }
        return length < limit ? [] : ["The path length \(length) is not less than the issuer's, which is \(limit)."]
    }

    static let pathLengthZero = LintRule.certificate(
        "PKIX-PATH-LENGTH-ZERO", .warning, "RFC 5280 4.2.1.9", [.intermediate],
        "An intermediate cannot make further CAs, unless the policy says that it may: its path length is 0."
    ) { input in
        guard !input.context.allowsSubordinateAuthorities, let constraints = input.basicConstraints, constraints.isCA,
            constraints.pathLength != 0
        else { return [] }
        let found = constraints.pathLength.map { "The path length is \($0)" } ?? "There is no path length"
        return ["\(found), so that the intermediate can make further CAs."]
    }

    static let namesOfAuthority = LintRule.certificate(
        "RFC5280-NAME-CONSTRAINTS-OF-CA", .error, "RFC 5280 4.2.1.10", [.endEntity, .bundleSigner],
        "Only a CA has nameConstraints."
    ) { input in
        input.has(NameConstraints.identifier) ? ["An end entity has nameConstraints."] : []
    }

    static let namesCritical = LintRule.certificate(
        "RFC5280-NAME-CONSTRAINTS-CRITICAL", .notice, "RFC 5280 4.2.1.10", LintRule.authorities,
        "nameConstraints are critical; devices that refuse that are a reason to depart from it."
    ) { input in
        input.has(NameConstraints.identifier) && !input.isCritical(NameConstraints.identifier)
            ? ["The nameConstraints are not critical, so that verifiers that do not know them ignore them."] : []
    }
}
