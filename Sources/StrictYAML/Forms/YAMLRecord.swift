/// What a mapping with known keys may hold.
public struct YAMLRecord: Sendable {
    /// What the mapping is, as a phrase: `a token`.
    public let summary: String
    public let keys: [YAMLKeyDescription]

    public init(_ summary: String, _ keys: [YAMLKeyDescription]) {
        self.summary = summary
        self.keys = keys
    }

    /// The same with the key in front that decides between variants.
    func adding(key: String) -> YAMLRecord {
        let deciding = YAMLKeyDescription(name: key, summary: "", schema: .boolean, isRequired: true, fallback: nil)
        return YAMLRecord(summary, [deciding] + keys)
    }
}

/// A key of a record, whatever its value.
public struct YAMLKeyDescription: Sendable {
    public let name: String
    /// One or more sentences, shown by editors.
    public let summary: String
    public let schema: YAMLSchema
    public let isRequired: Bool
    /// What holds when the key is left out, as a phrase; nil: nothing.
    public let fallback: String?
}

/// A key of a record whose value has a form.
public struct YAMLKey<Value: Sendable>: Sendable {
    public let name: String
    let form: YAMLForm<Value>
    let summary: String
    let presence: Presence

    enum Presence: Sendable {
        case required
        case optional
        case fallback(Value, String)
    }

    private init(name: String, form: YAMLForm<Value>, summary: String, presence: Presence) {
        self.name = name
        self.form = form
        self.summary = summary
        self.presence = presence
    }

    /// A key that must be there.
    public static func required(_ name: String, _ form: YAMLForm<Value>, _ summary: String) -> YAMLKey {
        YAMLKey(name: name, form: form, summary: summary, presence: .required)
    }

    /// A key that may be left out.
    public static func optional(_ name: String, _ form: YAMLForm<Value>, _ summary: String) -> YAMLKey {
        YAMLKey(name: name, form: form, summary: summary, presence: .optional)
    }

    /// A key that means `value`, written as `text`, when it is left out.
    public static func standard(
        _ name: String, _ form: YAMLForm<Value>, _ value: Value, as text: String, _ summary: String
    ) -> YAMLKey {
        YAMLKey(name: name, form: form, summary: summary, presence: .fallback(value, text))
    }

    public var description: YAMLKeyDescription {
        switch presence {
        case .required:
            YAMLKeyDescription(name: name, summary: summary, schema: form.schema, isRequired: true, fallback: nil)
        case .optional:
            YAMLKeyDescription(name: name, summary: summary, schema: form.schema, isRequired: false, fallback: nil)
        case .fallback(_, let text):
            YAMLKeyDescription(name: name, summary: summary, schema: form.schema, isRequired: false, fallback: text)
        }
    }
}
