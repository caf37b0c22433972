import Authority
import Groundwork
import SSHSignature
import Testing

/// Approvals, judged against a plan and the policy that it is made under.
@Suite struct ApprovalTests {
    /// A plan that creates a root: it needs an officer (ana, bo) and a witness (bo, cy); dee asked for it.
    struct Case {
        let policy: Policy
        let plan: Plan
        var bytes: [UInt8] { plan.canonicalBytes }

        init(_ change: (String) throws -> String = { $0 }, requester: String = "dee") throws {
            policy = try Policy(Array(change(TestPolicy.text).utf8), file: "policy.yaml")
            plan = try Planner.plan(
                try Workshop.ceremony(Operations.root, policy, requester: requester), policy: policy, state: nil,
                circumstances: Planner.Circumstances(
                    head: .empty, created: try #require(Timestamp(rfc3339: "2027-03-02T10:00:00Z")),
                    nonce: Array(repeating: 1, count: 32))
            ) { _ in [] }
        }

        func approval(by id: String, of bytes: [UInt8]? = nil, namespace: String = Approval.namespace) throws -> Approval {
            let signature = try TestPolicy.key(id).signature(over: bytes ?? self.bytes, namespace: namespace)
            return try Approval(path: "\(id).approval", bytes: signature.encodeArmored())
        }

        @discardableResult
        func judge(_ approvals: [Approval], at time: Timestamp? = nil) throws -> PlanApprovals {
            let judged = try PlanApprovals(
                approvals, of: plan, planBytes: bytes, under: policy, at: time ?? plan.created)
            try judged.requireQuorum(for: plan)
            return judged
        }
    }

    @Test func `approvals of the right persons reach the quorum, too few do not`() throws {
        let test = try Case()
        for people in [["ana", "bo"], ["ana", "cy"], ["bo", "cy"], ["ana", "bo", "cy"]] {
            let judged = try test.judge(try people.map { try test.approval(by: $0) })
            #expect(judged.approvers.map(\.operator) == people)
        }
        for people in [[], ["ana"], ["bo"], ["cy"]] {
            let error = expectRefusal(.quorum) { try test.judge(try people.map { try test.approval(by: $0) }) }
            #expect(error?.reason.contains("operation 1 (create-root) needs the approval of 1 more") == true)
        }
    }

    @Test func `an approval of another plan is refused, even beside a whole quorum`() throws {
        let test = try Case()
        var other = test.plan
        other.nonce[0] ^= 1
        let good = [try test.approval(by: "ana"), try test.approval(by: "cy")]
        try test.judge(good)
        let stray = try test.approval(by: "bo", of: other.canonicalBytes)
        expectRefusal(.approvalPlan, "it signs another file") { try test.judge(good + [stray]) }
        for position in [0, test.bytes.count / 2, test.bytes.count - 1] {
            var changed = test.bytes
            changed[position] ^= 1
            let approval = try test.approval(by: "ana", of: changed)
            expectRefusal(.approvalPlan) { try test.judge([approval, good[1]]) }
        }
    }

    @Test func `an approval under another namespace is refused`() throws {
        let test = try Case()
        for namespace in ["file", "git", "anchorite-plan2", "Anchorite-plan"] {
            let approval = try test.approval(by: "ana", namespace: namespace)
            expectRefusal(.approvalPlan, "under the namespace \(namespace)") {
                try test.judge([approval, try test.approval(by: "cy")])
            }
        }
    }

    @Test func `an approval with a key that is nobody's is refused`() throws {
        let test = try Case()
        let stranger = try SoftwareSSHKey.ed25519(comment: "ana@test")
        let signature = try stranger.signature(over: test.bytes, namespace: Approval.namespace)
        let approval = try Approval(path: "ana.approval", bytes: signature.encodeArmored())
        expectRefusal(.approvalOperator, "which is no operator's") {
            try test.judge([try test.approval(by: "ana"), try test.approval(by: "cy"), approval])
        }
    }

    @Test func `who asked for the ceremony does not approve it, unless the policy lets them`() throws {
        let test = try Case(requester: "ana")
        expectRefusal(.approvalOperator, "who asked for the ceremony") {
            try test.judge([try test.approval(by: "ana"), try test.approval(by: "cy")])
        }
        try test.judge([try test.approval(by: "bo"), try test.approval(by: "cy")])
        let lenient = try Case(
            { $0.replacingOccurrences(of: "requester-may-approve: no", with: "requester-may-approve: yes") }, requester: "ana")
        try lenient.judge([try lenient.approval(by: "ana"), try lenient.approval(by: "cy")])
    }

    @Test func `one person with two keys counts once`() throws {
        let second = try SoftwareSSHKey.ed25519(comment: "second")
        let line = try TestPolicy.key("ana").publicKey.authorizedKeysLine
        let test = try Case {
            $0.replacingOccurrences(of: "- \(line)\n", with: "- \(line)\n      - \(second.publicKey.authorizedKeysLine)\n")
                .replacingOccurrences(of: "create-root: {officer: 1 of 2, witness: 1 of 2}", with: "create-root: {officer: 2 of 2}")
        }
        let again = try Approval(
            path: "ana-2.approval",
            bytes: try second.signature(over: test.bytes, namespace: Approval.namespace).encodeArmored())
        expectRefusal(.quorum, "1 more officer") { try test.judge([try test.approval(by: "ana"), again]) }
        let judged = try test.judge([try test.approval(by: "ana"), again, try test.approval(by: "bo")])
        #expect(judged.approvals.count == 3 && judged.approvers.count == 2)
    }

    @Test func `a person with two roles fills one seat of them`() throws {
        let test = try Case()
        // bo is officer and witness.
        expectRefusal(.quorum) { try test.judge([try test.approval(by: "bo")]) }
        expectRefusal(.quorum) { try test.judge([try test.approval(by: "bo"), try test.approval(by: "bo")]) }
    }

    @Test func `a key counts in its time only, both ends included`() throws {
        let line = try TestPolicy.key("ana").publicKey.authorizedKeysLine
        let test = try Case {
            $0.replacingOccurrences(
                of: "- \(line)\n",
                with: "- key: \(line)\n        not-before: 2027-03-02T10:00:05Z\n        not-after: 2027-03-02T10:00:09Z\n")
        }
        let approvals = [try test.approval(by: "ana"), try test.approval(by: "cy")]
        for second in [5, 9] { try test.judge(approvals, at: test.plan.created.adding(seconds: Int64(second))) }
        expectRefusal(.approvalOperator, "counts from") { try test.judge(approvals, at: test.plan.created.adding(seconds: 4)) }
        expectRefusal(.approvalOperator, "counted until") { try test.judge(approvals, at: test.plan.created.adding(seconds: 10)) }
    }

    @Test func `a security key must be touched, and verify its owner where the policy says so`() throws {
        let stick = try FIDOStick()
        let elsewhere = try FIDOStick(application: "ssh:elsewhere")
        let line = try TestPolicy.key("ana").publicKey.authorizedKeysLine
        func run(_ stick: FIDOStick, flags: UInt8, verification: Bool) throws {
            let test = try Case {
                $0.replacingOccurrences(of: line, with: stick.publicKey.authorizedKeysLine)
                    .replacingOccurrences(
                        of: "requester-may-approve: no",
                        with: "requester-may-approve: no\n  require-user-verification: \(verification ? "yes" : "no")")
            }
            let signature = try stick.signature(over: test.bytes, namespace: Approval.namespace, flags: flags)
            let approval = try Approval(path: "ana.approval", bytes: signature.encodeArmored())
            try test.judge([approval, try test.approval(by: "cy")])
        }
        try run(stick, flags: FIDOStick.present, verification: false)
        try run(stick, flags: FIDOStick.present | FIDOStick.verified, verification: true)
        expectRefusal(.approvalPresence) { try run(stick, flags: 0, verification: false) }
        expectRefusal(.approvalPresence) { try run(stick, flags: FIDOStick.verified, verification: false) }
        expectRefusal(.approvalPresence) { try run(stick, flags: FIDOStick.present, verification: true) }
        expectRefusal(.approvalPresence) { try run(elsewhere, flags: FIDOStick.present, verification: false) }
    }

    @Test func `a file that is no approval is refused`() throws {
        let test = try Case()
        let good = try test.approval(by: "ana").bytes
        #expect(try Approval(path: "x.approval", bytes: good).bytes == good)
        for bad in [[], Array("hello".utf8), Array(good.dropLast(30)), good + good, Array(good.dropFirst())] {
            expectRefusal(.approvalForm, "x.approval is not an approval") { try Approval(path: "x.approval", bytes: bad) }
        }
    }

    @Test func `more approvals than the policy allows are refused`() throws {
        let test = try Case()
        let approvals = try ["ana", "bo", "cy", "ana", "bo"].map { try test.approval(by: $0) }
        try test.judge(approvals)
        expectRefusal(.limits, "there are 6 approvals, and the policy allows 5") {
            try test.judge(approvals + [try test.approval(by: "cy")])
        }
    }
}
