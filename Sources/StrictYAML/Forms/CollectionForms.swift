extension YAMLForm {
    /// A list of values of one form.
    public static func list<Element>(of element: YAMLForm<Element>, atLeast minimum: Int = 1) -> YAMLForm
    where Value == [Element] {
        YAMLForm(schema: .list(element.schema, minimum: minimum)) { node throws(YAMLError) in
            guard case .list(let items) = node.content else {
                throw node.error("\(node.found) stands where a list belongs.", remedy: "Write [a, b] or lines with - .")
            }
            guard items.count >= minimum else {
                throw node.error("the list has \(items.count) values.", remedy: "At least \(minimum) must stand here.")
            }
            var values: [Element] = []
            values.reserveCapacity(items.count)
            for item in items { values.append(try element.read(item)) }
            return values
        }
    }

    /// A list in which nothing stands twice.
    public static func distinctList<Element: Hashable>(of element: YAMLForm<Element>, atLeast minimum: Int = 1)
        -> YAMLForm where Value == [Element]
    {
        YAMLForm<[Placed<Element>]>.list(of: element.placed, atLeast: minimum).map { items, _ throws(YAMLError) in
            var seen: Set<Element> = []
            for item in items where !seen.insert(item.value).inserted {
                throw item.node.error("\(item.node.found) stands in the list twice.", remedy: "Remove one of them.")
            }
            return items.map(\.value)
        }
    }

    /// A mapping whose keys are names of the file's own choice, in the order of the file.
    public static func dictionary<Element>(
        keys: YAMLForm<String>, of element: YAMLForm<Element>, atLeast minimum: Int = 1
    ) -> YAMLForm where Value == [NamedValue<Element>] {
        YAMLForm(schema: .dictionary(key: keys.schema, value: element.schema, minimum: minimum)) {
            node throws(YAMLError) in
            guard case .mapping(let entries) = node.content else {
                throw node.error(
                    "\(node.found) stands where a mapping belongs.", remedy: "Write lines of the form name: value.")
            }
            guard entries.count >= minimum else {
                throw node.error(
                    "the mapping has \(entries.count) entries.", remedy: "At least \(minimum) must stand here.")
            }
            var values: [NamedValue<Element>] = []
            values.reserveCapacity(entries.count)
            for entry in entries {
                let key = YAMLNode(
                    file: node.file, path: entry.value.path, mark: entry.keyMark,
                    range: entry.value.range.lowerBound..<entry.value.range.lowerBound,
                    content: .scalar(entry.key, isPlain: false))
                values.append(
                    NamedValue(name: try keys.read(key), value: try element.read(entry.value), entry: entry))
            }
            return values
        }
    }

    /// Either of two forms, told apart by whether the value is a scalar.
    public static func either(scalar: YAMLForm<Value>, otherwise other: YAMLForm<Value>) -> YAMLForm {
        YAMLForm(schema: .either([scalar.schema, other.schema])) { node throws(YAMLError) in
            if case .scalar = node.content { return try scalar.read(node) }
            return try other.read(node)
        }
    }
}

/// An entry of a mapping whose keys are names.
public struct NamedValue<Value: Sendable>: Sendable {
    public let name: String
    public let value: Value
    /// The entry, for errors.
    public let entry: YAMLEntry
}
