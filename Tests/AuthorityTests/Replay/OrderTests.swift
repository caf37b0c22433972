import Authority
import Groundwork
import Testing

/// LEDGER-ORDER and QUORUM: events where they cannot be.
@Suite struct OrderTests {
    private static let small = FinishedAuthority.small
    private static let full = FinishedAuthority.full

    @Test func `a second beginning, and a second policy, are refused`() throws {
        try Forgery.expectRefused(Self.small, .ledgerOrder, "a ledger begins once") { lines in
            lines.insert(lines[0], at: 1)
            return 1
        }
        try Forgery.expectRefused(
            Self.small, .ledgerOrder, "policy outside a ceremony"
        ) { lines in
            lines.insert(lines[1], at: 2)
            return 2
        }
        try Forgery.expectRefused(
            Self.small, .ledgerOrder, "the first policy comes into force after the genesis"
        ) { lines in
            lines.remove(at: 0)
            return 0
        }
    }

    @Test func `nothing happens before a policy is in force, or outside a ceremony`() throws {
        for event in ["approval", "login", "intent", "signed", "artifact", "ceremony-closed"] {
            try Forgery.expectRefused(Self.small, .ledgerOrder, "\(event) before a policy is in force") { lines in
                lines.insert(lines[try lines.at(event)], at: 1)
                return 1
            }
            try Forgery.expectRefused(
                Self.small, .ledgerOrder, event == "ceremony-closed" ? "is not open" : "outside a ceremony"
            ) { lines in
                lines.append(lines[try lines.at(event)])
                return lines.count - 1
            }
        }
        try Forgery.expectRefused(Self.small, .ledgerOrder, "while another one is open") { lines in
            lines.remove(at: 1)
            return 1
        }
    }

    @Test func `a second ceremony cannot be opened while one is open`() throws {
        try Forgery.expectRefused(Self.full, .ledgerOrder, "ceremony 2 is opened while another one is open") { lines in
            let second = lines.remove(at: try lines.at("ceremony-opened", 1))
            let place = try lines.at("crl")
            lines.insert(second, at: place)
            return place
        }
    }

    @Test func `a ceremony cannot be closed with steps undone`() throws {
        for event in ["approval", "key-generated", "crl", "intent"] {
            try Forgery.expectRefused(Self.small, .ledgerOrder, "ceremony 1 is closed before operation") { lines in
                let close = lines.remove(at: try lines.at("ceremony-closed"))
                let place = try lines.at(event) + 1
                lines.insert(close, at: place)
                return place
            }
        }
        try Forgery.expectRefused(Self.full, .ledgerOrder, "ceremony 2 is not open") { lines in
            let place = try lines.at("ceremony-closed")
            lines[place].fields["ceremony"] = 2
            return place
        }
    }

    @Test func `an approval after the first step is refused`() throws {
        // The quorum of the test policy wants both; in the small authority the one approval is enough for all.
        try Forgery.expectRefused(Self.small, .ledgerOrder, "an approval after the first step was begun") { lines in
            lines.insert(lines[try lines.at("approval")], at: try lines.at("key-generated"))
            return try lines.at("key-generated") - 1
        }
        try Forgery.expectRefused(Self.small, .ledgerOrder, "you.approval is recorded twice") { lines in
            let place = try lines.at("approval")
            lines.insert(lines[place], at: place)
            return place + 1
        }
        try Forgery.expectRefused(Self.full, .approvalPlan, "an approval of another ceremony") { lines in
            let place = try lines.at("approval", 2)
            lines[place].fields["ceremony"] = 1
            return place
        }
    }

    @Test func `a record without the quorum's approvals is refused at the first step`() throws {
        let cases: [(remove: [Int], core: String)] = [
            ([0, 1], "operation 1 was begun without its quorum"),
            // Bo is officer and witness, and one person.
            ([0], "operation 1 was begun without its quorum"),
            ([1], "operation 1 was begun without its quorum"),
        ]
        for (remove, core) in cases {
            try Forgery.expectRefused(Self.full, .quorum, core) { lines in
                for number in remove.reversed() { lines.remove(at: try lines.at("approval", number)) }
                return try lines.at("intent")
            }
        }
        // In the second ceremony the first step signs nothing, and still it is a step.
        try Forgery.expectRefused(Self.full, .quorum, "operation 1 was begun without its quorum") { lines in
            lines.remove(at: try lines.at("approval", 2))
            return try lines.at("revoked")
        }
    }

    @Test func `an approval in another's name, or from another ceremony, does not count`() throws {
        try Forgery.expectRefused(Self.full, .approvalOperator, "ana.approval is not by cy") { lines in
            let place = try lines.at("approval")
            lines[place].fields["operator"] = "cy"
            return place
        }
        try Forgery.expectRefused(Self.full, .approvalPlan, "does not approve this plan") { lines in
            let place = try lines.at("approval", 2)
            lines[place].fields["file"] = try #require(lines[try lines.at("approval")].fields["file"])
            return place
        }
    }

    @Test func `steps in another order are refused`() throws {
        try Forgery.expectRefused(Self.small, .ledgerOrder, "is begun before operation 1, step 1") { lines in
            let place = try lines.at("intent")
            let later = try lines.intent("crl").intent
            lines[place] = lines[later]
            return place
        }
        try Forgery.expectRefused(Self.small, .ledgerOrder, "operation 1, step 4 is not signed") { lines in
            let artifact = lines.remove(at: try lines.at("artifact"))
            let place = try lines.intent("certificate").signed
            lines.insert(artifact, at: place)
            return place
        }
        try Forgery.expectRefused(Self.small, .ledgerOrder, "is not signed") { lines in
            let place = try lines.at("crl")
            lines.insert(lines[place], at: place)
            return place + 1
        }
    }

    @Test func `an event for something else than its step makes is refused`() throws {
        let changes: [(event: String, field: String, value: JSONValue, core: String)] = [
            ("artifact", "certificate", "record", "makes no certificate record"),
            ("artifact", "step", [1, 1], "operation 1, step 1 makes no certificate G1"),
            ("crl", "issuer", "product-p1", "makes no CRL 1 of product-p1"),
            ("crl", "number", 2, "makes no CRL 2 of G1"),
            ("bundle", "sequence", 2, "makes no bundle 2"),
            ("revoked", "certificate", "product-p1", "does not revoke product-p1"),
            ("revoked", "serial", "01", "does not revoke"), ("revoked", "reason", "superseded", "does not revoke"),
            ("revoked", "date", "2026-01-01T00:00:00Z", "does not revoke"),
        ]
        for change in changes {
            try Forgery.expectRefused(Self.full, .ledgerOrder, change.core) { lines in
                let place = try lines.at(change.event)
                lines[place].fields[change.field] = change.value
                return place
            }
        }
        try Forgery.expectRefused(Self.small, .ledgerOrder, "the key G1 was destroyed outside the plan") { lines in
            let place = try lines.at("key-generated") + 1
            lines.insert(
                ForgedLedger.Line(
                    event: "key-destroyed", fields: ["key": "G1", "reason": "none"], time: lines[place].time),
                at: place)
            return place
        }
        try Forgery.expectRefused(Self.small, .ledgerOrder, "ceremony 7 is not open") { lines in
            let place = try lines.at("intent")
            lines.insert(
                ForgedLedger.Line(
                    event: "ceremony-resumed", fields: ["ceremony": 7, "by": "ana", "reason": "none"], time: lines[place].time),
                at: place)
            return place
        }
    }
}
