import Authority
import Foundation
import Groundwork
import SSHSignature
import Testing

/// OpenSSH's ssh-keygen verifies the recorded approvals, and makes approvals that count.
@Suite(.enabled(if: Judge.isInstalled("ssh-keygen"), "ssh-keygen is not installed (Debian: openssh-client)"))
struct SSHKeygenTests {
    let authority: RehearsedAuthority

    init() throws { authority = try RehearsedAuthority.firstYear.get() }

    private func verify(_ approval: String, of plan: [UInt8], by identity: String, _ signers: String) async throws
        -> Judge.Verdict
    {
        try await Judge.ask(
            "ssh-keygen",
            ["-Y", "verify", "-f", signers, "-I", identity, "-n", "anchorite-plan", "-s", approval], input: plan)
    }

    @Test func `ssh-keygen -Y verify accepts every recorded approval, by its operator, of its plan`() async throws {
        let scratch = try ScratchFolder()
        let lines = authority.policy.operators.flatMap { person in
            person.keys.map { "\(person.id) namespaces=\"anchorite-plan\" \($0.authorizedKeysLine)" }
        }
        let signers = try scratch.write(Array((lines.joined(separator: "\n") + "\n").utf8), "allowed_signers")
        for ceremony in authority.state.ceremonies {
            let plan = try authority.directory.read(AuthorityPaths.plan(ceremony.number))
            let folder = AuthorityPaths.plan(ceremony.number).replacingOccurrences(of: "plan.json", with: "approvals")
            let files = try FileManager.default.contentsOfDirectory(atPath: authority.directory.absolute(folder))
            #expect(Set(files) == Set(ceremony.approvers.map { "\($0).approval" }))
            for person in ceremony.approvers {
                let file = authority.directory.absolute("\(folder)/\(person).approval")
                let good = try await verify(file, of: plan, by: person, signers)
                #expect(
                    good.accepted && good.output.hasPrefix("Good \"anchorite-plan\" signature for \(person)"),
                    "\(good.text)")
                #expect(try await !verify(file, of: plan + [0x0a], by: person, signers).accepted)
                #expect(try await !verify(file, of: plan, by: person == "yuki" ? "leila" : "yuki", signers).accepted)
            }
        }
    }

    @Test func `approvals by ssh-keygen -Y sign reach the quorum`() async throws {
        let scratch = try ScratchFolder()
        let bytes = try authority.directory.read(AuthorityPaths.plan(2))
        let plan = try Plan(canonical: bytes)
        let file = try scratch.write(bytes, "plan.json")
        var approvals: [Approval] = []
        for person in authority.state.ceremonies[1].approvers {
            try #require(throws: PlanError.self) { try quorum(approvals, plan, bytes) }
            let key = "\(authority.folder)/operators/\(person)"
            let signed = try await Judge.ask("ssh-keygen", ["-Y", "sign", "-n", "anchorite-plan", "-f", key, file])
            #expect(signed.accepted, "\(signed.text)")
            approvals.append(try Approval(path: "\(person).approval", bytes: scratch.read("\(file).sig")))
            try FileManager.default.removeItem(atPath: "\(file).sig")
        }
        try quorum(approvals, plan, bytes)

        // The same key over the same file in another namespace does not approve.
        let key = "\(authority.folder)/operators/\(authority.state.ceremonies[1].approvers[0])"
        _ = try await Judge.ask("ssh-keygen", ["-Y", "sign", "-n", "file", "-f", key, file])
        let other = try Approval(path: "other.approval", bytes: scratch.read("\(file).sig"))
        #expect { try quorum([other], plan, bytes) } throws: { ($0 as? PlanError)?.control == .approvalPlan }
    }

    private func quorum(_ approvals: [Approval], _ plan: Plan, _ bytes: [UInt8]) throws {
        try PlanApprovals(approvals, of: plan, planBytes: bytes, under: authority.policy, at: plan.created)
            .requireQuorum(for: plan)
    }
}
