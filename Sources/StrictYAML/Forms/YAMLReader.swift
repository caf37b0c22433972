/// Reads a mapping with known keys. Unknown and missing keys are found before any value is read.
public struct YAMLReader: Sendable {
    public let node: YAMLNode
    private let entries: [String: YAMLEntry]

    /// Throws for anything but a mapping, for a key that is not in the record, and for a required key that is missing.
    public init(_ node: YAMLNode, record: YAMLRecord) throws(YAMLError) {
        guard case .mapping(let entries) = node.content else {
            throw node.error(
                "\(node.found) stands where \(record.summary) belongs.", remedy: "Write lines of the form key: value.")
        }
        let names = record.keys.map(\.name)
        for entry in entries where !names.contains(entry.key) {
            throw YAMLError(
                file: node.file, mark: entry.keyMark, path: node.path,
                problem: "there is no key \(Quoted(entry.key)) in \(record.summary).",
                remedy: Suggestion.sentence("Keys here", names, for: entry.key))
        }
        self.node = node
        self.entries = Dictionary(entries.map { ($0.key, $0) }) { first, _ in first }
        for key in record.keys where key.isRequired && self.entries[key.name] == nil {
            throw node.error("the key \"\(key.name)\" is missing in \(record.summary).", remedy: key.summary)
        }
    }

    /// The value of a required key, or of one with a standard value.
    public func read<Value>(_ key: YAMLKey<Value>) throws(YAMLError) -> Value {
        if let entry = entries[key.name] { return try key.form.read(entry.value) }
        guard case .fallback(let value, _) = key.presence else {
            throw node.error("the key \"\(key.name)\" is missing.", remedy: key.summary)
        }
        return value
    }

    /// The value of a key that may be left out.
    public func readIfPresent<Value>(_ key: YAMLKey<Value>) throws(YAMLError) -> Value? {
        guard let entry = entries[key.name] else {
            guard case .fallback(let value, _) = key.presence else { return nil }
            return value
        }
        return try key.form.read(entry.value)
    }

    /// Whether a key stands in the file.
    public func has<Value>(_ key: YAMLKey<Value>) -> Bool { entries[key.name] != nil }

    /// An error at a key's value, or at the mapping when the key is left out.
    public func error<Value>(
        at key: YAMLKey<Value>, _ problem: String, remedy: String? = nil, control: String? = nil
    ) -> YAMLError {
        guard let entry = entries[key.name] else { return node.error(problem, remedy: remedy, control: control) }
        guard case .scalar = entry.value.content else {
            return entry.error(problem, remedy: remedy, control: control)
        }
        return entry.value.error(problem, remedy: remedy, control: control)
    }
}
