import Groundwork
import StrictYAML

extension ScopeField {
    /// What ends the name of a field in templates when its number is meant: `{factory-number}`.
    static let numberSuffix = "-number"

    /// The years that a field of kind year knows.
    static let years = 2000...2099

    /// Throws unless the field may have this value.
    public func check(_ value: String) throws(ScopeError) {
        if let allowed {
            guard allowed.contains(value) else {
                var advice = "The policy knows \(allowed.joined(separator: ", "))"
                if let nearest = NearestName.nearest(to: value, among: allowed) { advice += "; nearest is \(nearest)" }
                throw ScopeError(
                    .scopeKnown, field: name, "there is no \(name) \(Quoted(value)) in the policy", advice: advice)
            }
            return
        }
        switch kind {
        case .identifier:
            guard Slug.accepts(value) else {
                throw ScopeError(
                    .scopeKnown, field: name, "\(Quoted(value)) is not the name of a \(name)",
                    advice: "Write 1 to 32 small letters, digits and hyphens, no hyphen at either end")
            }
        case .year:
            guard value.utf8.count == 4, let year = Int(value), Self.years.contains(year) else {
                throw ScopeError(
                    .scopeKnown, field: name, "\(Quoted(value)) is not a year",
                    advice: "Write a year from \(Self.years.lowerBound) to \(Self.years.upperBound)")
            }
        case .text:
            guard Self.isText(value) else {
                throw ScopeError(
                    .scopeKnown, field: name, "\(Quoted(value)) cannot be the value of \(name)",
                    advice: "Write 1 to 64 printable ASCII characters, no blank at either end")
            }
        }
    }

    /// Whether a field of kind text may have this value.
    static func isText(_ value: String) -> Bool {
        (1...64).contains(value.utf8.count) && value.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            && value.utf8.first != 0x20 && value.utf8.last != 0x20
    }

    /// The window of a year: from `early` before 1 January, 00:00:00, to `late` after 31 December, 23:59:59 UTC.
    public func window(_ value: String) throws(ScopeError) -> YearWindow {
        try check(value)
        guard let year = Int(value), let first = Timestamp(year: year, month: 1, day: 1),
            let last = Timestamp(year: year, month: 12, day: 31, hour: 23, minute: 59, second: 59)
        else { throw ScopeError(.scopeKnown, field: name, "\(Quoted(value)) is not a year") }
        return YearWindow(
            year: year, opens: early.map { first.subtracting($0) ?? .earliest } ?? first,
            closes: late.map { last.adding($0) ?? .latest } ?? last)
    }
}
