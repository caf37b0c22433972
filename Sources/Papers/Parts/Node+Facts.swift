import Groundwork

/// What every page is made of.
extension Node {
    /// Labels with what they are about, in two columns.
    public static func facts(_ facts: [(label: String, value: Node)]) -> Node {
        .element(
            .dl, [.look([.facts])],
            facts.flatMap { [.element(.dt, [], [.text($0.label)]), .element(.dd, [], [$0.value])] })
    }

    /// A digest in hex, and its 32 words in rows of four, each beside the hex digits that it says: for reading aloud.
    public static func digest(_ digest: Digest, id: String? = nil) -> Node {
        let hex = Array(digest.hex)
        let words = digest.words
        let rows = stride(from: 0, to: words.count, by: 4).map { start -> Node in
            let digits = String(hex[start * 2..<min(start * 2 + 8, hex.count)])
            return .element(
                .tr, [],
                [.element(.th, [.heads(.row)], [.code(digits)])]
                    + words[start..<min(start + 4, words.count)].map { .element(.td, [], [.text($0)]) })
        }
        return .element(
            .div, (id.map { [.id(Anchor($0))] } ?? []) + [.look([.digest])],
            [.p(.hex, .code(digest.hex)), .element(.table, [.look([.digestRows])], [.element(.tbody, [], rows)])])
    }

    /// Words in numbered cells, row by row: the words of a share.
    public static func words(_ words: [String]) -> Node {
        .element(.ol, [.look([.words])], words.map { .element(.li, [], [.text($0)]) })
    }

    /// A table. On a narrow screen each row becomes a block in which the heading stands above its cell.
    public static func table(_ header: [String], _ rows: [[Node]], _ looks: Look..., caption: String? = nil) -> Node {
        let head = Node.element(
            .thead, [],
            [.element(.tr, [], header.map { .element(.th, [.heads(.column)], [.text($0)]) })])
        let body = rows.map { cells in
            Node.element(
                .tr, [],
                cells.enumerated().map { column, cell in
                    .element(
                        .td, [.heading(header.indices.contains(column) ? header[column] : "")],
                        // Held together, for narrow screens set it beside its heading.
                        cell == .nothing ? [] : [.element(.span, [], [cell])])
                })
        }
        return .element(
            .table, [.look([.sheet] + looks)],
            (caption.map { [.element(.caption, [], [.text($0)])] } ?? [])
                + (header.allSatisfy(\.isEmpty) ? [] : [head]) + [.element(.tbody, [], body)])
    }
}
