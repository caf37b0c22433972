import Authority
import Groundwork
import Testing

/// What a plan for a change of policy is, and what cannot be planned.
@Suite struct PolicyChangePlanTests {
    @Test func `a new policy is planned to the byte, and simulated`() throws {
        let test = try PolicyChanges.Case()
        let new = try Policy(Array(PolicyChanges.new.utf8), file: "new.yaml")
        let step = try #require(test.plan.steps.first?.step)
        #expect(step == .policy(PlannedPolicy(number: 2, digest: new.digest, path: "policies/0002.yaml")))
        #expect(test.plan.steps.count == 1)
        #expect(test.plan.inputs.map(\.bytes) == [new.bytes])
        #expect(try Plan(canonical: test.bytes) == test.plan)
        try test.authority.check(test.plan)
        #expect(try PlanReview.simulate(test.plan, state: test.authority.state).isEmpty)
        #expect(try test.plan.change(from: test.authority.policy)?.new.digest == new.digest)
    }

    @Test func `a policy that the plan does not hold, or another one, is not derived`() throws {
        let test = try PolicyChanges.Case()
        var without = test.plan
        without.inputs = []
        expectRefusal(.planDerived) { try test.authority.check(without) }
        var other = test.plan
        other.inputs[0].bytes = Array(PolicyChanges.old.replacing("14d", with: "13d").utf8)
        expectRefusal(.planDerived) { try test.authority.check(other) }
        expectRefusal(.plan, "does not hold the policy") { try other.change(from: test.authority.policy) }
    }

    @Test func `a change of policy stands alone in its ceremony`() throws {
        let alone = try PolicyChanges.Case()
        try alone.authority.check(alone.plan)
        for operations in [
            Operations.changePolicy + Operations.crl, Operations.crl + Operations.changePolicy,
            Operations.changePolicy + Operations.changePolicy,
        ] {
            expectRefusal(.policyChangeAlone, "does something else beside changing the policy") {
                try PolicyChanges.Case(operations: operations)
            }
        }
    }

    @Test func `a new policy is of the same authority and environment, and keeps the token of its keys`() throws {
        let new = PolicyChanges.new
        expectRefusal(.planAuthority) {
            try PolicyChanges.Case(to: new.replacing("authority: test\n", with: "authority: other\n"))
        }
        expectRefusal(.environment) {
            try PolicyChanges.Case(to: new.replacing("environment: development", with: "environment: staging")
                .replacing("CN: Test ", with: "CN: Acme ")
                .replacing("issue-end-entity: {officer: 1 of 2}", with: "issue-end-entity: {officer: 2 of 2}")
                .replacing("revoke: {officer: 1 of 2}", with: "revoke: {officer: 2 of 2}")
                .replacing("issue-crl: {officer: 1 of 2}", with: "issue-crl: {officer: 2 of 2}")
                .replacing("publish-bundle: {officer: 1 of 2}", with: "publish-bundle: {officer: 2 of 2}"))
        }
        for token in ["label: other-vault", "label: test-vault\n    serial: 1234"] {
            expectRefusal(.policyContinues, "does not keep the token vault") {
                try PolicyChanges.Case(to: new.replacing("label: test-vault", with: token))
            }
        }
        expectRefusal(.policyContinues, "is the policy that is in force") {
            try PolicyChanges.Case(to: PolicyChanges.old)
        }
        _ = try PolicyChanges.Case(
            to: new.replacing(
                "quorums:\n", with: "  spare:\n    label: spare\n    unlock: [prompt]\nquorums:\n"))
    }

    @Test func `a policy that is malformed, or can never be changed again, is refused`() throws {
        let new = PolicyChanges.new
        expectRefusal(.policyForm) { try PolicyChanges.Case(to: new + "more: yes\n") }
        expectRefusal(.quorumReachable) {
            try PolicyChanges.Case(
                to: new.replacing(
                    "change-policy: {officer: 1 of 2, witness: 1 of 3}",
                    with: "change-policy: {officer: 2 of 2, witness: 3 of 3}"))
        }
        expectRefusal(.quorum, "nobody could approve it, nor ever change it again") {
            try PolicyChanges.Case(
                to: new.replacing("  change-policy: {officer: 1 of 2, witness: 1 of 3}\n", with: ""))
        }
    }

    @Test func `a quorum that cannot be reached without who asks for the ceremony is refused when it is planned`() throws {
        let all = PolicyChanges.old.replacing(
            "change-policy: {officer: 1 of 2, witness: 1 of 2}", with: "change-policy: {engineer: 1 of 1, officer: 1 of 2}")
        expectRefusal(.quorumReachable, "its quorum cannot be reached without dee, who asks for the ceremony") {
            try PolicyChanges.Case(from: all)
        }
        expectRefusal(.quorumReachable, "of new.yaml cannot be reached without dee") {
            try PolicyChanges.Case(to: all.replacing("14d", with: "13d"))
        }
        let lenient = "requester-may-approve: yes"
        _ = try PolicyChanges.Case(
            to: all.replacing("requester-may-approve: no", with: lenient).replacing("14d", with: "13d"),
            from: all.replacing("requester-may-approve: no", with: lenient))
    }

    @Test func `a new key that could not approve its own plan is refused when it is planned`() throws {
        let line = PolicyChanges.line("eve")
        func key(_ limit: String) -> String {
            PolicyChanges.new.replacing("- \(line)\n", with: "- key: \(line)\n        \(limit)\n")
        }
        expectRefusal(.policyKeyProven, "of Eve is new and does not count yet") {
            try PolicyChanges.Case(to: key("not-before: 2027-04-01T00:00:00Z"))
        }
        expectRefusal(.policyKeyProven, "of Eve is new and does not count yet, or no more") {
            try PolicyChanges.Case(to: key("not-after: 2027-03-01T00:00:00Z"))
        }
        _ = try PolicyChanges.Case(to: key("not-after: 2028-03-01T00:00:00Z"))
        expectRefusal(.policyKeyProven, "Dee asks for the ceremony and so does not approve") {
            try PolicyChanges.Case(to: PolicyChanges.old.replacing(PolicyChanges.line("dee"), with: line))
        }
    }
}
