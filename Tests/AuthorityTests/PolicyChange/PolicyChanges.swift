import Authority
import Groundwork
import SSHSignature
import Testing

/// The test policy with a quorum for its change, and what takes its place.
enum PolicyChanges {
    static let old = TestPolicy.text.replacing(
        "  publish-bundle: {officer: 1 of 2}\n",
        with: "  publish-bundle: {officer: 1 of 2}\n  change-policy: {officer: 1 of 2, witness: 1 of 2}\n")

    /// Ana has lost her key and has another; eve is new, and a witness.
    static let new = withEve(old.replacing(line("ana"), with: line("ana2")))

    static func withEve(_ text: String) -> String {
        text.replacing(
            "tokens:\n", with: "  eve:\n    name: Eve\n    roles: [witness]\n    keys:\n      - \(line("eve"))\ntokens:\n"
        ).replacing("witness: 1 of 2", with: "witness: 1 of 3")
    }

    static func line(_ id: String) -> String { (try? TestPolicy.key(id))?.publicKey.authorizedKeysLine ?? "" }

    /// An authority on paper that has a root under the old policy, and plans a change to another.
    struct Case {
        let authority: PaperAuthority
        let plan: Plan
        var bytes: [UInt8] { plan.canonicalBytes }

        init(
            to new: String = PolicyChanges.new, from old: String = PolicyChanges.old, _ more: String = "",
            operations: String = Operations.changePolicy
        ) throws {
            var authority = try PaperAuthority(old)
            try authority.hold(Operations.root)
            authority.inputs["new.yaml"] = Array(new.utf8)
            self.authority = authority
            plan = try authority.plan(operations, more)
        }

        func approval(by key: String) throws -> Approval {
            let signature = try TestPolicy.key(key).signature(over: bytes, namespace: Approval.namespace)
            return try Approval(path: "\(key).approval", bytes: signature.encodeArmored())
        }

        @discardableResult
        func judge(_ keys: [String], at time: Timestamp? = nil) throws -> PlanApprovals {
            let judged = try PlanApprovals(
                try keys.map(approval), of: plan, planBytes: bytes, under: authority.policy, at: time ?? plan.created)
            try judged.requireQuorum(for: plan)
            return judged
        }
    }
}

extension Operations {
    static let changePolicy = "  - operation: change-policy\n    policy: new.yaml\n"
}
