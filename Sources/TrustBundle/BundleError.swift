/// Why a bundle is refused, or cannot be made.
///
/// `description` names the control, then says in one sentence what is wrong and, where known, in a second what to do.
public struct BundleError: Error, Hashable, Sendable, CustomStringConvertible {
    public let control: BundleControl
    /// One sentence: what is wrong, and where.
    public let reason: String
    /// One sentence: what to do about it, where known.
    public let advice: String?

    public init(_ control: BundleControl, _ reason: String, advice: String? = nil) {
        self.control = control
        self.reason = reason
        self.advice = advice
    }

    public var description: String {
        let sentence = "\(control.rawValue): \(reason)"
        return advice.map { "\(sentence) \($0)" } ?? sentence
    }
}
