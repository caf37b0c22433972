import Authority
import Groundwork
import SSHSignature
import Testing

/// A change of policy is approved under the old policy and under the new one.
@Suite struct PolicyChangeApprovalTests {
    @Test func `a change is approved under the old policy and under the new one`() throws {
        let test = try PolicyChanges.Case()
        // Under the old policy bo is the officer and cy the witness; under the new one everybody but ana's old key counts.
        let judged = try test.judge(["bo", "cy", "ana2", "eve"])
        #expect(judged.approvers.map(\.operator) == ["ana", "bo", "cy", "eve"])
        try test.judge(["ana", "cy", "ana2", "eve"])
        // Too few by the old policy, though the new one has its quorum: the newcomers do not count there.
        expectRefusal(.quorum, "operation 1 (change-policy) needs the approval of 1 more officer and 1 more witness") {
            try test.judge(["ana2", "eve"])
        }
        expectRefusal(.quorum, "1 more witness") { try test.judge(["bo", "ana2", "eve"]) }
        // Too few by the new policy.
        let strict = try PolicyChanges.Case(
            to: PolicyChanges.new.replacing("change-policy: {officer: 1 of 2,", with: "change-policy: {officer: 2 of 2,"))
        expectRefusal(.quorum, "under the new policy the change needs the approval of 1 more officer") {
            try strict.judge(["ana", "cy", "ana2", "eve"])
        }
        try strict.judge(["ana", "bo", "cy", "ana2", "eve"])
    }

    @Test func `every key that is new has itself approved the change`() throws {
        let test = try PolicyChanges.Case()
        expectRefusal(.policyKeyProven, "of Eve is new in the policy and has not approved the plan") {
            try test.judge(["bo", "cy", "ana2"])
        }
        expectRefusal(.policyKeyProven, "of Ana is new in the policy") { try test.judge(["ana", "bo", "cy", "eve"]) }
        // A second key beside the first must prove itself too.
        let second = PolicyChanges.old.replacing(
            "- \(PolicyChanges.line("ana"))\n",
            with: "- \(PolicyChanges.line("ana"))\n      - \(PolicyChanges.line("ana2"))\n")
        let more = try PolicyChanges.Case(to: second)
        expectRefusal(.policyKeyProven) { try more.judge(["ana", "cy"]) }
        try more.judge(["ana", "cy", "ana2"])
    }

    @Test func `a key that goes to another person is new there`() throws {
        // Cy's key becomes eve's: it signs as cy under the old policy, and as eve under the new one.
        let moved = PolicyChanges.withEve(PolicyChanges.old)
            .replacing(PolicyChanges.line("eve"), with: PolicyChanges.line("cy"))
        let index = try #require(moved.range(of: PolicyChanges.line("cy")))
        let new = moved.replacingCharacters(in: index, with: PolicyChanges.line("cy2"))
        let test = try PolicyChanges.Case(to: new)
        expectRefusal(.policyKeyProven, "of Eve is new") { try test.judge(["ana", "bo", "cy2"]) }
        try test.judge(["ana", "bo", "cy", "cy2"])
    }

    @Test func `a newcomer approves only the plan that brings them, and a stranger none`() throws {
        let test = try PolicyChanges.Case()
        expectRefusal(.approvalOperator, "which is no operator's") { try test.judge(["bo", "cy", "ana2", "eve", "stranger"]) }
        let other = try PolicyChanges.Case(operations: Operations.crl)
        try other.judge(["ana"])
        expectRefusal(.approvalOperator, "which is no operator's") { try other.judge(["ana", "eve"]) }
        expectRefusal(.approvalOperator, "which is no operator's") { try other.judge(["ana2"]) }
    }

    @Test func `each policy judges by its own rules`() throws {
        // Dee asks: she counts under neither, though the new policy would let her.
        let lenient = PolicyChanges.old.replacing("requester-may-approve: no", with: "requester-may-approve: yes")
            .replacing("change-policy: {officer: 1 of 2, witness: 1 of 2}", with: "change-policy: {engineer: 1 of 1, officer: 1 of 2}")
        let test = try PolicyChanges.Case(to: lenient)
        let judged = try test.judge(["ana", "cy", "dee"])
        #expect(judged.approvers.map(\.operator) == ["ana", "cy", "dee"])
        expectRefusal(.quorum, "1 more witness") { try test.judge(["ana", "dee"]) }
        expectRefusal(.quorum, "under the new policy the change needs the approval of 1 more engineer") {
            try test.judge(["ana", "cy"])
        }
    }

    @Test func `a security key counts under each policy that its touch or verification satisfies`() throws {
        let stick = try FIDOStick()
        let strict = PolicyChanges.withEve(PolicyChanges.old)
            .replacing(PolicyChanges.line("eve"), with: stick.publicKey.authorizedKeysLine)
            .replacing("requester-may-approve: no", with: "requester-may-approve: no\n  require-user-verification: yes")
        let test = try PolicyChanges.Case(to: strict)
        func approval(_ flags: UInt8) throws -> Approval {
            let signature = try stick.signature(over: test.bytes, namespace: Approval.namespace, flags: flags)
            return try Approval(path: "eve.approval", bytes: signature.encodeArmored())
        }
        func judge(_ flags: UInt8) throws {
            try PlanApprovals(
                [try approval(flags)] + ["ana", "cy"].map(test.approval), of: test.plan, planBytes: test.bytes,
                under: test.authority.policy, at: test.plan.created
            ).requireQuorum(for: test.plan)
        }
        try judge(FIDOStick.present | FIDOStick.verified)
        expectRefusal(.approvalPresence) { try judge(FIDOStick.present) }
        expectRefusal(.approvalPresence) { try judge(0) }
    }

    @Test func `progress tells who is missing under either policy, and which key`() throws {
        let test = try PolicyChanges.Case()
        func progress(_ keys: [String]) throws -> QuorumProgress {
            QuorumProgress(
                try keys.map { (path: "\($0).approval", bytes: try test.approval(by: $0).bytes) }, of: test.plan,
                planBytes: test.bytes, under: test.authority.policy, at: test.plan.created)
        }
        let none = try progress([])
        #expect(none.change?.roles.map(\.missing) == [1, 1])
        #expect(none.change?.roles.first?.couldFill.map(\.id) == ["ana", "bo"])
        #expect(none.change?.unproven.map(\.person.id) == ["ana", "eve"])
        #expect(!none.isFilled)
        let half = try progress(["bo", "cy"])
        #expect(half.operations.allSatisfy { $0.allSatisfy { $0.missing == 0 } })
        #expect(!half.isReached)
        #expect(try progress(["bo", "cy", "ana2", "eve"]).isReached)
    }
}
