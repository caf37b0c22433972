import Crypto
import Foundation
import Groundwork
import Ledger
import Testing

/// The note below was signed with Python's `cryptography` by three keys of the same name.
struct SignedNoteTests {
    static let text = "example.com/acme-device-pki\n5\nOvroFc6tPUiVFfqmcal9hNqLtL9e0JreUPB8Y4zTs6g=\n"
    static let p256Line =
        "— acme-ledger ZMcv2jBEAiAxx650TMX4/BIc6XxaxtONKl+4SfHPIi8q8+e68N/anQIgNoKy4BIbNgZRvT37+o4Cn31BuZmb7RyPRw1jceLwe7c=\n"
    static let p384Line =
        "— acme-ledger G03kRDBlAjEAt6tXbmZL9nQfRW3dK8SVcIumeHbqT4luS0GbGxhLXHXz/BW8D62FnTBCn7VfRFkvAjAgmi4WP0UGyxaR1X2nRbrLNMWlB808+ZN5BjCCkhZdhqOhpJWT/5rJGMz4znoyvVc=\n"
    static let ed25519Line =
        "— acme-ledger N5Zxf6+YfqTK+1yvyLci7Ya4jm6R4CthY8w7LKNpU9EfT9hgs65lcdxF8lBs4ORAkS7OufM1ha2dXcimvOy+LPzNtAY=\n"
    static let p256Key =
        "acme-ledger+64c72fda+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABK+UZntzcf06B9j9uwkcQtjolwxVQ7/Kxi/agivmLmWcRVwps64yDBySwdf6G1KvLA3Vtr9DA3KHVoGsrFddwyo="
    static let p384Key =
        "acme-ledger+1b4de444+AjB2MBAGByqGSM49AgEGBSuBBAAiA2IABD1iHyPnnpLV3RkiNVNlzm/MYDLd+Pnoo9jU1VSbz/M9Zizfv0A0wENzf2aJwyll21x02/Hp3AbLP2OXD8xr2x+TYmLJPTrif7c5uMenme/dN2rLQ0B3emM5fYFtqlfSwQ=="
    static let ed25519Key = "acme-ledger+3796717f+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
    static let note = Array("\(text)\n\(p256Line)\(p384Line)\(ed25519Line)".utf8)

    @Test(arguments: [p256Key, p384Key, ed25519Key])
    func aSignatureMadeElsewhereVerifies(vkey: String) throws {
        let note = try SignedNote(parsing: Self.note)
        let key = try NoteVerifierKey(vkey: vkey)
        #expect(note.encoded == Self.note)
        #expect(note.text == Self.text)
        #expect(note.signatures.count == 3)
        #expect(key.vkey == vkey)
        try key.verify(note)
        let others = note.signatures.filter { $0.keyID != key.keyID }
        let without = try SignedNote(text: note.text, signatures: others)
        #expect(#expect(throws: NoteError.self) { try key.verify(without) }?.kind == .unsigned)
        let changed = try SignedNote(text: note.text + "x\n", signatures: note.signatures)
        #expect(#expect(throws: NoteError.self) { try key.verify(changed) }?.kind == .badSignature)
    }

    @Test func theKeyIDOfAPublicLogComesOut() throws {
        // The first bytes of the log ID of the public instance of Sigstore's Rekor.
        let vkey =
            "rekor.sigstore.dev+c0d23d6a+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNhtmPtrWm3U1eQXBogSMdGvXwBcK5AW5i0hrZLOC96l+smGNM7nwZ4QvFK/4sueRoVj//QP22Ni4Qt9DPfkWLc="
        #expect(try NoteVerifierKey(vkey: vkey).keyID == 0xc0d2_3d6a)
    }

    @Test func aKeyIsReadFromItsSubjectPublicKeyInfo() throws {
        for vkey in [Self.p256Key, Self.p384Key] {
            let der = try #require(Base64.decode(vkey.split(separator: "+", maxSplits: 2)[2])).dropFirst()
            #expect(try NoteVerifierKey(name: "acme-ledger", subjectPublicKeyInfo: Array(der)).vkey == vkey)
            #expect(throws: NoteError.self) { try NoteVerifierKey(name: "a b", subjectPublicKeyInfo: Array(der)) }
            #expect(throws: NoteError.self) { try NoteVerifierKey(name: "x", subjectPublicKeyInfo: der + [0]) }
            #expect(throws: NoteError.self) { try NoteVerifierKey(name: "x", subjectPublicKeyInfo: der.dropLast()) }
        }
        let ed25519 = try #require(
            Hex.decode("302a300506032b657003210003a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"))
        #expect(
            try NoteVerifierKey(name: "acme-ledger", subjectPublicKeyInfo: ed25519).vkey == Self.ed25519Key)
        #expect(throws: NoteError.self) { try NoteVerifierKey(name: "x", subjectPublicKeyInfo: ed25519 + [0]) }
        #expect(throws: NoteError.self) { try NoteVerifierKey(name: "x", subjectPublicKeyInfo: []) }
    }

    @Test(arguments: [
        "", "acme-ledger", "acme-ledger+64c72fda", ed25519Key.replacingOccurrences(of: "3796717f", with: "3796717e"),
        ed25519Key.replacingOccurrences(of: "3796717f", with: "3796717F"), ed25519Key + "\n", " " + ed25519Key,
        ed25519Key.replacingOccurrences(of: "acme-ledger", with: ""),
        p256Key.replacingOccurrences(of: "acme", with: "ac me"), "x+00000000+", "x+00000000+BAAA",
        ed25519Key.replacingOccurrences(of: "+AQ", with: "+AA"),
    ])
    func aMalformedVerifierKeyIsRefused(vkey: String) {
        #expect(#expect(throws: NoteError.self) { try NoteVerifierKey(vkey: vkey) }?.kind == .badKey)
    }

    @Test func knownKeysMustVerifyAndUnknownOnesAreIgnored() throws {
        let keys = try [Self.p256Key, Self.ed25519Key].map { try NoteVerifierKey(vkey: $0) }
        let note = try SignedNote(parsing: Self.note)
        #expect(try NoteVerifierKey.verify(note, with: keys).count == 2)
        #expect(#expect(throws: NoteError.self) { try NoteVerifierKey.verify(note, with: []) }?.kind == .unsigned)
        var signatures = note.signatures
        let bad = signatures[2]
        signatures[2] = try SignedNote.Signature(name: bad.name, keyID: bad.keyID, bytes: bad.bytes.reversed())
        let spoilt = try SignedNote(text: note.text, signatures: signatures)
        #expect(try NoteVerifierKey.verify(spoilt, with: [keys[0]]).count == 1)
        #expect(
            #expect(throws: NoteError.self) { try NoteVerifierKey.verify(spoilt, with: keys) }?.kind == .badSignature)
    }

    @Test(arguments: [
        "", "\n", "text\n", "text\n\n", "\n\(p256Line)", "text\n\(p256Line)", "text\n\n\(p256Line.dropLast())",
        "text\n\n\(p256Line)\n", "text\n\n\n\(p256Line)x", "text\n\n\(p256Line)\(p256Line)", "te\txt\n\n\(p256Line)",
        "text\r\n\n\(p256Line)", "text\n\n-\(p256Line.dropFirst())", "text\n\n—\(p256Line.dropFirst(2))",
        "text\n\n— a+b AAAAAAA=\n", "text\n\n—  AAAAAAA=\n", "text\n\n— a AAAAAA==\n", "text\n\n— a AAAAAAB=\n",
        "text\n\n— a AAAAAAA\n", "text\n\n— a  AAAAAAA=\n", "text\n\n— a AAAAAAA= \n", "text\n\n— a\u{a0}b AAAAAAA=\n",
    ])
    func aNoteInAnotherSpellingIsRefused(note: String) {
        #expect(#expect(throws: NoteError.self) { try SignedNote(parsing: Array(note.utf8)) }?.kind == .malformed)
    }

    @Test func aNoteMayHaveEmptyLinesAndManySignatures() throws {
        let lines = (0..<100).map { "— key\($0) AAAAAAA=\n" }
        let note = try SignedNote(parsing: Array(("one\n\ntwo\n\n" + lines.joined()).utf8))
        #expect(note.text == "one\n\ntwo\n")
        #expect(note.signatures.count == 100)
        #expect(throws: NoteError.self) {
            try SignedNote(parsing: Array(("one\n\n" + lines.joined() + "— more AAAAAAA=\n").utf8))
        }
        #expect(throws: NoteError.self) { try SignedNote(parsing: Array("te".utf8) + [0xff] + Self.note) }
    }

    @Test func anECDSASignatureHasOneSpellingOnly() throws {
        let key = try NoteVerifierKey(vkey: Self.p256Key)
        let der = try SignedNote(parsing: Self.note).signatures[0].bytes
        let message = Array(Self.text.utf8)
        #expect(der.count == 70 && key.isValid(der, over: message))
        let (r, s) = (Array(der[4..<36]), Array(der[38..<70]))
        let spellings: [[UInt8]] = [
            [0x30, 0x45, 0x02, 0x21, 0x00] + r + [0x02, 0x20] + s,
            [0x30, 0x45, 0x02, 0x20] + r + [0x02, 0x21, 0x00] + s,
            [0x30, 0x81, 0x44] + der[2...], [0x30, 0x80] + der[2...] + [0, 0], der + [0], [0x30, 0x45] + der[2...] + [0],
            [0x30, 0x45, 0x02, 0x81, 0x20] + r + [0x02, 0x20] + s, r + s, [],
        ]
        for spelling in spellings { #expect(!key.isValid(spelling, over: message)) }
    }

    @Test func aNoteIsMadeByAnySignerAndVerifiedAtOnce() throws {
        let ecdsa = P384.Signing.PrivateKey()
        let key = try NoteVerifierKey(name: "hsm", subjectPublicKeyInfo: Array(ecdsa.publicKey.derRepresentation))
        let note = try SignedNote.make(text: Self.text, key: key) { message in
            try Array(ecdsa.signature(for: SHA256.hash(data: message)).derRepresentation)
        }
        try key.verify(SignedNote(parsing: note.encoded))
        let ed25519 = Curve25519.Signing.PrivateKey()
        let spki = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]
            + Array(ed25519.publicKey.rawRepresentation)
        let second = try NoteVerifierKey(name: "witness", subjectPublicKeyInfo: spki)
        let both = try note.adding(key: second) { try Array(ed25519.signature(for: $0)) }
        #expect(try NoteVerifierKey.verify(both, with: [second, key]) == ["hsm", "witness"])
        #expect(#expect(throws: NoteError.self) {
            try SignedNote.make(text: Self.text, key: key) { _ in [1, 2, 3] }
        }?.kind == .signing)
        #expect(throws: CancellationError.self) {
            try SignedNote.make(text: Self.text, key: key) { _ in throw CancellationError() }
        }
    }
}
