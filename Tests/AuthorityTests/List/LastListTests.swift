import Groundwork
import PKIX
import Testing

@testable import Authority

/// The last CRL of a CA, and the end of its key.
@Suite struct LastListTests {
    /// What must be revoked before G1's last CRL.
    static let revocations = Operations.revoke("p1") + Operations.revoke(target: "name: G1-bundle-signer")

    static let policy: Result<String, any Error> = Result {
        try RolloverPolicy.text.replacing("maximum-crl-entries: 2", with: "maximum-crl-entries: 9")
            .replacing("  activate-root:", with: "  destroy-key: {officer: 1 of 2, witness: 1 of 2}\n  activate-root:")
    }

    @Test func `the last CRL waits until nothing under the CA is live`() throws {
        var authority = try PaperAuthority(try Self.policy.get())
        try authority.hold(Operations.root + Operations.product("p1") + Operations.product("p3", isGenerated: true))
        expectRefusal(
            .issuerEnded,
            "G1-bundle-signer and 2 more under G1 would be live after its last CRL, and could not be revoked any more. Revoke it"
        ) { try authority.plan(Operations.lastCRL()) }
        expectRefusal(.issuerEnded, "product-p3 under G1 would be live") {
            try authority.plan(Self.revocations + Operations.lastCRL())
        }
        let plan = try authority.plan(Self.revocations + Operations.revoke("p3") + Operations.lastCRL())
        let list = try #require(plan.certificateLists.first)
        #expect(list.nextUpdate == .latest && list.isLast && list.entries == 3 && list.number == 2)
        #expect(plan.operations.last?.title
            == "Issue the last CRL of G1, number 2, which never ends: G1 signs nothing after it")
        let parsed = try CertificateList.parseTBS(list.template.bytes)
        #expect(parsed.header.nextUpdate == DERTime.noExpiration)
        _ = try PlanReview.simulate(plan, state: authority.state)
        // Or until it has expired.
        let late = try #require(authority.record("G1-bundle-signer").fields.notAfter.adding(seconds: 1))
        #expect(late > (try authority.record("product-p1").fields.notAfter))
        _ = try authority.plan(Operations.lastCRL(), at: late)
    }

    @Test func `after its last CRL a CA signs nothing`() throws {
        var authority = try PaperAuthority(try Self.policy.get())
        try authority.hold(Operations.root + Operations.product("p1") + Operations.product("p3", isGenerated: true))
        try authority.hold(Operations.root.replacing("name: G1", with: "name: G2"))
        // A revoked CA says its last too, and what stands below it does not matter.
        try authority.hold(Operations.revoke("p3") + Operations.crl)
        try authority.hold(Operations.lastCRL(of: "product-p3"))
        try authority.hold(Self.revocations + Operations.lastCRL())
        for (operations, what) in [
            (Operations.crl, "CRL"), (Operations.lastCRL(), "CRL"), (Operations.product("p2"), "certificate product-p2"),
        ] {
            expectRefusal(.issuerEnded, "G1 signs nothing after its last CRL, number 3, so no \(what)") {
                try authority.plan(operations)
            }
        }
        expectRefusal(.issuerEnded, "product-p3 signs nothing after its last CRL, number 2") {
            try authority.plan(Operations.lastCRL(of: "product-p3"))
        }
        // The other root goes on, and bundles carry it alone.
        _ = try authority.plan(Operations.product("p2", under: "G2"))
        #expect(try authority.plan(Operations.bundle).bundles.first?.anchors == ["G2"])
        let state = try #require(authority.state)
        let status = AuthorityStatus(
            state, openCeremony: nil, at: authority.clock, notice: try #require(CalendarDuration("20y")))
        #expect(status.roots.first?.list?.isLast == true)
        #expect(!status.due.contains { $0.subject == "G1" && ($0.kind == .list || $0.kind == .bundleSigner) })
    }

    @Test func `what is revoked by its name must be there`() throws {
        let authority = try PaperAuthority.founded.get()
        expectRefusal(.revocationTarget, "there is no certificate named product-p7. Certificates:") {
            try authority.plan(Operations.revoke(target: "name: product-p7") + Operations.crl)
        }
        let plan = try authority.plan(Operations.revoke(target: "name: product-p1") + Operations.crl)
        #expect(plan.revocations.map(\.certificate) == ["product-p1"])
    }
}

/// The end of a key on its token.
@Suite struct KeyDestructionTests {
    /// G1 with everything under it revoked, its last CRL, and the end of its key; G2 goes on.
    static let ended = Result { try FinishedAuthority(
        try LastListTests.policy.get(),
        [
            Operations.root("G1", next: "G2") + Operations.product("p1"), Operations.activate("G2"),
            LastListTests.revocations + Operations.revoke(target: "name: G2-by-G1") + Operations.lastCRL() + Operations.destroyKey(),
            Operations.product("p2", under: "G2") + Operations.bundle,
        ])
    }

    @Test func `the key of a CA that has ended is destroyed on its token, and the record verifies`() throws {
        let workshop = try Workshop(try LastListTests.policy.get())
        try workshop.hold(Operations.root)
        let key = try #require(try workshop.state()?.keys["G1"])
        func objects() throws -> Int {
            try workshop.withVault { try $0.allKeys().count { $0.label == key.planned.label || $0.id == key.planned.id } }
        }
        let others = try workshop.withVault { try $0.allKeys().count } - objects()
        #expect(try objects() == 2)
        try workshop.hold(Operations.revoke(target: "name: G1-bundle-signer") + Operations.lastCRL() + Operations.destroyKey())
        #expect(try objects() == 0)
        #expect(try workshop.withVault { try $0.allKeys().count } == others)
        try workshop.expectVerifies()
        let state = try #require(try workshop.state())
        #expect(state.keys["G1"]?.isDestroyed == true && state.keys["record"]?.isDestroyed == false)
        let event = try #require(try workshop.ledger().last { $0.event == "key-destroyed" })
        #expect(event.fields["destroyed"] == 2 && event.fields["found"] == 0)
        #expect(event.fields["token-serial"] == .string(key.tokenSerial ?? ""))
        #expect(event.fields["reason"] == "CRL 2 of G1 is its last")
        // Before it is destroyed, its intent is on record.
        let lines = try workshop.ledger()
        #expect(lines[Int(event.index) - 1].fields["object"] == "destroy-key")
        expectRefusal(.keyDestroyed, "the key of G1 is destroyed already") { try workshop.plan(Operations.destroyKey()) }
    }

    @Test func `a key is not destroyed before its CA's last CRL`() throws {
        var authority = try PaperAuthority(try LastListTests.policy.get())
        try authority.hold(Operations.root)
        expectRefusal(.issuerEnded, "G1 has not signed its last CRL") { try authority.plan(Operations.destroyKey()) }
        let revocation = Operations.revoke(target: "name: G1-bundle-signer")
        expectRefusal(.issuerEnded, "G1 has not signed its last CRL") {
            try authority.plan(revocation + Operations.crl + Operations.destroyKey())
        }
        expectRefusal(.issuerEnded, "G1 has not signed its last CRL") {
            try authority.plan(revocation + Operations.destroyKey() + Operations.lastCRL())
        }
        let plan = try authority.hold(revocation + Operations.lastCRL() + Operations.destroyKey())
        #expect(plan.operations.last?.title == "Destroy the key of G1 on the token vault")
        #expect(try Plan(canonical: plan.canonicalBytes) == plan)
        expectRefusal(.keyDestroyed, "is destroyed already") { try authority.plan(Operations.destroyKey()) }
    }

    @Test func `an ended CA whose key is still there is due`() throws {
        var authority = try PaperAuthority(try LastListTests.policy.get())
        try authority.hold(Operations.root)
        try authority.hold(Operations.revoke(target: "name: G1-bundle-signer") + Operations.lastCRL())
        func due() throws -> [String] {
            let status = AuthorityStatus(
                try #require(authority.state), openCeremony: nil, at: authority.clock,
                notice: try #require(CalendarDuration("0d")))
            return status.due.filter { $0.kind == .key }.map(\.subject)
        }
        #expect(try due() == ["G1"])
        try authority.hold(Operations.destroyKey())
        #expect(try due() == [])
    }

    @Test func `a key that was replaced on the token is not destroyed`() throws {
        let workshop = try Workshop(try LastListTests.policy.get())
        try workshop.hold(Operations.root)
        try workshop.hold(Operations.revoke(target: "name: G1-bundle-signer") + Operations.lastCRL())
        let plan = try workshop.plan(Operations.destroyKey())
        let planned = try #require(try workshop.state()?.keys["G1"]?.planned)
        try workshop.withVault { session in
            try session.destroyKeys(label: planned.label, id: planned.id)
            _ = try session.generateKeyPair(.ecP256, label: planned.label, id: planned.id)
        }
        expectRefusal(.keyIdentity, "is not the one that the ledger recorded") { try workshop.run(plan) }
        #expect(try workshop.withVault { try $0.allKeys().contains { $0.label == planned.label } })
    }

    @Test(arguments: [0, 2]) func `a destruction that was cut off goes on where it stopped`(gone: Int) throws {
        let workshop = try Workshop(try LastListTests.policy.get())
        try workshop.hold(Operations.root)
        let plan = try workshop.plan(
            Operations.revoke(target: "name: G1-bundle-signer") + Operations.lastCRL() + Operations.destroyKey())
        var asked = 0
        expectRefusal(.interrupted) {
            try workshop.run(plan, shouldStop: {
                asked += 1
                return asked > 2
            })
        }
        guard case .destroyKey(let planned)? = plan.operations.last?.steps.last else {
            Issue.record("no end of a key")
            return
        }
        // The intent is on disk, and so many of the two objects are gone, when the machine stops.
        do {
            let recorder = try Recorder(workshop.directory)
            try recorder.append([.intent(Event.Intent(
                object: "destroy-key", step: StepID(operation: 2, step: 0), key: "G1", digest: planned.digest, repeats: nil))])
        }
        if gone > 0 {
            try workshop.withVault { try $0.destroyKeys(label: planned.label, id: planned.id) }
        }
        if gone == 0 { #expect(try workshop.verify().openCeremony?.unansweredIntents.count == 1) }
        try workshop.run(plan)
        try workshop.expectVerifies()
        let event = try #require(try workshop.ledger().last { $0.event == "key-destroyed" })
        #expect(event.fields["destroyed"] == (gone == 0 ? 2 : 0) && event.fields["found"] == 0)
    }

    @Test func `an end of a key that the record does not bear out is refused`() throws {
        let changes: [(Control, String, JSONValue, String)] = [
            (.ledgerOrder, "key", "G2", "does not destroy the key G2"),
            (.tokenIdentity, "token-serial", "0000", "on another token than its own"),
            (.keyDestroyed, "found", 1, "was still found on its token"),
            (.keyDestroyed, "destroyed", 3, "was still found"),
        ]
        for (control, field, value, core) in changes {
            try Forgery.expectRefused(Self.ended, control, core) { lines in
                let place = try lines.at("key-destroyed")
                lines[place].fields[field] = value
                return place
            }
        }
        // Without an intent before it, or answered by a signature.
        try Forgery.expectRefused(Self.ended, .ledgerOrder, "does not destroy the key G1") { lines in
            let place = try lines.at("key-destroyed")
            lines.swapAt(place - 1, place)
            return place - 1
        }
        try Forgery.expectRefused(Self.ended, .signatureIntended, "a signature answers no intent") { lines in
            let place = try lines.at("key-destroyed")
            lines[place].event = "signed"
            lines[place].fields = ["intent": .integer(Int64(place - 1)), "signature": "AAAA"]
            return place
        }
        let authority = try Self.ended.get()
        let report = try Verifier.verify(AuthorityDirectory(authority.path), root: authority.root)
        #expect(report.holds, "\(report.failures)")
        #expect(report.checked[.keyDestroyed] == 1)
        #expect(authority.state.roots.map(\.planned.name) == ["G1", "G2"])
        #expect(authority.state.bundles.last?.planned.anchors == ["G2"])
    }
}

extension Operations {
    static func destroyKey(of issuer: String = "G1") -> String { "  - operation: destroy-key\n    issuer: \(issuer)\n" }

    static func lastCRL(of issuer: String = "G1") -> String { crl(of: issuer) + "    last: yes\n" }
}
