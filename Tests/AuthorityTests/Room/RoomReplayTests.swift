import Authority
import Groundwork
import Testing

/// What people in the room do, in a record that was changed and chained anew.
@Suite struct RoomReplayTests {
    private static let attended = FinishedAuthority.attended

    @Test func `a record with all that people do in a room verifies`() throws {
        let authority = try Self.attended.get()
        let report = try Verifier.verify(AuthorityDirectory(authority.path), root: authority.root)
        #expect(report.holds, "\(report.failures)")
        for control in [Control.participants, .rejection, .closing, .deviation] {
            #expect(report.checked[control] ?? 0 > 0, "\(control)")
        }
        #expect(report.notices.contains { $0.contains("Bo signed the last checkpoint; the next opening records it.") })
    }

    // MARK: Participants

    @Test func `a participant in an operator's name is refused`() throws {
        let cases: [(JSONValue, String)] = [
            ([["name": "Anna", "role": "officer", "operator": "ana"]], "the participant ana is not named as in the policy"),
            ([["name": "Ana", "role": "witness", "operator": "ana"]], "the participant ana is not named as in the policy"),
            ([["name": "Eve", "role": "officer", "operator": "eve"]], "the policy has no operator eve"),
            ([["name": "Ana", "role": "auditor"]], "Ana is the operator ana, and is not named as such"),
            ([["name": "", "role": "auditor"]], "needs a name and a role"),
            ([["name": "Jane\nDoe", "role": "auditor"]], "needs a name and a role"),
            (
                [["name": "Jane", "role": "auditor"], ["name": "Jane", "role": "auditor"]],
                "Jane is named twice"
            ),
        ]
        for (participants, core) in cases {
            try Forgery.expectRefused(Self.attended, .participants, core) { lines in
                let place = try lines.at("ceremony-opened")
                lines[place].fields["participants"] = participants
                return place
            }
        }
        for participants: JSONValue in [
            ["ana"], [["name": "Ana"]], [["name": "Ana", "role": "officer", "operator": "ana", "key": "x"]], true,
        ] {
            try Forgery.expectRefused(Self.attended, .ledgerEvent, "") { lines in
                let place = try lines.at("ceremony-opened")
                lines[place].fields["participants"] = participants
                return place
            }
        }
    }

    @Test func `participants are read as people type them`() throws {
        let policy = try Self.attended.get().policy
        #expect(try Participant(typed: " bo ", under: policy) == Participant(
            name: "Bo", role: "officer, witness", operator: "bo"))
        #expect(try Participant(typed: "Bo", under: policy).operator == "bo")
        #expect(try Participant(typed: "Jane Doe , notary, Tartu", under: policy) == Participant(
            name: "Jane Doe", role: "notary, Tartu"))
        expectRefusal(.participants, "Write bo") { try Participant(typed: "boo", under: policy) }
        expectRefusal(.participants, "Bo is the operator bo") { try Participant(typed: "Bo, auditor", under: policy) }
    }

    // MARK: Rejections

    @Test func `a rejection that says something else than its file is refused`() throws {
        let changes: [(String, JSONValue, Control, String)] = [
            ("operator", "cy", .rejection, "does not say what the ledger says of it"),
            ("because", "I like it", .rejection, "does not say what the ledger says of it"),
            ("plan", .string(Digest.zero.hex), .rejection, "does not say what the ledger says of it"),
            ("key", "SHA256:x", .rejection, "does not say what the ledger says of it"),
            ("ceremony", 2, .rejection, "a rejection of another ceremony"),
        ]
        for (field, value, control, core) in changes {
            try Forgery.expectRefused(Self.attended, control, core) { lines in
                let place = try lines.at("rejection")
                lines[place].fields[field] = value
                return place
            }
        }
        try Forgery.expectRefused(Self.attended, .ledgerOrder, "is recorded twice") { lines in
            let place = try lines.at("rejection")
            lines.insert(lines[place], at: place)
            return place + 1
        }
        try Forgery.expectRefused(Self.attended, .ledgerOrder, "after the first step was begun") { lines in
            let rejection = lines.remove(at: try lines.at("rejection"))
            let place = try lines.at("intent") + 1
            lines.insert(rejection, at: place)
            return place
        }
    }

    // MARK: Signatures over the last checkpoint

    @Test func `a ceremony that was begun before the closing quorum signed is refused`() throws {
        for number in [0, 1] {
            try Forgery.expectRefused(
                Self.attended, .closing, "was begun before enough persons signed the last checkpoint"
            ) { lines in
                lines.remove(at: try lines.at("witnessed", number))
                return try lines.indices.first { $0 > (try lines.at("ceremony-opened", 1)) && lines[$0].event == "intent" }
                    ?? lines.at("intent")
            }
        }
    }

    @Test func `a signature over a checkpoint in another's name, or twice, is refused`() throws {
        try Forgery.expectRefused(Self.attended, .closing, "is not where the signature of cy lies") { lines in
            let place = try lines.at("witnessed")
            lines[place].fields["operator"] = "cy"
            return place
        }
        try Forgery.expectRefused(Self.attended, .closing, "is not by ana") { lines in
            let place = try lines.at("witnessed")
            lines[place].fields["key"] = "SHA256:x"
            return place
        }
        try Forgery.expectRefused(Self.attended, .ledgerOrder, "is recorded twice") { lines in
            let place = try lines.at("witnessed")
            lines.insert(lines[place], at: place)
            return place + 1
        }
        for number: JSONValue in [0, 2] {
            try Forgery.expectRefused(Self.attended, .closing, "another checkpoint than the last") { lines in
                let place = try lines.at("witnessed")
                lines[place].fields["ceremony"] = number
                return place
            }
        }
        try Forgery.expectRefused(Self.attended, .ledgerOrder, "after the first step was begun") { lines in
            let place = try lines.at("intent") + 1
            var witnessed = lines[try lines.at("witnessed")]
            witnessed.fields["ceremony"] = 1
            let second = try lines.at("ceremony-opened", 1)
            let later = try #require(lines.indices.first { $0 > second && lines[$0].event == "intent" }) + 1
            _ = place
            lines.insert(witnessed, at: later)
            return later
        }
    }

    // MARK: Pauses

    @Test func `a suspended ceremony stands still until it is resumed`() throws {
        func pause(_ event: String, _ lines: [ForgedLedger.Line], _ place: Int) -> ForgedLedger.Line {
            ForgedLedger.Line(
                event: event, fields: ["ceremony": 1, "by": "ana", "reason": "lunch"], time: lines[place].time)
        }
        for event in ["intent", "signed", "artifact", "ceremony-closed"] {
            try Forgery.expectRefused(
                Self.attended, .ledgerOrder, "\(event) while ceremony 1 is suspended by ana"
            ) { lines in
                let place = try lines.at(event)
                lines.insert(pause("ceremony-suspended", lines, place), at: place)
                return place + 1
            }
        }
        try Forgery.expectRefused(Self.attended, .ledgerOrder, "ceremony-suspended while") { lines in
            let place = try lines.at("intent")
            lines.insert(pause("ceremony-suspended", lines, place), at: place)
            lines.insert(pause("ceremony-suspended", lines, place), at: place)
            return place + 1
        }
        for field in ["by", "reason"] {
            try Forgery.expectRefused(Self.attended, .ledgerOrder, "without saying by whom and why") { lines in
                let place = try lines.at("intent")
                var line = pause("ceremony-suspended", lines, place)
                line.fields[field] = ""
                lines.insert(line, at: place)
                return place
            }
        }
        let report = try Forgery.interrupted(FinishedAuthority.small) { lines in
            let place = try lines.at("ceremony-closed")
            lines.insert(pause("ceremony-resumed", lines, place), at: place)
            lines.insert(pause("ceremony-suspended", lines, place), at: place)
            lines[place + 2].fields["signatures"] = lines[place + 2].fields["signatures"] ?? 0
        }
        #expect(report.holds, "\(report.failures)")
    }

    // MARK: Deviations

    @Test func `a deviation that says something else than its file is refused`() throws {
        for field in ["by", "text", "because"] {
            try Forgery.expectRefused(Self.attended, .deviation, "says something else than the ledger") { lines in
                let place = try lines.at("deviation")
                lines[place].fields[field] = "something else"
                return place
            }
            try Forgery.expectRefused(Self.attended, .deviation, "does not say who, what and why") { lines in
                let place = try lines.at("deviation")
                lines[place].fields[field] = "two\nlines"
                return place
            }
        }
        try Forgery.expectRefused(Self.attended, .deviation, "is recorded twice") { lines in
            let place = try lines.at("deviation")
            lines.insert(lines[place], at: place)
            return place + 1
        }
        // Nobody explains a file away by a deviation.
        try Forgery.expectRefused(Self.attended, .deviation, "certificates/G1.cer is no deviation") { lines in
            let place = try lines.at("deviation")
            let files = try #require(lines.first { $0.event == "artifact" }?.fields["files"]?.array)
            lines[place].fields["files"] = .array([try #require(files.first)])
            return place
        }
    }
}
