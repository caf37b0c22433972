import Authority
import Foundation
import Groundwork
import Testing

@Suite("anchorite doctor")
struct ReadDoctorTests {
    @Test func `with the policy alone it looks at quorums and machine`() async throws {
        let doctor = try await BuiltCommand.run("doctor", "--policy", Repository.path("Policies/production.yaml"))
        #expect(doctor.code == 0)
        #expect(doctor.output.contains("quorum create-root"))
        #expect(doctor.output.contains("core dumps"))
        #expect(!doctor.output.contains("token vault"))
    }

    @Test func `a token that is there is examined, without a login`() async throws {
        let folder = try await ReadFolder.shared.path()
        let doctor = try await BuiltCommand.run(
            "doctor", "--policy", "\(folder)/policy.yaml", "--site", Repository.path("Policies/rehearsal-site.yaml"),
            "--authority", "\(folder)/authority", "--json",
            environment: ["SOFTHSM2_CONF": "\(folder)/tokens/softhsm2.conf"])
        #expect(doctor.code == 0, Comment(rawValue: doctor.output))
        let checks = doctor.json?["checks"] as? [[String: String]] ?? []
        for subject in [
            "module of vault", "token vault", "PIN of vault", "login to vault", "mechanisms of vault", "RNG of vault",
        ] {
            #expect(checks.first { $0["check"] == subject }?["result"] == "ok", "\(subject)")
        }
    }

    @Test func `a token that is missing is named, and ends with 69`() async throws {
        let folder = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        let configuration = try scratch.write(
            "softhsm2.conf", Array("directories.tokendir = \(scratch.path)\nobjectstore.backend = file\n".utf8))
        let doctor = try await BuiltCommand.run(
            "doctor", "--policy", "\(folder)/policy.yaml", "--site", Repository.path("Policies/rehearsal-site.yaml"),
            environment: ["SOFTHSM2_CONF": configuration])
        #expect(doctor.code == 69)
        #expect(doctor.output.contains("failed   token vault"))
    }

    @Test func `an output folder that cannot be written to fails`() async throws {
        let doctor = try await BuiltCommand.run(
            "doctor", "--policy", Repository.path("Policies/production.yaml"), "--output", "/proc/sys")
        #expect(doctor.code == 1)
        #expect(doctor.output.contains("failed   output"))
    }

    @Test func `a policy that cannot be read is bad input`() async throws {
        let scratch = try ReadScratch()
        let path = try scratch.write("policy.yaml", Array("anchorite: policy/1\n".utf8))
        let doctor = try await BuiltCommand.run("doctor", "--policy", path)
        #expect(doctor.code == 65)
        #expect(doctor.output.isEmpty)
    }

    @Test func `a quorum that needs everybody does not survive an absence`() throws {
        let policy = try Policy(contents(Repository.path("Policies/production.yaml")), file: "production.yaml")
        let two = try #require(policy.quorum(for: .createRoot))
        let all = QuorumRule(seats: [QuorumSeats(role: "security-officer", needed: 3, of: 3)])
        #expect(QuorumReach(two, policy: policy, at: .now()).survivesAbsence)
        let whole = QuorumReach(all, policy: policy, at: .now())
        #expect(whole.isReachable)
        #expect(!whole.survivesAbsence)
        // Leila's key counts from 2026 on.
        let early = try #require(Timestamp(rfc3339: "2025-06-01T00:00:00Z"))
        #expect(QuorumReach(two, policy: policy, at: early).withoutKey.map(\.id) == ["leila"])
        // Who asks does not count.
        let issue = try #require(policy.quorum(for: .issueIntermediate))
        #expect(
            !QuorumReach(issue, policy: policy, at: .now(), requester: "ana").candidates.contains { $0.id == "ana" })
    }
}
