import StrictYAML

/// Why a certificate cannot be made for a scope, or at a time.
public struct ScopeError: Error, Hashable, Sendable, CustomStringConvertible {
    public let control: Control
    /// The scope field that is wrong; nil when it is not about one.
    public let field: String?
    /// What is wrong: one sentence without a full stop.
    public let reason: String
    /// What is allowed, and what was probably meant: one sentence without a full stop.
    public let advice: String?

    init(_ control: Control, field: String? = nil, _ reason: String, advice: String? = nil) {
        self.control = control
        self.field = field
        self.reason = reason
        self.advice = advice
    }

    public var description: String {
        "\(control.rawValue): \(reason)." + (advice.map { " \($0)." } ?? "")
    }

    /// The same error at its place in a file; `path` is that of the scope.
    func placed(in source: SourceMap, at path: String) -> YAMLError {
        let place = field.map { "\(path).\($0)" } ?? path
        return source.error(
            at: source.marks[place] == nil ? path : place, reason + ".", remedy: advice.map { $0 + "." },
            control: control.rawValue)
    }
}
