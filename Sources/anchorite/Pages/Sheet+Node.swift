import Groundwork
import Papers

extension Sheet {
    /// The sheet as it stands on a page: the same facts that a terminal shows.
    var node: Node {
        var nodes: [Node] = []
        var facts: [(label: String, value: Node)] = []
        func flush() {
            if !facts.isEmpty { nodes.append(.facts(facts)) }
            facts = []
        }
        for item in items {
            if case .fact(let label, let lines, _, _, let style) = item {
                let value = Node.lines((lines.isEmpty ? ["–"] : lines).map(Node.marked))
                facts.append((label, style.look.map { .span($0, value) } ?? value))
                continue
            }
            switch item {
            case .section(_, let sheet):
                flush()
                nodes.append(sheet.node)
            case .list(_, let sheets):
                flush()
                nodes += sheets.map(\.node)
            case .table(_, let table, _):
                flush()
                nodes.append(.table(table.header, table.rows.map { $0.cells.map(Node.marked) }))
            case .text(let text, let style):
                flush()
                nodes.append(style.look.map { .p($0, .marked(text)) } ?? .p(.marked(text)))
            case .fact, .data, .lateData, .gap: break
            }
        }
        flush()
        guard let title else { return .group(nodes) }
        return .box(.entry, [.h3(.text(title))] + nodes)
    }
}

extension Terminal.Style {
    /// The look that says the same on a page.
    fileprivate var look: Look? {
        switch self {
        case .red: .bad
        case .green: .good
        case .yellow: .attention
        case .dim: .muted
        case .plain, .bold, .cyan: nil
        }
    }
}

extension Node {
    /// Text in which digests, serial numbers and paths are set as a program writes them.
    static func marked(_ text: String) -> Node {
        var nodes: [Node] = []
        var plain = ""
        for (index, word) in text.split(separator: " ", omittingEmptySubsequences: true).enumerated() {
            if index > 0 { plain += " " }
            let core = word.trimming(",.;:()")
            guard isCode(core) else {
                plain += word
                continue
            }
            let (before, after) = (word[..<core.startIndex], word[core.endIndex...])
            nodes += [.text(plain + before), .code(String(core))]
            plain = String(after)
        }
        if !plain.isEmpty { nodes.append(.text(plain)) }
        return nodes.count == 1 ? nodes[0] : .group(nodes)
    }

    private static func isCode(_ word: Substring) -> Bool {
        if word.hasPrefix("SHA256:") || word.hasPrefix("CKM_") || word.hasPrefix("CKA_") || word.hasPrefix("CKR_") {
            return true
        }
        if word.count >= 8, word.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) { return true }
        return word.contains("/") && word.contains(".") && !word.contains("=") && word.allSatisfy { $0.isASCII }
    }

    /// A moment as people read it.
    static func moment(_ time: Timestamp) -> Node { .time(Phrase.time(time), time) }
}

extension Substring {
    /// Without the characters at both ends that are among some.
    fileprivate func trimming(_ characters: String) -> Substring {
        var text = self
        while let first = text.first, characters.contains(first) { text.removeFirst() }
        while let last = text.last, characters.contains(last) { text.removeLast() }
        return text
    }
}
