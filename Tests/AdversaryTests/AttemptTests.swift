import Foundation
import Testing

/// What an adversary tries, and what stops it. The sentences stand in docs/assurance-case.md, section "Attempts".
@Suite struct AttemptTests {
    @Test(.disabled(if: AttemptTable.isRewritten), arguments: Attempt.all)
    func `every attempt is stopped by its control, in the words of the table`(_ test: Attempt.Case) throws {
        let shown = try Self.make(test)
        let row = try AttemptTable.rows.get().first { $0.name == test.attempt.name }
        let expected = try #require(row, "docs/assurance-case.md has no such row; ANCHORITE_UPDATE_DOCS=1 writes it")
        #expect(shown == expected)
    }

    @Test(arguments: Family.all)
    func `what nobody tampered with is accepted`(_ family: Family) throws {
        let shown = try family.twin(try family.world.stage())
        #expect(shown.code == 0, "\(shown.talk)\(shown.output)")
    }

    @Test(.disabled(if: AttemptTable.isRewritten))
    func `the table has a row for every attempt, and no others`() throws {
        let rows = try AttemptTable.rows.get()
        #expect(rows.map(\.name) == Attempt.all.map(\.attempt.name))
        #expect(rows.map(\.family) == Attempt.all.map(\.family.title))
        #expect(Set(rows.map(\.name)).count == rows.count)
        #expect(rows.count >= 80)
    }

    @Test(.enabled(if: AttemptTable.isRewritten))
    func `the table is written anew`() throws {
        let rows = Attempt.all.compactMap { test in
            do {
                return try Self.make(test)
            } catch {
                Issue.record("\(test.attempt.name): \(error)")
                return nil
            }
        }
        try AttemptTable.write(rows, families: Family.all)
    }

    /// Makes an attempt, checks how it ended, and gives its row.
    private static func make(_ test: Attempt.Case) throws -> AttemptTable.Row {
        let attempt = test.attempt
        let shown = try attempt.act(try test.family.world.stage())
        var row = AttemptTable.Row(
            family: test.family.title, name: attempt.name, control: attempt.control.rawValue, sentence: "")
        switch attempt.end {
        case .refused(let code):
            let prefix = "\(attempt.control.rawValue): "
            #expect(shown.code == code, "\(attempt.name): \(shown.talk)\(shown.output)")
            #expect(shown.sentence.hasPrefix(prefix), "\(attempt.name): \(shown.sentence)")
            #expect(!shown.hasChangedLedger || attempt.mayBegin, "\(attempt.name): the ledger has grown")
            row.sentence = AttemptTable.cell(String(shown.sentence.dropFirst(prefix.count)))
        case .asked(let words):
            #expect(shown.talk.contains(words), "\(attempt.name): \(shown.talk)")
            #expect(!shown.hasChangedLedger, "\(attempt.name): the ledger has grown")
            row.sentence = AttemptTable.cell(words)
        case .ignored(let words):
            #expect(shown.code == 0, "\(attempt.name): \(shown.talk)\(shown.output)")
            row.sentence = "(\(words))"
        }
        return row
    }
}
