/// Rules made from what is known of stacks on devices: one for each ``DeviceFeature``. This looks for the features; what
/// happens then, and where, is said by ``DeviceStack``.
enum DeviceRules {
    static let certificates = DeviceFeature.allCases.compactMap { feature -> LintRule? in
        guard let look = look(for: feature) else { return nil }
        return rule(feature, .certificate { input in
            outcomes(of: feature, in: input.context, "the certificate \(input.certificate.subject)") { look(input, $0) }
        })
    }

    static let certificateLists = DeviceFeature.allCases.compactMap { feature -> LintRule? in
        guard let look = lookInList(for: feature) else { return nil }
        return rule(feature, .certificateList { input in
            outcomes(of: feature, in: input.context, "the CRL of \(input.list.issuer)") { look(input, $0) }
        })
    }

    static let bundles = DeviceFeature.allCases.compactMap { feature -> LintRule? in
        guard let look = lookInBundle(for: feature) else { return nil }
        return rule(feature, .bundle { input in
            outcomes(of: feature, in: input.context, input.bundle.name) { look(input.bundle, $0) }
        })
    }

    private static func rule(_ feature: DeviceFeature, _ check: LintRule.Check) -> LintRule {
        LintRule(
            name: feature.rawValue, severity: feature.severity, source: feature.source, appliesTo: feature.subjects,
            demand: feature.demand, check: check)
    }

    /// One sentence for all the targets that do the same.
    ///
    /// - Parameter look: what is found, given the stack's limit; several finds make several sentences.
    private static func outcomes(
        of feature: DeviceFeature, in context: LintContext, _ object: String, _ look: (Int) -> [String]
    ) -> [String] {
        var sentences: [(text: String, stacks: [DeviceStack])] = []
        for (stack, fact) in feature.facts where context.targets.contains(stack) {
            for found in look(fact.limit ?? 0) {
                let text = fact.outcome.filling("{found}", with: found).filling("{object}", with: object)
                    .filling("{limit}", with: fact.limit.map(String.init) ?? "")
                if let index = sentences.firstIndex(where: { $0.text == text }) {
                    sentences[index].stacks.append(stack)
                } else {
                    sentences.append((text, [stack]))
                }
            }
        }
        return sentences.map { "On \(DeviceStack.words($0.stacks)), \($0.text)." }
    }

    private typealias Look<Input> = @Sendable (Input, _ limit: Int) -> [String]

    private static func found(_ condition: Bool) -> [String] { condition ? [""] : [] }

    private static func look(for feature: DeviceFeature) -> Look<CertificateInput>? {
        switch feature {
        case .criticalPolicies: { input, _ in found(input.isCritical(CertificatePolicies.identifier)) }
        case .criticalNameConstraints: { input, _ in found(input.isCritical(NameConstraints.identifier)) }
        case .criticalDirectoryConstraints:
            { input, _ in found(input.isCritical(NameConstraints.identifier) && input.constrainsDirectory) }
        case .directoryConstraints: { input, _ in found(input.constrainsDirectory) }
        case .idleNameConstraints:
            { input, _ in
                found(input.has(NameConstraints.identifier) && !input.isCritical(NameConstraints.identifier))
            }
        case .idleDirectoryConstraints: { input, _ in found(input.constrainsDirectory) }
        case .idleAuthorityPurposes: { input, _ in found(input.has(ExtendedKeyUsage.identifier)) }
        case .idleAnchorPathLength: { input, _ in found(input.basicConstraints?.pathLength != nil) }
        case .longPath:
            { input, limit in
                guard let length = input.basicConstraints?.pathLength, length > limit else { return [] }
                return ["\(length)"]
            }
        case .rootSubjectReused:
            { input, _ in found(input.context.earlierRootSubjects.contains(input.certificate.subject)) }
        case .ed25519Key: { input, _ in found(input.key?.kind == .ed25519) }
        case .rsa4096Key: { input, _ in found(input.key?.kind == .rsa4096) }
        case .ed25519Signature: { input, _ in found(input.certificate.innerAlgorithm.signatureAlgorithm == .ed25519) }
        case .pssSignature: { input, _ in found(input.certificate.innerAlgorithm.isPSS) }
        default: nil
        }
    }

    private static func lookInList(for feature: DeviceFeature) -> Look<CertificateListInput>? {
        switch feature {
        case .listEd25519Signature: { input, _ in found(input.list.innerAlgorithm.signatureAlgorithm == .ed25519) }
        case .listPSSSignature: { input, _ in found(input.list.innerAlgorithm.isPSS) }
        case .listCriticalExtension: { input, _ in input.extensions.filter(\.isCritical).map(\.name) }
        case .listScopeIgnored: { input, _ in found(input.extensions.first(IssuingDistributionPoint.identifier) != nil) }
        case .listWithoutNextUpdate: { input, _ in found(input.list.nextUpdate == nil) }
        case .listSize:
            { input, limit in
                let count = input.context.listEntryCount ?? input.list.entryCount
                return count >= limit ? ["\(count)"] : []
            }
        case .listNumber:
            { input, _ in
                guard let number = input.number, let first = number.first, first < 0x80, number.count > 4 else { return [] }
                return ["0x\(lintHex(number))"]
            }
        case .listExtensionOrder:
            { input, _ in
                let expected = [AuthorityKeyIdentifier.identifier, CRLNumber.identifier]
                let identifiers = input.extensions.map(\.identifier)
                return found(expected.allSatisfy(identifiers.contains) && !identifiers.starts(with: expected))
            }
        case .listAuthorityCertificate:
            { input, _ in found(input.authorityKeyIdentifier?.namesIssuerOrSerial == true) }
        default: nil
        }
    }

    private static func lookInBundle(for feature: DeviceFeature) -> Look<LintedBundle>? {
        switch feature {
        case .bundleSubjectTwice:
            { bundle, _ in
                var names: [DistinguishedName: String] = [:]
                return bundle.anchors.compactMap { anchor in
                    guard let subject = anchor.certificate?.tbs.subject else { return nil }
                    defer { names[subject] = names[subject] ?? anchor.name }
                    return names[subject].map { "the anchors \($0) and \(anchor.name)" }
                }
            }
        case .bundleListMissing:
            { bundle, _ in
                guard let listed = bundle.listedKeys else { return [] }
                return (bundle.anchors + bundle.intermediates).filter { !listed.contains($0.keyIdentifier) }.map(\.name)
            }
        case .bundleListsUnread: { bundle, _ in found(bundle.listedKeys?.isEmpty == false) }
        case .bundleAnchorFieldsIgnored:
            { bundle, _ in
                let names = bundle.anchors.filter { $0.certificate != nil }.map(\.name)
                guard let last = names.last else { return [] }
                return [names.count == 1 ? "the anchor \(last)" : "the \(names.count) anchors"]
            }
        case .bundleBareKey:
            { bundle, _ in bundle.anchors.filter { $0.certificate == nil }.map { "the anchor \($0.name)" } }
        case .bundleIntermediatesUnused: { bundle, _ in found(!bundle.intermediates.isEmpty) }
        case .bundleAnchorCount:
            { bundle, limit in bundle.anchors.count > limit ? ["\(bundle.anchors.count)"] : [] }
        default: nil
        }
    }
}

extension CertificateInput {
    /// Whether nameConstraints permit or exclude a directoryName.
    fileprivate var constrainsDirectory: Bool {
        guard has(NameConstraints.identifier), let value = value(NameConstraints.self) else { return false }
        return (value.permitted + value.excluded).contains { if case .directoryName = $0 { true } else { false } }
    }
}

extension AlgorithmIdentifier {
    fileprivate var isPSS: Bool { signatureAlgorithm == .rsaPSSSHA256 || signatureAlgorithm == .rsaPSSSHA384 }
}
