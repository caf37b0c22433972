import Groundwork

/// Elements by their names. Words in them are given as string literals or with `.text`.
extension Node {
    public static func section(id: String, look: Look? = nil, _ children: [Node]) -> Node {
        .element(.section, [.id(Anchor(id))] + (look.map { [.look([$0])] } ?? []), children)
    }

    public static func box(_ look: Look, _ children: [Node]) -> Node { .element(.div, [.look([look])], children) }

    public static func h1(_ children: Node...) -> Node { .element(.h1, [], children) }
    public static func h2(_ children: Node...) -> Node { .element(.h2, [], children) }
    public static func h3(_ children: Node...) -> Node { .element(.h3, [], children) }
    public static func h4(_ children: Node...) -> Node { .element(.h4, [], children) }
    public static func p(_ children: Node...) -> Node { .element(.p, [], children) }
    public static func p(_ look: Look, _ children: Node...) -> Node { .element(.p, [.look([look])], children) }
    public static func span(_ look: Look, _ children: Node...) -> Node { .element(.span, [.look([look])], children) }
    public static func strong(_ text: String) -> Node { .element(.strong, [], [.text(text)]) }
    public static func em(_ text: String) -> Node { .element(.em, [], [.text(text)]) }
    public static func small(_ text: String) -> Node { .element(.small, [], [.text(text)]) }
    /// What a program says or is told: digests, paths, commands.
    public static func code(_ text: String) -> Node { .element(.code, [], [.text(text)]) }
    /// A reference to another place on the page.
    public static func link(_ text: String, to id: String) -> Node {
        .element(.a, [.place(Anchor(id))], [.text(text)])
    }
    /// A reference to a file beside the page; plain words where the path is not a plain one.
    public static func file(_ text: String, at path: String) -> Node {
        SitePath(path).map { .element(.a, [.file($0)], [.text(text)]) } ?? .text(text)
    }
    public static func time(_ text: String, _ moment: Timestamp) -> Node {
        .element(.time, [.moment(moment)], [.text(text)])
    }
    public static func list(_ items: [Node]) -> Node { .element(.ul, [], items.map { .element(.li, [], [$0]) }) }
    public static func numbered(_ items: [Node]) -> Node { .element(.ol, [], items.map { .element(.li, [], [$0]) }) }

    /// Lines one beneath the other.
    public static func lines(_ lines: [Node]) -> Node {
        .group(lines.enumerated().flatMap { $0.offset == 0 ? [$0.element] : [.element(.br, [], []), $0.element] })
    }

    public static let nothing = Node.group([])
}
