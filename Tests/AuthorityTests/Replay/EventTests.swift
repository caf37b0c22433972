import Authority
import Groundwork
import Ledger
import Testing

/// LEDGER-EVENT: the names and fields of events.
@Suite struct EventTests {
    private static let ready = FinishedAuthority.small

    @Test func `a record that is chained anew without a change verifies`() throws {
        for authority in [FinishedAuthority.small, FinishedAuthority.full] {
            let copy = try authority.get().copy()
            let before = try copy.read(AuthorityPaths.ledger)
            try ForgedLedger.rewrite(copy.directory) { _ in }
            #expect(try copy.read(AuthorityPaths.ledger) == before)
            #expect(try copy.verify().holds)
        }
    }

    @Test func `an event of an unknown name is refused`() throws {
        for name in ["signature", "sign", "ceremony-paused"] {
            try Forgery.expectRefused(Self.ready, .ledgerEvent, "there is no event \(name)") { lines in
                let place = try lines.at("signed")
                lines[place].event = name
                return place
            }
        }
    }

    @Test func `an event with a field more is refused`() throws {
        for event in [
            "genesis", "policy", "ceremony-opened", "approval", "login", "intent", "key-generated", "signed",
            "artifact", "crl", "bundle", "ceremony-closed",
        ] {
            try Forgery.expectRefused(Self.ready, .ledgerEvent, "comment") { lines in
                let place = try lines.at(event)
                lines[place].fields["comment"] = "harmless"
                return place
            }
        }
    }

    @Test func `an event without one of its fields is refused`() throws {
        let events = Set(try ledger().map(\.event))
        for event in events {
            let fields = try ledger().first { $0.event == event }?.fields.keys.sorted() ?? []
            for field in fields {
                try Forgery.expectRefused(Self.ready, .ledgerEvent, field) { lines in
                    let place = try lines.at(event)
                    lines[place].fields[field] = nil
                    return place
                }
            }
        }
        #expect(events.count == 12)
    }

    @Test func `a field of another kind is refused`() throws {
        let events = Set(try ledger().map(\.event))
        for event in events {
            let fields = try ledger().first { $0.event == event }?.fields.keys.sorted() ?? []
            for field in fields {
                try Forgery.expectRefused(Self.ready, .ledgerEvent, field) { lines in
                    let place = try lines.at(event)
                    lines[place].fields[field] = true
                    return place
                }
            }
        }
    }

    @Test func `a path that leads out of the authority is refused`() throws {
        for path in ["../G1.cer", "certificates/../../G1.cer", "/etc/passwd", "certificates//G1.cer", "./G1.cer", ""] {
            try Forgery.expectRefused(Self.ready, .ledgerEvent, "leads out of the authority") { lines in
                let place = try lines.at("crl")
                lines[place].fields["file"] = ["path": .string(path), "sha256": .string(Digest.zero.hex)]
                return place
            }
        }
        try Forgery.expectRefused(
            Self.ready, .ledgerOrder, "the first policy comes into force after the genesis"
        ) { lines in
            let place = try lines.at("policy")
            lines[place].fields["path"] = "../policies/0001.yaml"
            return place
        }
    }

    @Test func `a value that has two spellings, or none, is refused`() throws {
        let changes: [(event: String, field: String, value: JSONValue)] = [
            ("genesis", "format", "ledger/2"), ("genesis", "environment", "Development"),
            ("policy", "sha256", .string(String(repeating: "A", count: 64))), ("policy", "sha256", "00"),
            ("signed", "signature", "MEUCIQ"), ("signed", "signature", "MEUCIQ== "),
            ("intent", "step", [1]), ("intent", "step", [1, 0]), ("intent", "step", [0, 1]),
            ("intent", "step", [1, 1, 1]),
            ("login", "method", "pin"), ("key-generated", "attributes", ["CKA_SIGN": true]),
        ]
        for change in changes {
            try Forgery.expectRefused(Self.ready, .ledgerEvent, "") { lines in
                let place = try lines.at(change.event)
                lines[place].fields[change.field] = change.value
                return place
            }
        }
    }

    private func ledger() throws -> [LedgerEvent] {
        try LedgerReader.read(AuthorityDirectory(Self.ready.get().path).ledgerPath).events
    }
}
