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

    /// The same error, which stands at a place: a file, or a line of it.
    public func at(_ place: String) -> PlanError { PlanError(control, "\(place): \(reason)", advice: advice) }

    public var description: String {
        Sentences.joined("\(control.rawValue): \(reason)", advice)
    }
}
