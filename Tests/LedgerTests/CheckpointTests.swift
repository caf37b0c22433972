import Crypto
import Foundation
import Groundwork
import Ledger
import Testing

struct CheckpointTests {
    @Test func aCheckpointIsThreeLines() throws {
        let root = try #require(Digest(hex: LedgerFixture.root))
        let checkpoint = try Checkpoint(origin: "example.com/acme-device-pki", size: 5, root: root)
        #expect(checkpoint.text == SignedNoteTests.text)
        #expect(try Checkpoint(parsing: SignedNoteTests.text) == checkpoint)
        #expect(throws: NoteError.self) { try Checkpoint(origin: "", size: 5, root: root) }
        #expect(throws: NoteError.self) { try Checkpoint(origin: "a\nb", size: 5, root: root) }
        #expect(throws: NoteError.self) { try Checkpoint(origin: "a", size: -1, root: root) }
    }

    @Test(arguments: [
        "", "a\n5\n", "a\n5\nROOT", "a\n05\nROOT\n", "a\n+5\nROOT\n", "a\n-5\nROOT\n", "a\n 5\nROOT\n", "\n5\nROOT\n",
        "a\n5\nROOT\nextension\n", "a\n5\nROOT\n\n", "a\n5\nAAAA\n", "a\n5\n ROOT\n", "a\r\n5\nROOT\n",
        "a\n99999999999999999999\nROOT\n", "a\n٥\nROOT\n",
    ])
    func anotherSpellingIsRefused(text: String) {
        let text = text.replacingOccurrences(of: "ROOT", with: Base64.encode(Digest.zero.bytes))
        #expect(#expect(throws: NoteError.self) { try Checkpoint(parsing: text) }?.kind == .malformed)
    }

    /// What a verifier does with the files alone.
    private func holds(_ fixture: LedgerFixture, ledger: [UInt8], note: [UInt8], key: NoteVerifierKey) -> Bool {
        do {
            try fixture.put(ledger)
            let contents = try LedgerReader.read(fixture.path)
            try contents.requireWhole()
            let note = try SignedNote(parsing: note)
            try key.verify(note)
            let checkpoint = try Checkpoint(parsing: note.text)
            return checkpoint.size == contents.count && checkpoint.root == contents.root
        } catch {
            return false
        }
    }

    @Test func aFlippedBitAnywhereInLedgerOrCheckpointIsNoticed() throws {
        let fixture = try LedgerFixture()
        let key = try NoteVerifierKey(vkey: SignedNoteTests.p256Key)
        let ledger = LedgerFixture.bytes
        let note = Array("\(SignedNoteTests.text)\n\(SignedNoteTests.p256Line)".utf8)
        #expect(holds(fixture, ledger: ledger, note: note, key: key))
        for position in ledger.indices {
            for bit in 0..<8 {
                var flipped = ledger
                flipped[position] ^= 1 << bit
                #expect(!holds(fixture, ledger: flipped, note: note, key: key), "ledger, byte \(position), bit \(bit)")
            }
        }
        for position in note.indices {
            for bit in 0..<8 {
                var flipped = note
                flipped[position] ^= 1 << bit
                #expect(!holds(fixture, ledger: ledger, note: flipped, key: key), "note, byte \(position), bit \(bit)")
            }
        }
        for length in ledger.indices {
            #expect(!holds(fixture, ledger: Array(ledger.prefix(length)), note: note, key: key))
        }
    }
}
