/// How a value is written: what the schema says about it, and how it is read. One description serves both, so that an
/// editor never allows what the reader refuses.
public struct YAMLForm<Value: Sendable>: Sendable {
    /// The form as JSON Schema sees it.
    public let schema: YAMLSchema
    let body: @Sendable (YAMLNode) throws(YAMLError) -> Value

    public init(schema: YAMLSchema, read: @escaping @Sendable (YAMLNode) throws(YAMLError) -> Value) {
        self.schema = schema
        body = read
    }

    /// Reads a value, or says what is wrong with it.
    public func read(_ node: YAMLNode) throws(YAMLError) -> Value { try body(node) }

    /// The same form, read into something else.
    public func map<Other: Sendable>(
        _ transform: @escaping @Sendable (Value, YAMLNode) throws(YAMLError) -> Other
    ) -> YAMLForm<Other> {
        let body = body
        return YAMLForm<Other>(schema: schema) { node throws(YAMLError) in try transform(try body(node), node) }
    }

    /// The value with its place, for checks that need the whole file.
    public var placed: YAMLForm<Placed<Value>> { map { value, node in Placed(value: value, node: node) } }
}

/// A value and where it was read.
public struct Placed<Value: Sendable>: Sendable {
    public let value: Value
    public let node: YAMLNode

    public init(value: Value, node: YAMLNode) {
        self.value = value
        self.node = node
    }
}
