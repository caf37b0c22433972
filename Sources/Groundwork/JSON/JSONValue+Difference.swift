extension JSONValue {
    /// Where two values differ first, as `operations[1].steps[0].number`; nil where they are the same, and empty where
    /// they differ as a whole.
    ///
    /// Members are looked at in the order of their names.
    public func firstDifference(from other: JSONValue) -> String? {
        guard self != other else { return nil }
        switch (self, other) {
        case (.object(let one), .object(let two)):
            for name in Set(one.keys).union(two.keys).sorted() where one[name] != two[name] {
                guard let first = one[name], let second = two[name] else { return name }
                return Self.joined(name, first.firstDifference(from: second) ?? "")
            }
        case (.array(let one), .array(let two)):
            for index in 0..<max(one.count, two.count) {
                guard index < one.count, index < two.count else { return "[\(index)]" }
                if let place = one[index].firstDifference(from: two[index]) { return Self.joined("[\(index)]", place) }
            }
        default: break
        }
        return ""
    }

    private static func joined(_ name: String, _ place: String) -> String {
        place.isEmpty || place.hasPrefix("[") ? name + place : "\(name).\(place)"
    }
}
