import Authority
import Groundwork
import Rehearsal
import Testing

/// What people in the room do, while ceremonies are run.
@Suite struct RoomRunTests {
    // MARK: Rejections

    @Test func `rejections are recorded at the opening, of this plan and of one that never ran`() throws {
        let workshop = try Workshop()
        let dropped = try workshop.plan(Operations.root)
        let plan = try workshop.plan(Operations.root)
        let rejections = [
            try workshop.rejection(by: "dee", of: plan, because: "too early"),
            try workshop.rejection(by: "bo", of: dropped, because: "no bundle"),
        ]
        try workshop.run(plan, room: Workshop.Room(rejections: rejections))
        try workshop.expectVerifies()
        let recorded = try workshop.ledger().filter { $0.event == "rejection" }
        #expect(Set(recorded.compactMap { $0.fields["because"]?.string }) == ["too early", "no bundle"])
        #expect(Set(recorded.compactMap { $0.fields["operator"]?.string }) == ["bo", "dee"])
        #expect(workshop.directory.contains("ceremonies/0001/rejections/dee.rejection"))
    }

    @Test func `who approves and rejects the same plan stops the run`() throws {
        let workshop = try Workshop()
        let plan = try workshop.plan(Operations.root)
        let rejection = try workshop.rejection(by: "ana", of: plan)
        try workshop.expectRunRefused(.rejection, "Ana has approved this plan and rejected it") {
            try workshop.run(
                plan, try workshop.approvals(of: plan, by: ["ana", "cy"]), room: Workshop.Room(rejections: [rejection]))
        }
        // Of an earlier plan it is another matter.
        let earlier = try workshop.rejection(by: "ana", of: try workshop.plan(Operations.root))
        try workshop.run(
            plan, try workshop.approvals(of: plan, by: ["ana", "cy"]), room: Workshop.Room(rejections: [earlier]))
        try workshop.expectVerifies()
    }

    @Test func `a rejection that is not good stops the run`() throws {
        let workshop = try Workshop()
        let held = try workshop.hold(Operations.root)
        let plan = try workshop.plan(Operations.crl)
        let good = Rejection.Statement(plan: plan.digest, title: plan.title, operator: "dee", because: "no")
        var other = good
        other.operator = "cy"
        var titled = good
        titled.title = "Another"
        var gone = good
        gone.plan = held.digest
        let cases: [(Rejection, String)] = [
            (try workshop.rejection(other, signedBy: "dee"), "is in the name of cy, and signed by dee"),
            (try workshop.rejection(titled, signedBy: "dee"), "rejects \"Another\", and the plan is"),
            (try workshop.rejection(gone, signedBy: "dee"), "rejects a plan that was run"),
            (try workshop.rejection(good, signedBy: "dee", namespace: "anchorite-plan"), "under the namespace anchorite-plan"),
        ]
        for (rejection, core) in cases {
            try workshop.expectRunRefused(.rejection, core) {
                try workshop.run(plan, room: Workshop.Room(rejections: [rejection]))
            }
        }
        let bytes = try workshop.rejection(good, signedBy: "dee").bytes
        for spoiled in [Array(bytes.dropLast()), bytes + [0x0a], Array("{}".utf8), []] {
            expectRefusal(.rejection, "is no rejection") { try Rejection(path: "x", bytes: spoiled) }
        }
    }

    // MARK: Participants

    @Test func `participants are recorded at the opening`() throws {
        let workshop = try Workshop()
        let plan = try workshop.plan(Operations.root)
        let people = try ["cy", "Jane Doe, auditor"].map { try Participant(typed: $0, under: workshop.policy) }
        try workshop.expectRunRefused(.participants, "Jane Doe is named twice") {
            try workshop.run(plan, room: Workshop.Room(participants: people + [people[1]]))
        }
        try workshop.run(plan, room: Workshop.Room(participants: people))
        try workshop.expectVerifies()
        let opening = try #require(try workshop.ledger().first { $0.event == "ceremony-opened" })
        #expect(opening.fields["participants"] == [
            ["name": "Cy", "role": "witness", "operator": "cy"], ["name": "Jane Doe", "role": "auditor"],
        ])
    }

    // MARK: Closing

    @Test func `the next ceremony waits until the closing quorum signed the last checkpoint`() throws {
        let workshop = try Workshop(RoomPolicy.text)
        try workshop.hold(Operations.root)
        let plan = try workshop.plan(Operations.crl)
        try workshop.expectRunRefused(.closing, "needs the signature of 1 more officer and 1 more witness") {
            try workshop.run(plan)
        }
        // Bo is both, and one person.
        try workshop.sign(checkpoint: 1, by: ["bo"])
        try workshop.expectRunRefused(.closing, "needs the signature of 1 more") { try workshop.run(plan) }
        try workshop.expectVerifies()
        try workshop.sign(checkpoint: 1, by: ["ana"])
        try workshop.run(plan)
        try workshop.expectVerifies()
        let witnessed = try workshop.ledger().filter { $0.event == "witnessed" }
        #expect(witnessed.compactMap { $0.fields["operator"]?.string } == ["ana", "bo"])
        #expect(witnessed.allSatisfy { $0.fields["ceremony"] == 1 })
    }

    @Test func `a signature that is no witness's is found, and stops the next ceremony`() throws {
        let workshop = try Workshop()
        try workshop.hold(Operations.root)
        let plan = try workshop.plan(Operations.crl)
        let stranger = try Workshop()
        let path = AuthorityPaths.witness(1, "ana")
        let checkpoint = try workshop.directory.read(AuthorityPaths.checkpoint(1))
        let cases: [([UInt8], String)] = [
            (try workshop.signature(of: checkpoint, namespace: "anchorite-plan", by: "ana"), "under the namespace anchorite-plan"),
            (try workshop.signature(of: Array("x".utf8), namespace: WitnessSignature.namespace, by: "ana"), "signs another file"),
            (try stranger.signature(of: checkpoint, namespace: WitnessSignature.namespace, by: "ana"), "which is no operator's"),
            (try workshop.signature(of: checkpoint, namespace: WitnessSignature.namespace, by: "cy"), "lies under another name"),
            (Array("x".utf8), "holds no SSH signature"),
        ]
        try workshop.directory.makeFolder(for: path)
        for (bytes, core) in cases {
            try Files.write(bytes, to: workshop.directory.absolute(path))
            expectFailure(try workshop.verify(), .closing, core)
            try workshop.expectRunRefused(.closing, core) { try workshop.run(plan) }
        }
        try workshop.sign(checkpoint: 1, by: ["ana"])
        try workshop.expectVerifies()
        try workshop.run(plan)
        try workshop.expectVerifies()
        // Afterwards it is part of the record, and none is added.
        try Files.remove(workshop.directory.absolute(path))
        expectFailure(try Verifier.verify(workshop.directory, root: nil), .closing)
        try workshop.sign(checkpoint: 1, by: ["ana", "cy"])
        expectFailure(try workshop.verify(), .files, AuthorityPaths.witness(1, "cy"))
    }

    // MARK: Deviations

    @Test func `what was written down is recorded by the next step, close or opening`() throws {
        let workshop = try Workshop()
        let plan = try workshop.plan(Operations.root)
        var asked = 0
        func write(_ text: String) throws {
            try PendingDeviation(by: "ana", text: text, because: "it happened").write(into: workshop.directory)
        }
        try write("before the opening")
        try workshop.run(plan, shouldStop: {
            asked += 1
            if asked == 3 { try? write("on the way") }
            return false
        })
        try workshop.expectVerifies()
        let texts = try workshop.ledger().filter { $0.event == "deviation" }.compactMap { $0.fields["text"]?.string }
        #expect(texts == ["before the opening", "on the way"])
        try write("afterwards")
        #expect(try workshop.verify().notices.contains { $0.contains("A deviation by ana waits to be recorded: afterwards.") })
        try workshop.expectVerifies()
        try workshop.hold(Operations.crl)
        try workshop.expectVerifies()
        #expect(try workshop.ledger().count { $0.event == "deviation" } == 3)
    }

    @Test func `a file that is no deviation is found, and stops a run`() throws {
        let workshop = try Workshop()
        try workshop.hold(Operations.root)
        let good = try PendingDeviation(by: "ana", text: "one", because: "two")
        for (path, bytes) in [
            (good.path, Array(good.bytes.dropLast())), (good.path, good.bytes + [0x0a]),
            ("deviations/notes.txt", good.bytes), ("deviations/notes.txt", Array("hello".utf8)),
        ] {
            try workshop.directory.makeFolder(for: path)
            try Files.write(bytes, to: workshop.directory.absolute(path))
            expectFailure(try workshop.verify(), .deviation)
            let plan = try workshop.plan(Operations.crl)
            try workshop.expectRunRefused(.deviation, "") { try workshop.run(plan) }
            try Files.remove(workshop.directory.absolute(path))
        }
        for (by, text, because) in [("", "a", "b"), ("a", "a\nb", "c"), ("a", "b", String(repeating: "c", count: 1001))] {
            expectRefusal(.deviation) { try PendingDeviation(by: by, text: text, because: because) }
        }
    }
}
