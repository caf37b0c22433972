import Authority
import Groundwork
import Ledger
import Testing

/// What verification says of a record whose events were changed and chained anew.
enum Forgery {
    /// Expects that the line where the record becomes impossible is named, with the control and a reason.
    ///
    /// - Parameter change: changes the lines, and gives the place of the one to be refused.
    static func expectRefused(
        _ authority: Result<FinishedAuthority, any Error>, _ control: Control, _ core: String,
        sourceLocation: SourceLocation = #_sourceLocation, _ change: (inout [ForgedLedger.Line]) throws -> Int
    ) throws {
        let copy = try authority.get().copy()
        var place = 0
        try ForgedLedger.rewrite(copy.directory) { lines in
            place = try change(&lines)
            lines.letTimeRun()
        }
        expectFailure(try copy.verify(), control, line: place + 1, core, sourceLocation: sourceLocation)
    }

    /// The record as an interruption leaves it: some events, and no checkpoint.
    static func interrupted(
        _ authority: Result<FinishedAuthority, any Error>, _ change: (inout [ForgedLedger.Line]) throws -> Void
    ) throws -> Verifier.Report {
        let copy = try authority.get().copy()
        try ForgedLedger.rewrite(copy.directory, change)
        try Files.remove(copy.path(AuthorityPaths.checkpoint(1)))
        return try Verifier.verify(copy.directory, root: nil)
    }
}

extension [ForgedLedger.Line] {
    /// Times that run backwards, where a line was moved, would be noticed first.
    mutating func letTimeRun() {
        for index in indices.dropFirst() { self[index].time = Swift.max(self[index].time, self[index - 1].time) }
    }

    /// The place of the first event of a name, or of a later one.
    func at(_ event: String, _ number: Int = 0, sourceLocation: SourceLocation = #_sourceLocation) throws -> Int {
        try #require(place(event, number), "there is no \(event)", sourceLocation: sourceLocation)
    }

    /// The place of an intent for an object, and of the signature that answers it.
    func intent(_ object: String, _ number: Int = 0) throws -> (intent: Int, signed: Int) {
        let found = indices.filter { self[$0].event == "intent" && self[$0].fields["object"] == .string(object) }
        let intent = try #require(found.dropFirst(number).first, "there is no intent for \(object)")
        let signed = try #require(
            indices.first { self[$0].event == "signed" && self[$0].fields["intent"] == .integer(Int64(intent)) })
        return (intent, signed)
    }
}

enum LedgerHeads {
    /// The digest of the last of so many lines.
    static func head(of authority: FinishedAuthority, after lines: Int) throws -> Digest {
        let events = try LedgerReader.read(AuthorityDirectory(authority.path).ledgerPath).events
        return try #require(events.dropFirst(lines - 1).first).digest
    }
}
