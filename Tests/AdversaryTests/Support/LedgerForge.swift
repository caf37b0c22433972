import Foundation
import Groundwork
import Ledger

extension Stage {
    struct Line {
        var event: String
        var fields: [String: JSONValue]
        var time: Timestamp
    }

    private static let ledger = "authority/ledger.jsonl"

    /// Rewrites the ledger with a chain that holds, as somebody could who holds the files and no key.
    func forgeLedger(_ change: (inout [Line]) throws -> Void) throws -> Shown {
        var lines = try LedgerReader.read(absolute(Self.ledger)).events.map {
            Line(event: $0.event, fields: $0.fields, time: $0.time)
        }
        try change(&lines)
        try remove(Self.ledger)
        var (previous, bytes) = (Digest.zero, [UInt8]())
        for (index, line) in lines.enumerated() {
            let members: [String: JSONValue] = [
                "event": .string(line.event), "index": .integer(Int64(index)), "previous": .string(previous.hex),
                "time": .string(line.time.rfc3339),
            ]
            let line = JSONValue.object(line.fields.merging(members) { $1 }).canonicalBytes
            previous = Digest(of: line)
            bytes += line + [0x0a]
        }
        try write(bytes, Self.ledger)
        return try verify()
    }

    /// Changes the ledger's text line by line, and leaves the chain to its fate.
    func forgeLines(_ change: (inout [String]) throws -> Void) throws -> Shown {
        var lines = try text(Self.ledger).split(separator: "\n").map(String.init)
        try change(&lines)
        try write(lines.joined(separator: "\n") + "\n", Self.ledger)
        return try verify()
    }

    /// The number of lines when the first ceremony was closed.
    func linesAtTheFirstClose() throws -> Int {
        try text("old/ledger.jsonl").split(separator: "\n").count
    }
}

extension [Stage.Line] {
    /// Takes a line out, and has later ones speak of the right lines all the same.
    mutating func takeOut(_ event: String) throws {
        let place = try last(event)
        remove(at: place)
        for index in indices {
            for field in ["intent", "repeats"] {
                guard case .integer(let number)? = self[index].fields[field], number > place else { continue }
                self[index].fields[field] = .integer(number - 1)
            }
        }
    }

    func last(_ event: String) throws -> Int {
        guard let place = lastIndex(where: { $0.event == event }) else { throw Refusal(text: "there is no \(event)") }
        return place
    }
}
