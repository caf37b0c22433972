/// What Matter demands of device attestation certificates: PAA (root), PAI (intermediate) and DAC (end entity). Applied
/// when Matter is among the targets.
///
/// Matter Core Specification 6.2.2 (device attestation certificate chain), and what connectedhomeip's
/// `VerifyAttestationCertificateFormat` and `ValidateCertificateChain` check.
enum MatterRules {
    static let all = [
        version, signatureAlgorithm, key, size, basicConstraints, rootPathLength, intermediatePathLength, keyUsage,
        subjectKey, authorityKey, selfIssued, chain, vendor, product, rootProduct, form, vendorOfIssuer,
        productOfIssuer, validIssuer,
    ]

    private static let section = "Matter 6.2.2"
    private static let roles: [LintRole] = [.root, .intermediate, .endEntity]

    private static func rule(
        _ name: String, _ part: String, _ demand: String, _ check: @escaping @Sendable (CertificateInput) -> [String]
    ) -> LintRule {
        rule(name, part, roles, demand, check)
    }

    private static func rule(
        _ name: String, _ part: String, _ roles: [LintRole], _ demand: String,
        _ check: @escaping @Sendable (CertificateInput) -> [String]
    ) -> LintRule {
        .certificate("MATTER-\(name)", .error, section + part, roles, demand) { input in
            guard !input.context.targets.isDisjoint(with: DeviceStack.matter) else { return [] }
            return check(input).map { "Matter refuses \(input.matterName): \($0)." }
        }
    }

    static let version = rule("VERSION", ".3", "The version is 3.") { input in
        input.certificate.version == 2 ? [] : ["its version is not 3"]
    }

    static let signatureAlgorithm = rule(
        "SIGNATURE-ALGORITHM", ".3", "The signature algorithm is ecdsa-with-SHA256."
    ) { input in
        let found = input.certificate.innerAlgorithm
        return found.signatureAlgorithm == .ecdsaSHA256
            ? [] : ["it is signed with \(found.signatureAlgorithm?.rawValue ?? "\(found)"), not ecdsa-with-SHA256"]
    }

    static let key = rule("KEY", ".3", "The key is P-256.") { input in
        input.key?.kind == .ecP256 ? [] : ["its key is \(input.key?.kind.rawValue ?? "of another kind"), not ec-p256"]
    }

    static let size = rule(
        "SIZE", ".3; connectedhomeip kMaxDERCertLength (reported)", "The certificate has at most 600 bytes."
    ) { input in
        let count = input.certificate.derBytes.count
        return count <= 600 ? [] : ["it has \(count) bytes, and 600 are the most"]
    }

    static let basicConstraints = rule(
        "BASIC-CONSTRAINTS", ".3, .4, .5", "basicConstraints are critical: cA TRUE for PAA and PAI, FALSE for a DAC."
    ) { input in
        guard input.has(BasicConstraints.identifier) else { return ["it has no basicConstraints"] }
        var problems: [String] = []
        if !input.isCritical(BasicConstraints.identifier) { problems.append("its basicConstraints are not critical") }
        if let constraints = input.basicConstraints {
            if constraints.isCA != input.role.isCA {
                problems.append("its basicConstraints say \(constraints.isCA ? "CA" : "no CA")")
            }
            if input.role == .endEntity, constraints.pathLength != nil { problems.append("a DAC has no path length") }
        }
        return problems
    }

    static let rootPathLength = rule(
        "PAA-PATH-LENGTH", ".5", [.root], "A PAA's path length is absent or 1."
    ) { input in
        guard let length = input.basicConstraints?.pathLength, length != 1 else { return [] }
        return ["its path length is \(length), and may only be 1 or absent"]
    }

    static let intermediatePathLength = rule(
        "PAI-PATH-LENGTH", ".4", [.intermediate], "A PAI's path length is 0."
    ) { input in
        let length = input.basicConstraints?.pathLength
        return length == 0 ? [] : ["its path length is \(length.map(String.init) ?? "absent"), and must be 0"]
    }

    static let keyUsage = rule(
        "KEY-USAGE", ".3, .4, .5",
        "keyUsage is critical: keyCertSign, cRLSign and perhaps digitalSignature for PAA and PAI, digitalSignature alone "
            + "for a DAC."
    ) { input in
        guard let usage = input.keyUsage else { return ["it has no keyUsage"] }
        var problems = input.isCritical(KeyUsage.identifier) ? [] : ["its keyUsage is not critical"]
        let needed: KeyUsage = input.role.isCA ? [.keyCertSign, .cRLSign] : .digitalSignature
        let allowed: KeyUsage = input.role.isCA ? [.keyCertSign, .cRLSign, .digitalSignature] : .digitalSignature
        if !usage.isSuperset(of: needed) || !usage.isSubset(of: allowed) {
            problems.append(
                input.role.isCA
                    ? "its keyUsage is not keyCertSign and cRLSign, with or without digitalSignature"
                    : "its keyUsage is not digitalSignature alone")
        }
        return problems
    }

    static let subjectKey = rule(
        "SUBJECT-KEY-IDENTIFIER", ".3", "subjectKeyIdentifier is there, has 20 octets and is not critical."
    ) { input in
        guard let found = input.subjectKeyIdentifier else { return ["it has no subjectKeyIdentifier"] }
        if input.isCritical(SubjectKeyIdentifier.identifier) { return ["its subjectKeyIdentifier is critical"] }
        return found.count == 20 ? [] : ["its subjectKeyIdentifier has \(found.count) octets, not 20"]
    }

    static let authorityKey = rule(
        "AUTHORITY-KEY-IDENTIFIER", ".3",
        "authorityKeyIdentifier has a key identifier of 20 octets and is not critical; a PAA may do without."
    ) { input in
        guard input.has(AuthorityKeyIdentifier.identifier) else {
            return input.role == .root ? [] : ["it has no authorityKeyIdentifier"]
        }
        if input.isCritical(AuthorityKeyIdentifier.identifier) { return ["its authorityKeyIdentifier is critical"] }
        let count = input.authorityKeyIdentifier?.keyIdentifier?.count ?? 0
        return count == 20 ? [] : ["its authorityKeyIdentifier has \(count) octets, not 20"]
    }

    static let selfIssued = rule("PAA-SELF-ISSUED", ".5", [.root], "A PAA's issuer is its subject.") { input in
        input.certificate.issuer == input.certificate.subject ? [] : ["its issuer is not its subject"]
    }

    static let chain = rule(
        "CHAIN", "", [.intermediate, .endEntity], "A chain is DAC, PAI, PAA: a PAA issues PAIs, and a PAI issues DACs."
    ) { input in
        guard let issuer = input.issuer?.tbs else { return [] }
        let isUnderRoot = issuer.subject == issuer.issuer
        switch input.role {
        case .intermediate where !isUnderRoot: return ["its issuer \(issuer.subject) is no PAA"]
        case .endEntity where isUnderRoot: return ["its issuer \(issuer.subject) is a PAA, and must be a PAI"]
        default: return []
        }
    }

    static let vendor = rule(
        "VENDOR-ID", ".3, .4, .5", "A PAA has at most one vendor id, a PAI and a DAC exactly one."
    ) { input in
        let count = MatterIdentifiers(input.certificate.subject).vendors.count
        if count == 1 || (count == 0 && input.role == .root) { return [] }
        return ["it has \(count) vendor ids, and \(input.role == .root ? "at most" : "exactly") one belongs there"]
    }

    static let product = rule(
        "PRODUCT-ID", ".3, .4", [.intermediate, .endEntity], "A PAI has at most one product id, a DAC exactly one."
    ) { input in
        let count = MatterIdentifiers(input.certificate.subject).products.count
        if count == 1 || (count == 0 && input.role == .intermediate) { return [] }
        return ["it has \(count) product ids, and \(input.role == .intermediate ? "at most" : "exactly") one belongs there"]
    }

    static let rootProduct = rule("PAA-NO-PRODUCT-ID", ".5", [.root], "A PAA has no product id.") { input in
        MatterIdentifiers(input.certificate.subject).products.isEmpty ? [] : ["it has a product id"]
    }

    static let form = rule(
        "ID-FORM", "", "Vendor and product ids are UTF8String or PrintableString of four digits or letters A to F."
    ) { input in
        input.certificate.subject.attributes.filter { $0.type == .vendorID || $0.type == .productID }.compactMap {
            guard let first = $0.valueDER.first, first == DERTag.utf8String || first == DERTag.printableString else {
                return "its \($0.type) is a \($0.encodingName)"
            }
            let value = $0.value ?? ""
            return AttributeType.isMatterIdentifier(value)
                ? nil : "its \($0.type) '\(value.escapedForDisplay)' is not four of 0-9 and A-F"
        }
    }

    static let vendorOfIssuer = rule(
        "VENDOR-ID-OF-ISSUER", ".4", [.intermediate, .endEntity], "The vendor id is the issuer's, where that has one."
    ) { input in
        guard let issuer = input.issuer?.tbs.subject, let expected = MatterIdentifiers(issuer).vendors.first,
            let found = MatterIdentifiers(input.certificate.subject).vendors.first, found != expected
        else { return [] }
        return ["its vendor id is \(found.escapedForDisplay), and its issuer's \(expected.escapedForDisplay)"]
    }

    static let productOfIssuer = rule(
        "PRODUCT-ID-OF-ISSUER", ".3", [.endEntity], "A DAC's product id is its PAI's, where that has one."
    ) { input in
        guard let issuer = input.issuer?.tbs.subject, let expected = MatterIdentifiers(issuer).products.first,
            let found = MatterIdentifiers(input.certificate.subject).products.first, found != expected
        else { return [] }
        return ["its product id is \(found.escapedForDisplay), and its PAI's \(expected.escapedForDisplay)"]
    }

    static let validIssuer = rule(
        "VALID-ISSUER", "", [.intermediate, .endEntity],
        "The issuer is valid when the certificate's validity begins: chains are judged at a DAC's notBefore."
    ) { input in
        guard let issuer = input.issuer?.tbs, let from = input.certificate.notBefore.seconds,
            !(issuer.notBefore...max(issuer.notBefore, issuer.notAfter)).contains(from)
        else { return [] }
        return ["its issuer is not valid at its notBefore"]
    }
}

/// Vendor and product ids in a subject: attributes of their own, or within the common name as `Mvid:FFF1 Mpid:8000`.
struct MatterIdentifiers {
    let vendors: [String]
    let products: [String]

    init(_ name: DistinguishedName) {
        let vendors = name.attributes.filter { $0.type == .vendorID }.map { $0.value ?? "" }
        let products = name.attributes.filter { $0.type == .productID }.map { $0.value ?? "" }
        guard vendors.isEmpty, products.isEmpty else {
            self.vendors = vendors
            self.products = products
            return
        }
        let commonNames = name.attributes.filter { $0.type == .commonName }.compactMap(\.value)
        self.vendors = commonNames.compactMap { Self.value(of: "Mvid:", in: $0) }
        self.products = commonNames.compactMap { Self.value(of: "Mpid:", in: $0) }
    }

    /// The four characters after the prefix's first occurrence.
    private static func value(of prefix: String, in text: String) -> String? {
        var rest = Substring(text)
        while let first = rest.firstIndex(of: "M") {
            rest = rest[first...]
            if rest.hasPrefix(prefix) {
                let value = String(rest.dropFirst(prefix.count).prefix(4))
                return AttributeType.isMatterIdentifier(value) ? value : nil
            }
            rest = rest.dropFirst()
        }
        return nil
    }
}

extension CertificateInput {
    /// `the PAI CN=…`
    fileprivate var matterName: String {
        let kind =
            switch role {
            case .root: "PAA"
            case .intermediate: "PAI"
            case .endEntity, .bundleSigner: "DAC"
            }
        return "the \(kind) \(certificate.subject)"
    }
}
