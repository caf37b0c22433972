import Authority
import Crypto
import Groundwork
import Ledger
import PKCS11
import Testing

/// CHECKPOINT: what is signed over the record, also when the record key itself signs something else.
@Suite struct CheckpointReplayTests {
    /// An authority whose record key is at hand.
    private final class Bench {
        let workshop: Workshop
        let path = AuthorityPaths.checkpoint(1)
        let original: [UInt8]
        let checkpoint: Checkpoint
        let key: NoteVerifierKey
        let record: AuthorityState.KeyRecord

        init() throws {
            workshop = try Workshop()
            try workshop.hold(Operations.root)
            original = try Files.read(workshop.directory.absolute(path))
            checkpoint = try Checkpoint(parsing: try SignedNote(parsing: original).text)
            record = try #require(try workshop.state()?.recordKey)
            key = try NoteVerifierKey(
                name: checkpoint.origin, subjectPublicKeyInfo: try #require(record.publicKey).derBytes)
        }

        func write(_ note: SignedNote) throws { try Files.write(note.encoded, to: workshop.directory.absolute(path)) }

        /// Signed on the token, by the key that a root certified as the record key.
        func sign(_ checkpoint: Checkpoint) throws -> SignedNote {
            let name = try NoteVerifierKey(
                name: checkpoint.origin, subjectPublicKeyInfo: try #require(record.publicKey).derBytes)
            return try SignedNote.make(text: checkpoint.text, key: name) { try self.sign($0, with: self.record) }
        }

        func sign(_ message: [UInt8], with record: AuthorityState.KeyRecord) throws -> [UInt8] {
            try workshop.withVault { session in
                let pair = try session.keyPair(label: record.planned.label, id: record.planned.id)
                return try session.sign(
                    .digest(Array(SHA256.hash(data: message)), .sha256), scheme: .ecdsa, with: pair)
            }
        }

        func expectRefused(_ core: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
            let report = try workshop.verify()
            expectFailure(report, .checkpoint, line: Int(report.lines), core, sourceLocation: sourceLocation)
        }
    }

    @Test func `a checkpoint over other lines is refused, even when the record key signed it`() throws {
        let bench = try Bench()
        let origin = bench.checkpoint.origin
        let size = bench.checkpoint.size
        try bench.write(bench.sign(Checkpoint(origin: origin, size: size, root: .zero)))
        try bench.expectRefused("has another Merkle root than the ledger's first \(size) lines")

        let lines = try LedgerReader.read(bench.workshop.directory.ledgerPath).merkle
        for older in [1, size - 1] {
            let root = try #require(lines.root(ofFirst: Int(older)))
            try bench.write(bench.sign(Checkpoint(origin: origin, size: older, root: root)))
            try bench.expectRefused("is over \(older) lines, and ceremony 1 ended at \(size)")
        }
        try bench.write(bench.sign(Checkpoint(origin: origin, size: size + 1, root: bench.checkpoint.root)))
        try bench.expectRefused("is over \(size + 1) lines, and ceremony 1 ended at \(size)")

        try bench.write(bench.sign(Checkpoint(
            origin: "anchorite/production/test", size: size, root: bench.checkpoint.root)))
        try bench.expectRefused("is of anchorite/production/test, not of \(origin)")

        // The same once more, with another nonce in the signature, is as good as the first.
        try bench.write(bench.sign(bench.checkpoint))
        #expect(try bench.workshop.verify().holds)
    }

    @Test func `a checkpoint that another key signed is refused`() throws {
        let bench = try Bench()
        let stranger = P256.Signing.PrivateKey()
        let strangers = try NoteVerifierKey(
            name: bench.checkpoint.origin, subjectPublicKeyInfo: Array(stranger.publicKey.derRepresentation))
        let forged = try SignedNote.make(text: bench.checkpoint.text, key: strangers) {
            Array(try stranger.signature(for: SHA256.hash(data: $0)).derRepresentation)
        }
        try bench.write(forged)
        try bench.expectRefused("the note is not signed by \(bench.checkpoint.origin)")

        // Under the record key's own identifier.
        let signature = try SignedNote.Signature(
            name: bench.checkpoint.origin, keyID: bench.key.keyID, bytes: forged.signatures[0].bytes)
        try bench.write(SignedNote(text: bench.checkpoint.text, signatures: [signature]))
        try bench.expectRefused("does not verify")

        // The root's key is one of the authority's, and not the record's.
        let root = try #require(try bench.workshop.state()?.keys["G1"])
        let rootKey = try NoteVerifierKey(
            name: bench.checkpoint.origin, subjectPublicKeyInfo: try #require(root.publicKey).derBytes)
        try bench.write(SignedNote.make(text: bench.checkpoint.text, key: rootKey) { try bench.sign($0, with: root) })
        try bench.expectRefused("the note is not signed by \(bench.checkpoint.origin)")

        try Files.write(bench.original, to: bench.workshop.directory.absolute(bench.path))
        #expect(try bench.workshop.verify().holds)
    }

    @Test func `a checkpoint with a second signature is refused`() throws {
        let bench = try Bench()
        let witness = P256.Signing.PrivateKey()
        let key = try NoteVerifierKey(
            name: "witness", subjectPublicKeyInfo: Array(witness.publicKey.derRepresentation))
        try bench.write(SignedNote(parsing: bench.original).adding(key: key) {
            Array(try witness.signature(for: SHA256.hash(data: $0)).derRepresentation)
        })
        try bench.expectRefused("has 2 signatures, not one")
    }

    @Test func `a checkpoint that is missing behind a later one is refused`() throws {
        let copy = try FinishedAuthority.full.get().copy()
        try Files.remove(copy.path(AuthorityPaths.checkpoint(1)))
        expectFailure(try copy.verify(), .checkpoint, line: 50, "checkpoints/0001.note")
    }

    @Test func `lines after the last checkpoint are refused`() throws {
        let copy = try FinishedAuthority.small.get().copy()
        try ForgedLedger.rewrite(copy.directory) { lines in
            lines.append(ForgedLedger.Line(
                event: "deviation", fields: ["by": "ana", "text": "nothing happened", "because": "so", "files": []],
                time: lines[lines.count - 1].time))
        }
        expectFailure(try copy.verify(), .checkpoint, "is over 36 lines, and ceremony 1 ended at 37")
    }
}
