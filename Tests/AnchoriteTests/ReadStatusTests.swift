import Foundation
import Groundwork
import Testing

@testable import Authority

@Suite("anchorite status")
struct ReadStatusTests {
    @Test func `a fresh authority shows its tree, and nothing is due`() async throws {
        let folder = try await ReadFolder.shared.path()
        let status = try await BuiltCommand.run("status", "\(folder)/authority")
        #expect(status.code == 0)
        #expect(status.output.contains("├─ factory-shenzhen-2-2027"))
        #expect(status.output.contains("REVOKED"))
        #expect(status.output.contains("   └─ sample-device-tallinn-TLL-000001"))
        #expect(status.output.contains("Nothing is due."))
    }

    @Test func `a CRL within the overlap is due, and exit 1 says so`() async throws {
        let folder = try await ReadFolder.shared.path()
        let later = try #require(CalendarDuration("345d").flatMap { Timestamp.now().adding($0) })
        let status = try await BuiltCommand.run("status", "\(folder)/authority", "--at", later.rfc3339, "--json")
        #expect(status.code == 1)
        let due = (status.json?["status"] as? [String: Any])?["due"] as? [[String: Any]] ?? []
        #expect(due.map { $0["kind"] as? String } == ["crl", "crl"])
        #expect(due.allSatisfy { $0["late"] as? Bool == false })
    }

    @Test func `the tree counts what is revoked and what has ended`() async throws {
        let state = try await state()
        let now = try status(state, in: "0d")
        let root = try #require(now.roots.first)
        #expect(root.condition == .live)
        let conditions = Dictionary(
            uniqueKeysWithValues: root.children.map { ($0.record.planned.name, $0.condition.word) })
        #expect(conditions["factory-shenzhen-2-2027"] == "revoked")
        #expect(conditions["factory-tallinn-2027"] == "live")
        #expect(now.due.isEmpty)

        let late = try status(state, in: "30y")
        #expect(late.roots.first?.condition == .expired)
        // What has ended without a successor stays due; a revoked certificate and an end entity do not.
        let ended = Set(late.due.filter { $0.kind == .certificate }.map(\.subject))
        #expect(ended == ["G1", "G1-bundle-signer", "record", "factory-tallinn-2027"])
        #expect(Set(late.due.filter { $0.kind == .list }.map(\.subject)) == ["G1", "factory-tallinn-2027"])
        #expect(late.due.allSatisfy { $0.isLate(at: late.time) })
    }

    @Test func `a live successor ends what was due, whatever its year`() async throws {
        var state = try await state()
        let ended = try #require(state.certificates["factory-tallinn-2027"])
        let time = try #require(ended.fields.notAfter.adding(seconds: 86_400))
        func due(_ state: AuthorityState) throws -> [String] {
            AuthorityStatus(state, openCeremony: nil, at: time, notice: try #require(CalendarDuration("0d")))
                .due.map(\.subject)
        }
        #expect(try due(state).contains("factory-tallinn-2027"))
        var (planned, fields) = (ended.planned, ended.fields)
        planned.name = "factory-tallinn-2028"
        planned.scope["year"] = "2028"
        fields.notAfter = try #require(time.adding(seconds: 86_400))
        state.certificates[planned.name] = AuthorityState.CertificateRecord(
            planned: planned, fields: fields, der: ended.der, publicKey: ended.publicKey)
        #expect(try !due(state).contains("factory-tallinn-2027"))
    }

    @Test func `after everything has ended the command lists it and fails`() async throws {
        let folder = try await ReadFolder.shared.path()
        let status = try await BuiltCommand.run("status", "\(folder)/authority", "--at", "2090-01-01T00:00:00Z")
        #expect(status.code == 1)
        #expect(status.output.contains("LATE The certificate G1 ended on"))
        #expect(status.output.contains("LATE CRL 2 of G1 ended on"))
        #expect(!status.output.contains("Nothing is due."))
    }

    @Test func `a certificate is due before its end unless a successor lives`() async throws {
        let state = try await state()
        let due = try status(state, in: "1800d").due
        #expect(due.contains { $0.kind == .certificate && $0.subject == "G1-bundle-signer" })
        #expect(try !status(state, in: "1000d").due.contains { $0.kind == .certificate })
        // After its end, what is missing is a signer.
        #expect(try status(state, in: "6y").due.contains { $0.kind == .bundleSigner && $0.subject == "G1" })
    }

    @Test func `a revocation that no CRL and no bundle carries is due at once`() async throws {
        var state = try await state()
        let revoked = try #require(state.certificates["factory-shenzhen-2-2027"]?.revocation)
        var other = revoked
        other.certificate = "factory-tallinn-2027"
        state.certificates["factory-tallinn-2027"] = state.certificates["factory-tallinn-2027"]?.revoked(by: other)
        let due = try status(state, in: "0d").due
        #expect(due.contains { $0.kind == .revocation && $0.subject == "factory-tallinn-2027" })
        #expect(due.contains { $0.kind == .bundle })
    }

    @Test func `an open ceremony is due`() async throws {
        let folder = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        let authority = try scratch.copy("\(folder)/authority", as: "authority")
        // The ledger as it was before its last two lines.
        let lines = String(decoding: try contents("\(authority)/ledger.jsonl"), as: UTF8.self).split(separator: "\n")
        let end = try #require(lines.lastIndex { $0.contains("\"event\":\"ceremony-closed\"") })
        let shortened = lines[..<end].joined(separator: "\n") + "\n"
        try Data(shortened.utf8).write(to: URL(filePath: "\(authority)/ledger.jsonl"))
        let status = try await BuiltCommand.run("status", authority)
        #expect(status.code == 1)
        #expect(status.output.contains("Ceremony 2 is open"))
    }

    @Test func `a plan tells who is missing, and a wrong approval is named`() async throws {
        let folder = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        let plan = try scratch.copy("\(folder)/plans/1/plan.json", as: "plan.json")
        _ = try scratch.copy("\(folder)/plans/1/bo.approval", as: "bo.approval")
        let short = try await BuiltCommand.run("status", "--plan", plan)
        #expect(short.code == 1)
        #expect(short.output.contains("Bo Lindqvist (witness)"))
        #expect(short.output.contains("Ingrid Solberg, Mateus Carvalho or Yuki Tanabe"))
        #expect(short.output.contains("The quorum is not there yet."))

        let full = try await BuiltCommand.run("status", "--plan", "\(folder)/plans/1/plan.json")
        #expect(full.code == 0)
        #expect(full.output.contains("The quorum is there."))

        _ = try scratch.copy("\(folder)/plans/2/erik.approval", as: "erik.approval")
        let wrong = try await BuiltCommand.run("status", "--plan", plan)
        #expect(wrong.code == 1)
        #expect(wrong.output.contains("APPROVAL-PLAN"))
    }

    @Test func `a plan that was run is told as such, and a closed window stops one that was not`() async throws {
        let folder = try await ReadFolder.shared.path()
        let run = try await BuiltCommand.run("status", "\(folder)/authority", "--plan", "\(folder)/plans/2/plan.json")
        #expect(run.code == 1)
        #expect(run.output.contains("run: ceremony 2 was closed at"))
        let later = try #require(CalendarDuration("20d").flatMap { Timestamp.now().adding($0) })
        let closed = try await BuiltCommand.run(
            "status", "--plan", "\(folder)/plans/1/plan.json", "--at", later.rfc3339)
        #expect(closed.code == 1)
        #expect(closed.output.contains("CLOSED"))
    }

    @Test func `neither directory nor plan is a mistake in the call`() async throws {
        #expect(try await BuiltCommand.run("status").code == 64)
        #expect(try await BuiltCommand.run("status", "/nowhere").code == 65)
        #expect(try await BuiltCommand.run("status", "/nowhere", "--notice", "soon").code == 64)
    }

    private func state() async throws -> AuthorityState {
        let directory = AuthorityDirectory("\(try await ReadFolder.shared.path())/authority")
        return try #require(try AuthorityReading.state(of: directory).state)
    }

    private func status(_ state: AuthorityState, in duration: String) throws -> AuthorityStatus {
        let time = try #require(CalendarDuration(duration).flatMap { Timestamp.now().adding($0) })
        let notice = try #require(CalendarDuration("90d"))
        return AuthorityStatus(state, openCeremony: nil, at: time, notice: notice)
    }
}
