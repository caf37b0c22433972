import Groundwork

/// Rows of cells in columns that are as wide as what stands in them.
struct Table {
    var header: [String]
    private(set) var rows: [(cells: [String], style: Terminal.Style)] = []

    init(_ header: [String]) { self.header = header }

    mutating func add(_ cells: [String], _ style: Terminal.Style = .plain) { rows.append((cells, style)) }

    /// The header, and a line for each row. Nothing where there are no rows.
    func lines(styled: Sheet.Styling) -> [String] {
        guard !rows.isEmpty else { return [] }
        let cells = rows.map { $0.cells.map(Shown.text) }
        let widths = header.indices.map { column in
            cells.reduce(header[column].count) { max($0, $1.indices.contains(column) ? $1[column].count : 0) }
        }
        func line(_ cells: [String]) -> String {
            zip(cells, widths).map { Sheet.padded($0, $1 + 2) }.joined().trimmingEnd
        }
        let head = header.allSatisfy(\.isEmpty) ? [] : [styled(line(header), .dim)]
        return head + zip(cells, rows).map { styled(line($0), $1.style) }
    }
}
