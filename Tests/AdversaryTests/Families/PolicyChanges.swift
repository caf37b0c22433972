import Foundation
import SSHSignature

extension Stage {
    /// Plans a change of the policy: the one in force, changed in some places.
    func planChange(_ edits: (String, String)..., more: String = "") throws -> Shown {
        try write(text("policy.yaml"), "new.yaml")
        for (old, new) in edits { try edit("new.yaml", old, new) }
        return try plan("  - operation: change-policy\n    policy: new.yaml\n" + more, named: "change")
    }

    /// The policy in which Fay has another key.
    func planNewKey() throws {
        _ = try Self.need(try planChange((TestPolicy.line("fay"), TestPolicy.line("fay's new stick"))))
    }

    /// Puts that policy in force.
    func changeKey() throws {
        try planNewKey()
        try approve("ana", "bo", "cy", plan: "change")
        try approve(with: TestPolicy.key("fay's new stick"), as: "fay", plan: "change")
        _ = try Self.need(try run("change"))
        try witness(3, by: "ana", "cy")
        try write(text("new.yaml"), "policy.yaml")
        waitForNextSecond()
    }
}

extension Family {
    /// Changes of the policy, and what one policy means for another.
    static let policyChanges = Family(
        title: "Changes of the policy, and factories",
        world: .grown, accepted: "a new key for Fay, approved by Ana, Bo, Cy and that key; and the next ceremony by it",
        twin: { stage in
            try stage.changeKey()
            try stage.needPlan(Operations.crl, named: "after")
            try stage.approve("cy", plan: "after")
            try stage.approve(with: TestPolicy.key("fay's new stick"), as: "fay", plan: "after")
            _ = try Stage.need(try stage.run("after"))
            return try stage.verify()
        },
        attempts: [
            Attempt("a new key that has not approved", .policyKeyProven, 1) { stage in
                try stage.planNewKey()
                try stage.approve("ana", "bo", "cy", plan: "change")
                return try stage.run("change")
            },
            Attempt("the old key of a person in the place of the new one", .policyKeyProven, 1) { stage in
                try stage.planNewKey()
                try stage.approve("ana", "bo", "cy", "fay", plan: "change")
                return try stage.run("change")
            },
            Attempt("a key that is in neither policy", .approvalOperator, 1) { stage in
                try stage.planNewKey()
                try stage.approve("ana", "bo", "cy", plan: "change")
                try stage.approve(with: TestPolicy.key("a stranger"), as: "fay", plan: "change")
                return try stage.run("change")
            },
            Attempt("newcomers who let themselves in", .quorum, 1) { stage in
                let newcomers = ["mal", "ned"].map { id in
                    "  \(id):\n    name: \(id.capitalized)\n    roles: [officer]\n    keys:\n      - \(TestPolicy.line(id))\n"
                }
                _ = try Stage.need(try stage.planChange(("tokens:\n", newcomers.joined() + "tokens:\n"), ("of 3", "of 5")))
                try stage.approve("mal", "ned", "cy", plan: "change")
                return try stage.run("change")
            },
            Attempt("a change that the new policy's own quorum did not approve", .quorum, 1) { stage in
                _ = try Stage.need(try stage.planChange(("change-policy: {officer: 2 of 3", "change-policy: {officer: 3 of 3")))
                try stage.approve("ana", "cy", "bo", plan: "change")
                return try stage.run("change")
            },
            Attempt("a lost key, after the policy that took it back", .approvalOperator, 1) { stage in
                try stage.changeKey()
                try stage.needPlan(Operations.crl, named: "after")
                try stage.approve("fay", "cy", plan: "after")
                return try stage.run("after")
            },
            Attempt("a plan that was approved before the policy was changed", .planPolicy, 1) { stage in
                try stage.changeKey()
                return try stage.run()
            },
            Attempt("the policy of before, after the change", .planPolicy, 1) { stage in
                try stage.changeKey()
                try stage.write(stage.read("authority/policies/0001.yaml"), "policy.yaml")
                return try stage.plan(Operations.crl)
            },
            Attempt("the policy that is in force, once more", .policyContinues, 1) { stage in try stage.planChange() },
            Attempt("a policy of another authority", .planAuthority, 1) { stage in
                try stage.planChange(("authority: adversary", "authority: elsewhere"))
            },
            Attempt("a policy for another environment", .environment, 1) { stage in
                try stage.planChange(
                    ("environment: production", "environment: development"), ("Acme Root", "Acme Development Root"))
            },
            Attempt("a policy whose token is another", .policyContinues, 1) { stage in
                try stage.planChange(("    label: vault", "    label: cellar"))
            },
            Attempt("a policy that one person could change alone", .quorumOfPersons, 1) { stage in
                try stage.planChange(("change-policy: {officer: 2 of 3, witness: 1 of 2}", "change-policy: {officer: 1 of 3}"))
            },
            Attempt("a policy that nobody could ever change again", .quorum, 1) { stage in
                try stage.planChange(("  change-policy: {officer: 2 of 3, witness: 1 of 2}\n", ""))
            },
            Attempt("a change of the policy beside something else", .policyChangeAlone, 1) { stage in
                try stage.planChange(("window: 14d", "window: 10d"), more: Operations.crl)
            },
            Attempt("a new policy in the plan that is not the ceremony's", .planDerived, 1) { stage in
                _ = try Stage.need(try stage.planChange(("window: 14d", "window: 10d")))
                let other = try stage.text("new.yaml").replacingOccurrences(of: "window: 10d", with: "window: 99d")
                return try stage.forgePlan("change", by: ["ana", "bo", "cy"]) { plan in
                    plan["inputs"][0]["bytes"] = .string(Data(other.utf8).base64EncodedString())
                }
            },
            Attempt("a bit changed in the new policy", .policyBytes, 1) { stage in
                try stage.changeKey()
                return try stage.spoil("authority/policies/0002.yaml")
            },
            Attempt("the change of the policy taken out of the record", .ledgerOrder, 1) { stage in
                try stage.changeKey()
                return try stage.forgeLedger { try $0.takeOut("policy") }
            },
            Attempt("the engineer of one factory approves for another", .quorum, 1) { stage in
                try stage.needPlan(Operations.factory("tallinn", Self.thisYear, csr: "p4.csr"), named: "mint")
                try stage.approve("ana", "cy", "hao", plan: "mint")
                return try stage.run("mint")
            },
            Attempt("who approves everything else approves for a factory", .quorum, 1) { stage in
                try stage.needPlan(Operations.factory("shenzhen-2", Self.thisYear, csr: "p4.csr"), named: "mint")
                try stage.approve("ana", "bo", "cy", plan: "mint")
                return try stage.run("mint")
            },
        ])

    private static let thisYear = Calendar(identifier: .gregorian).component(.year, from: Date())
}
