/// What a certificate is meant to be.
public enum LintRole: String, CaseIterable, Hashable, Sendable {
    case root
    case intermediate
    case endEntity
    /// The end entity that signs trust-anchor bundles.
    case bundleSigner

    var isCA: Bool { self == .root || self == .intermediate }
}

/// What a rule is applied to.
public enum LintSubject: Hashable, Sendable, CustomStringConvertible {
    case certificate(LintRole)
    case certificateList
    case bundle

    public var description: String {
        switch self {
        case .certificate(let role): role.rawValue
        case .certificateList: "CRL"
        case .bundle: "bundle"
        }
    }
}

/// One demand on certificates or CRLs. Its name is the same in code, findings, documentation and tests.
public struct LintRule: Sendable {
    public let name: String
    public let severity: LintSeverity
    /// Document and section; for what devices do, the implementation that does it.
    public let source: String
    public let appliesTo: [LintSubject]
    /// What the rule demands, one sentence.
    public let demand: String
    let check: Check

    enum Check: Sendable {
        /// The rule that is broken when the object cannot be read at all.
        case reading
        case certificate(@Sendable (CertificateInput) -> [String])
        case certificateList(@Sendable (CertificateListInput) -> [String])
        case bundle(@Sendable (BundleInput) -> [String])
        /// Judges one entry of a CRL: a message without a subject, such as `has a negative serial number`.
        case entry(@Sendable (LintedEntry, CertificateListInput) -> String?)
    }

    /// Whether the rule is there for the sake of stacks on devices.
    public var isAboutDevices: Bool { Self.isAboutDevices(name) }

    static func isAboutDevices(_ name: String) -> Bool { name.hasPrefix("DEVICE-") || name.hasPrefix("MATTER-") }

    func finding(_ message: String) -> LintFinding {
        LintFinding(rule: name, severity: severity, source: source, message: message)
    }

    static let allRoles = LintRole.allCases
    static let authorities: [LintRole] = [.root, .intermediate]
    static let notRoot: [LintRole] = [.intermediate, .endEntity, .bundleSigner]

    static func certificate(
        _ name: String, _ severity: LintSeverity, _ source: String, _ demand: String,
        _ check: @escaping @Sendable (CertificateInput) -> [String]
    ) -> LintRule {
        certificate(name, severity, source, allRoles, demand, check)
    }

    static func certificate(
        _ name: String, _ severity: LintSeverity, _ source: String, _ roles: [LintRole], _ demand: String,
        _ check: @escaping @Sendable (CertificateInput) -> [String]
    ) -> LintRule {
        LintRule(
            name: name, severity: severity, source: source, appliesTo: roles.map(LintSubject.certificate),
            demand: demand, check: .certificate(check))
    }

    static func list(
        _ name: String, _ severity: LintSeverity, _ source: String, _ demand: String,
        _ check: @escaping @Sendable (CertificateListInput) -> [String]
    ) -> LintRule {
        LintRule(
            name: name, severity: severity, source: source, appliesTo: [.certificateList], demand: demand,
            check: .certificateList(check))
    }

    static func entry(
        _ name: String, _ severity: LintSeverity, _ source: String, _ demand: String,
        _ check: @escaping @Sendable (LintedEntry, CertificateListInput) -> String?
    ) -> LintRule {
        LintRule(
            name: name, severity: severity, source: source, appliesTo: [.certificateList], demand: demand,
            check: .entry(check))
    }
}
