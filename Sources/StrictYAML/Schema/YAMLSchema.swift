import Groundwork

/// What JSON Schema can say about a form.
public indirect enum YAMLSchema: Sendable {
    /// A text that the pattern matches; `form` is what it is, as a phrase.
    case text(pattern: String, form: String)
    /// Digits that a YAML parser takes for a number, but that are read as text.
    case textOrInteger(pattern: String, form: String)
    case integer(ClosedRange<Int>)
    case boolean
    case choice([String])
    case list(YAMLSchema, minimum: Int)
    case dictionary(key: YAMLSchema, value: YAMLSchema, minimum: Int)
    case record(YAMLRecord)
    case variants(key: String, [(name: String, record: YAMLRecord)])
    case either([YAMLSchema])

    /// The schema of a whole file, JSON Schema draft 7: the one that editors' YAML servers know best.
    public func document(title: String, description: String) -> JSONValue {
        var members = self.members
        members["$schema"] = "http://json-schema.org/draft-07/schema#"
        members["title"] = .string(title)
        members["description"] = .string(description)
        return .object(members)
    }

    var json: JSONValue { .object(members) }

    private var members: [String: JSONValue] {
        switch self {
        case .text(let pattern, let form):
            ["type": "string", "pattern": .string(pattern), "description": .string(form)]
        case .textOrInteger(let pattern, let form):
            ["type": ["string", "integer"], "pattern": .string(pattern), "description": .string(form)]
        case .integer(let range):
            [
                "type": "integer", "minimum": .integer(Int64(range.lowerBound)),
                "maximum": .integer(Int64(range.upperBound)),
            ]
        case .boolean:
            // yes and no are truth values to a YAML 1.1 parser and texts to a YAML 1.2 one.
            ["enum": [true, false, "yes", "no"]]
        case .choice(let names):
            ["enum": .array(names.map { .string($0) })]
        case .list(let element, let minimum):
            ["type": "array", "items": element.json, "minItems": .integer(Int64(minimum))]
        case .dictionary(let key, let value, let minimum):
            [
                "type": "object", "propertyNames": key.json, "additionalProperties": value.json,
                "minProperties": .integer(Int64(minimum)),
            ]
        case .record(let record): Self.members(of: record)
        case .variants(let key, let variants):
            ["oneOf": .array(variants.map { Self.variant(key: key, name: $0.name, record: $0.record) })]
        case .either(let forms):
            ["anyOf": .array(forms.map(\.json))]
        }
    }

    private static func members(of record: YAMLRecord) -> [String: JSONValue] {
        var properties: [String: JSONValue] = [:]
        for key in record.keys {
            var members = key.schema.members
            members["description"] = .string(key.summary + (key.fallback.map { " Standard: \($0)." } ?? ""))
            properties[key.name] = .object(members)
        }
        return [
            "type": "object", "description": .string(record.summary), "additionalProperties": false,
            "properties": .object(properties),
            "required": .array(record.keys.filter(\.isRequired).map { .string($0.name) }),
        ]
    }

    private static func variant(key: String, name: String, record: YAMLRecord) -> JSONValue {
        var members = members(of: record)
        var properties = members["properties"]?.object ?? [:]
        properties[key] = ["const": .string(name)]
        members["properties"] = .object(properties)
        members["required"] = .array([.string(key)] + (members["required"]?.array ?? []))
        return .object(members)
    }
}
