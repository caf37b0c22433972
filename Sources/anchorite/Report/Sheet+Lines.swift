import Groundwork

extension Sheet {
    /// Lines are broken at blanks so that they fit; hex and paths are never broken.
    static let width = 110
    private static let step = 2

    /// Gives text a style, or does not where there is no terminal.
    typealias Styling = (_ text: String, _ style: Terminal.Style) -> String

    /// The sheet for people, without line ends.
    func lines(indent: Int = 0, styled: Styling = { Terminal.styled($0, $1) }) -> [String] {
        var lines: [String] = []
        if let title { lines.append(Self.blanks(indent) + styled(Shown.text(title), .bold)) }
        let inner = title == nil ? indent : indent + Self.step
        let column = inner + labelWidth + Self.step
        for item in items {
            switch item {
            case .fact(let label, let values, _, _, let style):
                let values = values.flatMap { Self.wrapped(Shown.text($0), room: Self.width - column) }
                for (index, value) in (values.isEmpty ? ["–"] : values).enumerated() {
                    let head = index == 0 ? Self.padded(label, labelWidth + Self.step) : Self.blanks(column - inner)
                    lines.append(Self.blanks(inner) + head + styled(value, style))
                }
            case .section(_, let sheet):
                Self.separate(&lines)
                lines += sheet.lines(indent: inner, styled: styled)
            case .list(_, let sheets):
                for sheet in sheets {
                    if sheet.title != nil { Self.separate(&lines) }
                    lines += sheet.lines(indent: inner, styled: styled)
                }
            case .table(_, let table, _): lines += table.lines(styled: styled).map { Self.blanks(inner) + $0 }
            case .text(let text, let style):
                for line in Self.wrapped(Shown.text(text), room: Self.width - inner) {
                    lines.append(Self.blanks(inner) + styled(line, style))
                }
            case .data, .lateData: break
            case .gap: Self.separate(&lines)
            }
        }
        return lines
    }

    private var labelWidth: Int {
        items.reduce(0) { width, item in
            if case .fact(let label, _, _, _, _) = item { max(width, label.count) } else { width }
        }
    }

    private static func separate(_ lines: inout [String]) {
        if let last = lines.last, !last.isEmpty { lines.append("") }
    }

    private static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

    static func padded(_ text: String, _ width: Int) -> String { text + blanks(width - text.count) }

    /// Breaks a line at blanks. Blanks at its beginning are kept, and indent what follows.
    static func wrapped(_ text: String, room: Int) -> [String] {
        guard text.count > room else { return [text] }
        let margin = text.prefix { $0 == " " }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, margin.count + line.count + 1 + word.count > room {
                lines.append(margin + line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        if !line.isEmpty { lines.append(margin + line) }
        return lines
    }
}
