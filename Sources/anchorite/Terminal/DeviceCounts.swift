import Authority
import Groundwork
import StrictYAML

/// How many devices each factory signed, from a file of comma-separated values: scope fields, and a column `devices`.
///
///     factory,year,devices
///     shenzhen-2,2027,12000
struct DeviceCounts {
    private static let column = "devices"
    private static let maximumBytes = 1 << 24
    /// How many bad lines a message lists.
    private static let shown = 20

    private let fields: [String]
    private let rows: [(values: [String], devices: Int64)]

    /// - Throws: `FileError`, or ``Failure`` that names every bad line.
    init(_ path: String, fields known: [String]) throws {
        let text = String(decoding: try DurableFile.read(path, maximumBytes: Self.maximumBytes), as: UTF8.self)
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        while lines.last?.isEmpty == true { lines.removeLast() }
        let header = Self.cells(lines.first ?? "")
        fields = header.filter { $0 != Self.column }
        let unknown = fields.filter { !known.contains($0) }
        guard header.count(where: { $0 == Self.column }) == 1, Set(header).count == header.count, unknown.isEmpty,
            !fields.isEmpty
        else {
            throw Failure(
                Exit.badInput, "\(path):1: the header is \(Quoted(lines.first ?? ""))",
                advice: "Name fields of the policy's scopes (\(known.sorted().joined(separator: ", "))) and devices, as in "
                    + "factory,year,devices")
        }
        var rows: [(values: [String], devices: Int64)] = []
        var bad: [Int] = []
        for (index, line) in lines.enumerated().dropFirst() {
            let cells = Self.cells(line)
            guard cells.count == header.count, let place = header.firstIndex(of: Self.column),
                let devices = Int64(cells[place]), devices >= 0
            else {
                bad.append(index + 1)
                continue
            }
            rows.append((cells.enumerated().filter { $0.offset != place }.map(\.element), devices))
        }
        guard bad.isEmpty else {
            let more = bad.count > Self.shown ? " and \(bad.count - Self.shown) more" : ""
            throw Failure(
                Exit.badInput,
                "\(path): \(Phrase.count(bad.count, "line")) cannot be read: \(bad.prefix(Self.shown).map(String.init).joined(separator: ", "))\(more)",
                advice: "Each line has \(header.count) cells, and in the column devices a number")
        }
        self.rows = rows
    }

    /// The sum over the rows of a certificate; nil where no row is about it.
    func devices(of scope: [String: String]) -> Int64? {
        let matching = rows.filter { row in zip(fields, row.values).allSatisfy { scope[$0] == $1 } }
        guard !matching.isEmpty else { return nil }
        return matching.reduce(0) { $0.addingReportingOverflow($1.devices).partialValue }
    }

    private static func cells(_ line: String) -> [String] {
        line.split(separator: ",", omittingEmptySubsequences: false).map { cell in
            var cell = cell[...]
            while cell.first == " " { cell.removeFirst() }
            while cell.last == " " { cell.removeLast() }
            return String(cell)
        }
    }
}
