/// One property of a part of a policy, and the sentences that tell a change of it.
struct Facet<Part: Sendable>: Sendable {
    /// The property's name in Swift: a test compares the facets of a part with its properties.
    let property: String
    let say: @Sendable (_ old: Part, _ new: Part) -> [String]

    init(_ property: String, say: @escaping @Sendable (_ old: Part, _ new: Part) -> [String]) {
        self.property = property
        self.say = say
    }

    /// A property that is told by its words: different words are a change.
    init(_ property: String, _ label: String, words: @escaping @Sendable (Part) -> String) {
        self.init(property) { old, new in
            let before = words(old)
            let after = words(new)
            return before == after ? [] : ["\(label) is now \(after), and was \(before)"]
        }
    }

    /// A property that is told elsewhere.
    init(elsewhere property: String) {
        self.init(property) { _, _ in [] }
    }
}

/// How values stand in the sentences.
enum FacetWords {
    static func list(_ items: [String]) -> String { items.isEmpty ? "nothing" : items.joined(separator: ", ") }
    static func optional(_ text: (some CustomStringConvertible)?) -> String { text?.description ?? "nothing" }
    static func answer(_ value: Bool) -> String { value ? "yes" : "no" }
    /// The seats in the order of their roles: their order in the file means nothing.
    static func rule(_ rule: QuorumRule?) -> String {
        guard let rule else { return "nobody" }
        return rule.seats.map(\.description).sorted().joined(separator: ", ")
    }
    static func names(_ attributes: [SubjectAttribute]) -> String {
        list(attributes.map { "\($0.type)=\($0.template)" })
    }

    /// All that the facets find, each sentence after the name of what it is about.
    static func sentences<Part>(_ facets: [Facet<Part>], _ old: Part, _ new: Part, about name: String) -> [String] {
        facets.flatMap { $0.say(old, new) }.map { "\(name): \($0)" }
    }

    /// What came, what went, and what changed among named parts.
    static func sentences<Part>(
        _ facets: [Facet<Part>], _ old: [String: Part], _ new: [String: Part], what: String
    ) -> [String] {
        Set(old.keys).union(new.keys).sorted().flatMap { name -> [String] in
            switch (old[name], new[name]) {
            case (let old?, let new?): return sentences(facets, old, new, about: "\(what) \(name)")
            case (nil, _): return ["\(what) \(name) is new"]
            case (_, nil): return ["\(what) \(name) is gone"]
            }
        }
    }
}
