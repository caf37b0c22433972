import Groundwork
import Papers

/// One step of a script: who does it, what is said and typed, what is seen, and where the times are entered.
struct ScriptStep {
    var title: String
    var who: String
    /// For references to the step; its number is one, too.
    var id: String?
    /// What is said aloud.
    var says: [Node] = []
    /// What is typed, exactly.
    var types: [String] = []
    /// What the screen or the world must show.
    var sees: [Node] = []
    /// What goes line by line, across the whole width.
    var table: Node?
    /// What is entered beside time and initials.
    var fields: [Field] = []

    init(_ title: String, who: String, id: String? = nil) {
        self.title = title
        self.who = who
        self.id = id
    }

    func node(number: Int) -> Node {
        var children: [Node] = [
            .box(.stepHead, [.span(.number, "\(number)"), .h3(.text(title)), .span(.who, .text(who))])
        ]
        if !says.isEmpty { children.append(.box(.say, [.h4("is said")] + says.map { .p($0) })) }
        if !types.isEmpty {
            children.append(.box(.type, [.h4("is typed")] + types.map { .p(.code($0)) }))
        }
        if !sees.isEmpty { children.append(.box(.see, [.h4("must be seen")] + sees.map(Self.paragraph))) }
        if let table { children.append(table) }
        if !fields.isEmpty { children.append(.fields(fields)) }
        children.append(
            .stamp([Field("time (UTC)"), Field("initials, administrator"), Field("initials, witness")]))
        let anchor = Node.element(.article, [.id(Anchor("step-\(number)")), .look([.step])], children)
        return id.map { .element(.div, [.id(Anchor($0))], [anchor]) } ?? anchor
    }

    /// Tables and lists stand for themselves.
    private static func paragraph(_ node: Node) -> Node {
        if case .element(let tag, _, _) = node, tag == .table || tag == .ul || tag == .div { return node }
        return .p(node)
    }
}
