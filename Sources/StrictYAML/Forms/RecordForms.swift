extension YAMLForm {
    /// A mapping with known keys.
    public static func record(
        _ record: YAMLRecord, read: @escaping @Sendable (YAMLReader) throws(YAMLError) -> Value
    ) -> YAMLForm {
        YAMLForm(schema: .record(record)) { node throws(YAMLError) in
            try read(try YAMLReader(node, record: record))
        }
    }

    /// A mapping whose other keys depend on the value of one of them.
    public static func variants(_ key: String, _ variants: [YAMLVariant<Value>]) -> YAMLForm {
        YAMLForm(schema: .variants(key: key, variants.map { ($0.name, $0.record) })) { node throws(YAMLError) in
            let names = variants.map(\.name)
            guard case .mapping(let entries) = node.content else {
                throw node.error("\(node.found) stands where a mapping belongs.")
            }
            guard let entry = entries.first(where: { $0.key == key }) else {
                throw node.error(
                    "the key \"\(key)\" is missing.", remedy: "Add it; its values: \(names.joined(separator: ", ")).")
            }
            let name = try YAMLForm<String>.name(among: names, "a value that is known here").read(entry.value)
            guard let variant = variants.first(where: { $0.name == name }) else {
                throw entry.value.error("\(Quoted(name)) is not known here.")
            }
            return try variant.read(try YAMLReader(node, record: variant.record.adding(key: key)))
        }
    }
}

/// One of the shapes of a mapping.
public struct YAMLVariant<Value: Sendable>: Sendable {
    let name: String
    let record: YAMLRecord
    let read: @Sendable (YAMLReader) throws(YAMLError) -> Value

    /// `name` is the value of the deciding key; `record` has the other keys.
    public init(
        _ name: String, _ record: YAMLRecord, read: @escaping @Sendable (YAMLReader) throws(YAMLError) -> Value
    ) {
        self.name = name
        self.record = record
        self.read = read
    }
}
