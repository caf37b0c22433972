import Groundwork

/// Writes nodes as markup that is HTML and well-formed XML at once, so that any parser of either reads it.
struct Writer {
    private(set) var text = ""

    mutating func write(_ node: Node) {
        switch node {
        case .text(let words): text += Self.escaped(words)
        case .group(let nodes): for node in nodes { write(node) }
        case .element(let tag, let attributes, let children):
            text += "<\(tag.rawValue)"
            if tag == .svg { text += " xmlns=\"http://www.w3.org/2000/svg\"" }
            for attribute in attributes { write(attribute) }
            guard !tag.isVoid else {
                text += "/>"
                return
            }
            text += ">"
            for child in children { write(child) }
            text += "</\(tag.rawValue)>"
            if Self.endsLine(tag) { text += "\n" }
        }
    }

    private mutating func write(_ attribute: Attribute) {
        switch attribute {
        case .id(let anchor): put("id", anchor.description)
        case .look(let looks): put("class", looks.map(\.rawValue).joined(separator: " "))
        case .place(let anchor): put("href", "#\(anchor)")
        case .columns(let count): put("colspan", "\(count)")
        case .heads(let heading): put("scope", heading.rawValue)
        case .heading(let words): put("data-label", words)
        case .label(let words):
            put("role", "img")
            put("aria-label", words)
        case .focusable: put("tabindex", "0")
        case .viewBox(let width, let height): put("viewBox", "0 0 \(width) \(height)")
        case .drawing(let name, let value): put(name.rawValue, "\(value)")
        case .outline(let outline): put("d", outline.commands)
        case .anchoredAtMiddle: put("text-anchor", "middle")
        case .crisp: put("shape-rendering", "crispEdges")
        case .moment(let time): put("datetime", time.rfc3339)
        }
    }

    private mutating func put(_ name: String, _ value: String) { text += " \(name)=\"\(Self.escaped(value))\"" }

    /// Blocks end their line, so that two files can be compared line by line.
    private static func endsLine(_ tag: Tag) -> Bool {
        switch tag {
        case .span, .strong, .em, .small, .code, .a, .br, .time: false
        default: true
        }
    }

    /// Escapes what could end the text or an attribute, after showing what cannot be seen.
    static func escaped(_ words: String) -> String {
        var result = ""
        for scalar in Shown.text(words).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
