import Groundwork

/// Writes nodes as markup that is HTML and well-formed XML at once, so that any parser of either reads it.
struct Writer {
    private(set) var text = ""

    mutating func write(_ node: Node) {
        switch node {
        case .text(let words): text += Self.breakable(Self.escaped(words), words)
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
            if tag == .code, case .text(let words)? = children.first, children.count == 1 {
                // Its words are broken anywhere by the stylesheet, and found whole in the file.
                text += Self.escaped(words)
            } else {
                for child in children { write(child) }
            }
            text += "</\(tag.rawValue)>"
            if Self.endsLine(tag) { text += "\n" }
        }
    }

    private mutating func write(_ attribute: Attribute) {
        switch attribute {
        case .id(let anchor): put("id", anchor.description)
        case .look(let looks): put("class", looks.map(\.rawValue).joined(separator: " "))
        case .place(let anchor): put("href", "#\(anchor)")
        case .file(let path): put("href", path.description)
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

    /// Words longer than this may be broken every so many characters: a name without blanks must not widen a table.
    private static let longestWord = 32

    private static func breakable(_ escaped: String, _ words: String) -> String {
        guard words.utf8.count > longestWord, words.split(separator: " ").contains(where: { $0.count > longestWord })
        else { return escaped }
        return words.split(separator: " ", omittingEmptySubsequences: false).map { word in
            guard word.count > longestWord else { return Self.escaped(String(word)) }
            let characters = Array(word)
            return stride(from: 0, to: characters.count, by: longestWord / 2).map { start in
                Self.escaped(String(characters[start..<min(start + longestWord / 2, characters.count)]))
            }.joined(separator: "<wbr/>")
        }.joined(separator: " ")
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
