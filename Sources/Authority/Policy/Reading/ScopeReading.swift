import Groundwork
import StrictYAML

extension ScopeField {
    private static let kindKey = YAMLKey.required(
        "kind", YAMLForm<Kind>.choice, "identifier: a short name; year: 2000 to 2099; text: any printable ASCII.")
    private static let valuesKey = YAMLKey.optional(
        "values", allowedForm,
        "The only values that exist: a list, or names with numbers as {tallinn: 2} for {factory-number} in policies.")
    private static let earlyKey = YAMLKey.optional(
        "early", YAMLForm<CalendarDuration>.duration,
        "For kind year: how long before 1 January its certificates may be made. Left out: not before.")
    private static let lateKey = YAMLKey.optional(
        "late", YAMLForm<CalendarDuration>.duration,
        "For kind year: how long after 31 December its certificates may be made. Left out: not after.")

    static let record = YAMLRecord(
        "a scope field",
        [kindKey.description, valuesKey.description, earlyKey.description, lateKey.description])

    /// Names that templates know already.
    private static let reserved = TemplateName.allCases.map(\.rawValue)

    static let form = YAMLForm<[NamedValue<YAMLReader>]>.dictionary(
        keys: .slug, of: .record(record) { reader throws(YAMLError) in reader }, atLeast: 0
    ).map { entries, _ throws(YAMLError) in
        var fields: [String: ScopeField] = [:]
        for entry in entries {
            guard !reserved.contains(entry.name), !entry.name.hasSuffix(numberSuffix) else {
                throw entry.entry.error(
                    "the name \"\(entry.name)\" is taken: templates use it for something else.",
                    remedy: "Choose another; taken are \(reserved.joined(separator: ", ")) and all that end in -number."
                )
            }
            fields[entry.name] = try ScopeField(entry.name, entry.value)
        }
        return fields
    }

    private init(_ name: String, _ reader: YAMLReader) throws(YAMLError) {
        let kind = try reader.read(Self.kindKey)
        let values = try reader.readIfPresent(Self.valuesKey)
        if kind == .year {
            guard values == nil else {
                throw reader.error(at: Self.valuesKey, "years are not listed.", remedy: "Use early and late instead.")
            }
        } else {
            for key in [Self.earlyKey, Self.lateKey] where reader.has(key) {
                throw reader.error(
                    at: key, "only a year has a window, and \"\(name)\" is of kind \(kind.rawValue).",
                    remedy: "Remove the key.")
            }
        }
        if kind == .identifier, let bad = values?.first(where: { !Slug.accepts($0.name) }) {
            throw reader.error(
                at: Self.valuesKey, "\(Quoted(bad.name)) is not an identifier.",
                remedy: "Write 1 to 32 small letters, digits and hyphens, or make the field's kind text.")
        }
        var numbers: [String: Int64] = [:]
        for value in values ?? [] { numbers[value.name] = value.number }
        self.init(
            name: name, kind: kind, allowed: values.map { $0.map(\.name).sorted() }, numbers: numbers,
            early: try reader.readIfPresent(Self.earlyKey), late: try reader.readIfPresent(Self.lateKey))
    }

    /// A value that a field may take.
    private struct Allowed: Sendable {
        let name: String
        let number: Int64?
    }

    private static let numberForm = YAMLForm<Int>.integer(in: 0...2_147_483_647)

    private static let allowedForm = YAMLForm<[Allowed]>(
        schema: .either([
            YAMLForm<[String]>.distinctList(of: .scopeValue).schema,
            YAMLForm<[NamedValue<Int>]>.dictionary(keys: .scopeValue, of: numberForm).schema,
        ])
    ) { node throws(YAMLError) in
        guard case .mapping = node.content else {
            return try YAMLForm<[String]>.distinctList(of: .scopeValue).read(node).map {
                Allowed(name: $0, number: nil)
            }
        }
        var names: [Int: String] = [:]
        var values: [Allowed] = []
        for entry in try YAMLForm<[NamedValue<Int>]>.dictionary(keys: .scopeValue, of: numberForm).read(node) {
            if let other = names.updateValue(entry.name, forKey: entry.value) {
                throw entry.entry.value.error(
                    "\(other) has the number \(entry.value) already.", remedy: "Give every value a number of its own.")
            }
            values.append(Allowed(name: entry.name, number: Int64(entry.value)))
        }
        return values
    }
}
