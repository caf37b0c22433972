import PKIX
import StrictYAML

extension SubjectAttribute {
    /// The attributes that have short names, RFC 4519 and RFC 5280 section 4.1.2.4; vendor and product id of Matter.
    static let oids = [
        ("CN", "2.5.4.3"), ("OU", "2.5.4.11"), ("O", "2.5.4.10"), ("L", "2.5.4.7"), ("ST", "2.5.4.8"),
        ("C", "2.5.4.6"), ("serialNumber", "2.5.4.5"), ("DC", "0.9.2342.19200300.100.1.25"),
        ("UID", "0.9.2342.19200300.100.1.1"), ("VID", "1.3.6.1.4.1.37244.2.1"), ("PID", "1.3.6.1.4.1.37244.2.2"),
    ]

    /// Upper bound of most attributes in RFC 5280 appendix A.1, in characters.
    static let maximumLength = 64

    /// Whether a text may be the value of an attribute.
    static func allows(_ value: String, for type: String) -> Bool {
        if type == "C" {
            return value.utf8.count == 2
                && value.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        }
        if type == "VID" || type == "PID" { return AttributeType.isMatterIdentifier(value) }
        return (1...maximumLength).contains(value.unicodeScalars.count)
    }

    /// What to do about a value that is not allowed.
    static func remedy(for type: String) -> String {
        switch type {
        case "C": "Write two capital letters."
        case "VID", "PID": "Write four of 0-9 and A-F."
        default: "Write 1 to 64 characters."
        }
    }

    private static let names = oids.map(\.0)

    private static let typeForm = YAMLForm<String>(
        schema: .text(
            pattern: "^(\(names.joined(separator: "|"))|[0-2](\\.(0|[1-9][0-9]*))+)$", form: "an attribute of a name")
    ) { node throws(YAMLError) in
        let text = try node.text("an attribute of a name")
        guard names.contains(text) || DottedIdentifier.accepts(text) else {
            throw node.error(
                "\(Quoted(text)) is not an attribute of a name.",
                remedy: Suggestion.sentence("Allowed are dotted object identifiers, and", names, for: text))
        }
        return text
    }

    /// A list of `CN: Acme Device Root {name}`.
    static let form = YAMLForm<[[NamedValue<Template>]]>.list(
        of: .dictionary(keys: typeForm, of: .template)
    ).map { items, _ throws(YAMLError) in
        var attributes: [SubjectAttribute] = []
        for item in items {
            guard let entry = item.first else { continue }
            guard item.count == 1 else {
                throw entry.entry.error(
                    "several attributes stand in one entry of the list.", remedy: "Begin each with a - of its own.")
            }
            let oid = oids.first { $0.0 == entry.name }?.1 ?? entry.name
            attributes.append(SubjectAttribute(type: entry.name, oid: oid, template: entry.value))
        }
        return attributes
    }
}

/// The dotted form of an object identifier.
enum DottedIdentifier {
    /// At least two arcs, no leading zeros, the first two as X.660 allows them, none beyond 2^31 - 1.
    static func accepts(_ text: String) -> Bool {
        let arcs = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (2...32).contains(arcs.count) else { return false }
        var numbers: [Int32] = []
        for arc in arcs {
            guard let number = Int32(arc), number >= 0, String(number) == arc else { return false }
            numbers.append(number)
        }
        return numbers[0] <= 1 ? numbers[1] <= 39 : numbers[0] == 2
    }
}
