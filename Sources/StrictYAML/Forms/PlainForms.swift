extension YAMLForm where Value == Bool {
    /// `yes` or `no`; `true` and `false` too. Nothing else, and not in quotes.
    public static let boolean = YAMLForm(schema: .boolean) { node throws(YAMLError) in
        guard case .scalar(let text, true) = node.content else {
            throw node.error("\(node.found) stands where yes or no belongs.", remedy: "Write yes or no without quotes.")
        }
        switch text {
        case "yes", "true": return true
        case "no", "false": return false
        default: throw node.error("\(node.found) stands where yes or no belongs.", remedy: "Write yes or no.")
        }
    }
}

extension YAMLForm where Value == Int {
    /// A whole number in decimal, not in quotes.
    public static func integer(in range: ClosedRange<Int>) -> YAMLForm {
        let remedy = "Write a whole number from \(range.lowerBound) to \(range.upperBound)."
        return YAMLForm(schema: .integer(range)) { node throws(YAMLError) in
            guard case .scalar(let text, true) = node.content, let number = Int(text), String(number) == text else {
                throw node.error("\(node.found) stands where a number belongs.", remedy: remedy)
            }
            guard range.contains(number) else { throw node.error("\(number) is out of range.", remedy: remedy) }
            return number
        }
    }
}

extension YAMLForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the values that exist.
    public static var choice: YAMLForm {
        .choice(Array(Value.allCases))
    }

    /// One of some of the values that exist.
    public static func choice(_ values: [Value]) -> YAMLForm {
        let names = values.map(\.rawValue)
        return YAMLForm<String>.name(among: names, "a value that is known here").map { text, node throws(YAMLError) in
            guard let value = Value(rawValue: text) else { throw node.error("\(node.found) is not known here.") }
            return value
        }
    }
}

extension YAMLForm where Value == String {
    /// One of these names.
    public static func name(among names: [String], _ what: String) -> YAMLForm {
        YAMLForm(schema: .choice(names)) { node throws(YAMLError) in
            let text = try node.text(what)
            guard names.contains(text) else {
                throw node.error(
                    "\(Quoted(text)) is not \(what).", remedy: Suggestion.sentence("Allowed", names, for: text))
            }
            return text
        }
    }
}

extension YAMLNode {
    /// The text of a scalar, plain or quoted; an empty one and a plain `null` are errors. `what` is what belongs here.
    public func text(_ what: String) throws(YAMLError) -> String {
        guard case .scalar(let text, let isPlain) = content else {
            var remedy: String?
            if case .mapping = content { remedy = "A text that begins with { must stand in quotes." }
            throw error("\(found) stands where \(what) belongs.", remedy: remedy)
        }
        guard !text.isEmpty else { throw error("\(found) stands where \(what) belongs.") }
        if isPlain, ["~", "null", "Null", "NULL"].contains(text) {
            throw error("\(found) stands where \(what) belongs.", remedy: "Leave the key out instead.")
        }
        return text
    }
}
