import Authority
import Groundwork
import Ledger

/// Rewrites a ledger with a chain that holds, as somebody could who holds the files and no key.
enum ForgedLedger {
    struct Line {
        var event: String
        var fields: [String: JSONValue]
        var time: Timestamp
    }

    static func rewrite(_ directory: AuthorityDirectory, _ change: (inout [Line]) throws -> Void) throws {
        var lines = try LedgerReader.read(directory.ledgerPath).events.map {
            Line(event: $0.event, fields: $0.fields, time: $0.time)
        }
        try change(&lines)
        try Files.remove(directory.ledgerPath)
        let writer = try LedgerWriter.create(directory.ledgerPath)
        for line in lines { try writer.append(line.event, line.fields, time: line.time) }
    }
}

extension [ForgedLedger.Line] {
    /// The place of the first event of a name, or of a later one.
    func place(_ event: String, _ number: Int = 0) -> Int? {
        indices.filter { self[$0].event == event }.dropFirst(number).first
    }
}
