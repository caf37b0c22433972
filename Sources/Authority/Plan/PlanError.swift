/// Why a plan cannot be made, read or run.
///
/// `control` is the name of the rule that does not hold, as in docs/assurance-case.md.
public struct PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    public var control: Control
    /// What is wrong and where: one sentence without a full stop.
    public var reason: String
    /// What to do: one sentence without a full stop.
    public var advice: String?

    public init(_ control: Control, _ reason: String, advice: String? = nil) {
        self.control = control
        self.reason = reason
        self.advice = advice
    }

    public var description: String {
        "\(control.rawValue): \(reason.withFullStop)" + (advice.map { " \($0.withFullStop)" } ?? "")
    }
}
