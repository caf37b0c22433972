/// How much a finding weighs.
public enum LintSeverity: String, CaseIterable, Hashable, Sendable, Comparable {
    /// Worth knowing; often deliberate.
    case notice
    /// Should be changed unless there is a reason.
    case warning
    /// Must not be issued.
    case error

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .notice: 0
        case .warning: 1
        case .error: 2
        }
    }
}

/// What a rule found in one certificate or CRL.
public struct LintFinding: Hashable, Sendable, CustomStringConvertible {
    /// The rule's name, such as `RFC5280-SERIAL-POSITIVE`.
    public let rule: String
    public let severity: LintSeverity
    /// The document and section that the rule comes from.
    public let source: String
    /// One sentence that says what is wrong and with what.
    public let message: String

    public init(rule: String, severity: LintSeverity, source: String, message: String) {
        self.rule = rule
        self.severity = severity
        self.source = source
        self.message = message
    }

    /// Whether the rule is there for the sake of stacks on devices.
    public var isAboutDevices: Bool { LintRule.isAboutDevices(rule) }

    public var description: String { "\(severity.rawValue) \(rule): \(message) [\(source)]" }
}
