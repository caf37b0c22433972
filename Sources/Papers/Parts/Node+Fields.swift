/// Fields that are filled in with a pen, or that the record has filled in.
public struct Field: Sendable {
    public var label: String
    /// What stands there already; nil for an empty line.
    public var value: String?
    /// Takes the whole width.
    public var isWide: Bool

    public init(_ label: String, _ value: String? = nil, isWide: Bool = false) {
        self.label = label
        self.value = value
        self.isWide = isWide
    }

    fileprivate var node: Node {
        let line: Node = value.map { .span(.filled, .text($0)) } ?? .span(.blank, .nothing)
        return .element(.div, [.look(isWide ? [.field, .wide] : [.field])], [line, .small(label)])
    }
}

extension Node {
    /// Fields beside each other, as many as fit: a line with the label beneath it.
    public static func fields(_ fields: [Field]) -> Node { .element(.div, [.look([.fields])], fields.map(\.node)) }

    /// Three fields across the whole width, the same at the foot of every step.
    public static func stamp(_ fields: [Field]) -> Node {
        .element(.div, [.look([.fields, .stamp])], fields.map(\.node))
    }

    /// Empty lines to write on.
    public static func emptyLines(_ count: Int) -> Node {
        .box(.lines, (0..<max(0, count)).map { _ in .span(.blank, .nothing) })
    }

    /// A box to tick, and what is ticked.
    public static func tick(_ words: Node) -> Node { .group([.span(.tick, .nothing), words]) }

    /// A place for a person's signature.
    public static func signature(name: String?, role: String?) -> Node {
        .box(
            .signature,
            [.fields([Field("name", name), Field("role", role), Field("signature"), Field("date and time (UTC)")])])
    }
}
