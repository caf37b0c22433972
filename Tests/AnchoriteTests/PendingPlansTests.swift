import Foundation
import Testing

/// The plans that wait, as `anchorite status DIR` tells of them on any machine.
@Suite("Plans that wait")
struct PendingPlansTests {
    private static let folder = "revoke-factory-tallinn-2027.plan"

    /// The rehearsed authority, and beside it a plan that revokes Tallinn.
    private func scene() async throws -> (scratch: ReadScratch, shared: String) {
        let scratch = try ReadScratch()
        let shared = try await ReadFolder.shared.path()
        _ = try scratch.copy("\(shared)/authority", as: "authority")
        let made = try await run(scratch.path, "revoke", "--factory", "tallinn", "--reason", "keyCompromise")
        try #require(made.code == 0, "\(made.talk)")
        return (scratch, shared)
    }

    private func run(_ folder: String, _ arguments: String...) async throws -> BuiltCommand.Outcome {
        try await BuiltCommand.run(program: BuiltCommand.path, arguments, folder: folder)
    }

    private func plans(_ folder: String, _ arguments: String...) async throws -> [[String: Any]] {
        let outcome = try await BuiltCommand.run(
            program: BuiltCommand.path, ["status", "--json"] + arguments, folder: folder)
        let status = outcome.json?["status"] as? [String: Any] ?? outcome.json
        return try #require(status?["plans"] as? [[String: Any]], "\(outcome.talk)")
    }

    private func approve(_ folder: String, _ shared: String, _ person: String) async throws {
        let outcome = try await run(
            folder, "approve", "\(Self.folder)/plan.json", "--key", "\(shared)/operators/\(person)", "--yes")
        try #require(outcome.code == 0, "\(outcome.talk)")
    }

    @Test func `a plan that waits is due, with who approved, who is missing and by when`() async throws {
        let (scratch, shared) = try await scene()
        let fresh = try await run(scratch.path, "status", "authority")
        #expect(fresh.code == 1)
        let told = fresh.output.replacing(#/\s+/#, with: " ")
        for words in [
            "Plan for ceremony 3: ", "plan \(Self.folder)/plan.json", "approvals are missing", "nobody yet",
            "1 more incident-responder for operations 1 to 3: Erik Brandt or Priya Raman",
            "1 more security-officer for operations 1 to 3: Ingrid Solberg, Mateus Carvalho or Yuki Tanabe",
            "for the incident; its window ends on", "waits for approvals: 1 more security-officer for operations",
        ] { #expect(told.contains(words), "\(words) is missing in \(fresh.output)") }
        #expect(!fresh.output.contains("Nothing is due."))

        try await approve(scratch.path, shared, "erik")
        let half = try #require(try await plans(scratch.path, "authority").first)
        #expect(half["state"] as? String == "waiting" && half["title"] as? String != nil)
        #expect(half["approved"] as? [String] == ["erik"])
        #expect((half["missing"] as? [String])?.count == 1)
        #expect(half["ready"] as? Bool == false)
        let deadline = try #require(half["deadline"] as? String)
        let closes = try #require((half["window"] as? [String: Any])?["closes"] as? String)
        #expect(deadline < closes)

        try await approve(scratch.path, shared, "mateus")
        let full = try await run(scratch.path, "status", "authority")
        #expect(full.code == 1)
        #expect(full.output.contains("the quorum is there: it can be run"))
        #expect(full.output.contains("Run it: anchorite run \(Self.folder)/plan.json --authority authority."))
        #expect(try await plans(scratch.path, "authority").first?["state"] as? String == "ready")
        // Later than the incident allows.
        let late = try await run(scratch.path, "status", "authority", "--at", "2999-01-01T00:00:00Z")
        #expect(late.output.contains("its window is over: plan again, or put the folder away"))
        #expect(try await plans(scratch.path, "authority", "--at", "2999-01-01T00:00:00Z").first?["state"] as? String == "closed")
    }

    @Test func `a plan is found beside the authority from another folder, and where it is named`() async throws {
        let (scratch, shared) = try await scene()
        let elsewhere = try ReadScratch()
        let found = try await run(elsewhere.path, "status", "\(scratch.path)/authority")
        #expect(found.code == 1 && found.output.contains("\(Self.folder)/plan.json"))
        // On another machine: a copy of the authority here, the plans in a folder of what was sent.
        _ = try elsewhere.copy("\(shared)/authority", as: "authority")
        #expect(try await run(elsewhere.path, "status", "authority").code == 0)
        try FileManager.default.createDirectory(atPath: "\(elsewhere.path)/inbox", withIntermediateDirectories: false)
        _ = try elsewhere.copy("\(scratch.path)/\(Self.folder)", as: "inbox/tonight")
        for place in ["inbox", "inbox/tonight", "inbox/tonight/plan.json"] {
            let named = try await plans(elsewhere.path, "authority/", place)
            #expect(named.map { $0["path"] as? String } == ["inbox/tonight/plan.json"], "\(place)")
        }
        // Without any copy of the authority, the folder still says who is missing.
        let alone = try await plans(elsewhere.path, "inbox")
        #expect(alone.first?["state"] as? String == "waiting" && alone.first?["fate"] == nil)
        let nothing = try await run(elsewhere.path, "status", "authority", "authority/crls")
        #expect(nothing.code == 65 && nothing.talk.contains("authority/crls is no plan, and holds none"))
        #expect(try await run(elsewhere.path, "status", "authority", "\(scratch.path)/authority").code == 64)
    }

    @Test func `a plan that was run is listed no more, nor one of another authority, and each is told when it is named`() async throws {
        let shared = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        _ = try scratch.copy("\(shared)/authority", as: "authority")
        _ = try scratch.copy("\(shared)/plans/2", as: "done.plan")
        #expect(try await run(scratch.path, "status", "authority").code == 0)
        #expect(try await plans(scratch.path, "authority").isEmpty)
        let named = try #require(try await plans(scratch.path, "authority", "done.plan").first)
        #expect(named["state"] as? String == "run")
        #expect((named["fate"] as? String)?.hasPrefix("run: ceremony 2 was closed at") == true)

        let desk = try await Desk()
        #expect(try await desk.run("plan", "ceremony.yaml").code == 0)
        _ = try scratch.copy("\(desk.path)/ceremony.plan", as: "other.plan")
        #expect(try await plans(scratch.path, "authority").isEmpty)
        #expect(try await plans(scratch.path, "authority", "other.plan").first?["state"] as? String == "refused")
    }

    @Test func `a plan that the ledger left behind, a changed one and one that is no plan are told as such`() async throws {
        let (scratch, shared) = try await scene()
        let plan = "\(scratch.path)/\(Self.folder)/plan.json"
        // The ledger as it was after its first ceremony, and a plan of that time.
        let past = try ReadScratch()
        _ = try past.copy("\(shared)/authority", as: "authority")
        let lines = String(decoding: try contents("\(past.path)/authority/ledger.jsonl"), as: UTF8.self).split(separator: "\n")
        let end = try #require(lines.firstIndex { $0.contains("\"event\":\"ceremony-closed\"") })
        try Data((lines[...end].joined(separator: "\n") + "\n").utf8)
            .write(to: URL(filePath: "\(past.path)/authority/ledger.jsonl"))
        let early = try await run(past.path, "revoke", "--factory", "tallinn", "--reason", "superseded", "--output", "early.yaml")
        try #require(early.code == 0, "\(early.talk)")
        _ = try scratch.copy("\(past.path)/early.plan", as: "early.plan")
        let text = String(decoding: try contents(plan), as: UTF8.self)
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/changed.plan", withIntermediateDirectories: false)
        _ = try scratch.copy("\(scratch.path)/\(Self.folder)/policy.yaml", as: "changed.plan/policy.yaml")
        let changed = text.replacing("\"path\":\"crls/G1-000003.crl\"", with: "\"path\":\"crls/G1-000009.crl\"")
        #expect(changed != text)
        _ = try scratch.write("changed.plan/plan.json", Array(changed.utf8))
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/odd.plan", withIntermediateDirectories: false)
        _ = try scratch.write("odd.plan/plan.json", Array("{}".utf8))

        let told = try await plans(scratch.path, "authority")
        let states = Dictionary(uniqueKeysWithValues: told.map { ($0["path"] as? String ?? "", $0["state"] as? String ?? "") })
        #expect(states == [
            "\(Self.folder)/plan.json": "waiting", "early.plan/plan.json": "stale", "changed.plan/plan.json": "refused",
            "odd.plan/plan.json": "unreadable",
        ])
        func refusal(_ name: String) -> String {
            told.first { $0["path"] as? String == "\(name)/plan.json" }?["refusal"] as? String ?? ""
        }
        #expect(refusal("early.plan").hasPrefix("PLAN-HEAD: the ledger has moved on since the plan was made"))
        #expect(refusal("changed.plan").hasPrefix("PLAN-DERIVED: "))
        #expect(refusal("odd.plan").contains("PLAN-FORM"))
        // The older machine knows its own plan, and not the one that was made after it.
        _ = try past.copy("\(scratch.path)/\(Self.folder)", as: "late.plan")
        let there = try await plans(past.path, "authority")
        #expect(there.map { $0["state"] as? String } == ["waiting", "refused"])
        #expect((there.last?["refusal"] as? String)?.contains("was never where the plan begins") == true)
    }
}
