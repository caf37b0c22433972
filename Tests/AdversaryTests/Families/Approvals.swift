import SSHSignature

extension Stage {
    /// Changes the policy, and plans the first ceremony under it.
    func planFirst(policy old: String = "", _ new: String = "") throws {
        if !old.isEmpty { try edit("policy.yaml", old, new) }
        try remove("first")
        try needPlan(Operations.root, named: "first")
    }

    /// Puts a file among the approvals of the first plan and runs it. Fay's and Cy's are there; one officer's is missing.
    func runFirst(with approval: [UInt8], as name: String = "ana") throws -> Shown {
        try approve("fay", "cy", plan: "first")
        try write(approval, "first/\(name).approval")
        return try run("first")
    }

    func good(_ person: String, plan: String = "first") throws -> [UInt8] {
        try TestPolicy.key(person).signature(over: read("\(plan)/plan.json"), namespace: "anchorite-plan").encodeArmored()
    }
}

extension Family {
    /// Approvals of the first plan, which needs two officers and a witness.
    static let approvals = Family(
        title: "Approvals by the wrong key, or by nobody",
        world: .beginning, accepted: "the approvals of Ana, Fay and Cy",
        twin: { try $0.runFirst(with: $0.good("ana")) },
        attempts: [
            Attempt("a stranger approves beside a whole quorum", .approvalOperator, 1) { stage in
                try stage.approve("ana", plan: "first")
                return try stage.runFirst(
                    with: SoftwareSSHKey.ed25519().signature(
                        over: stage.read("first/plan.json"), namespace: "anchorite-plan").encodeArmored(), as: "eve")
            },
            Attempt("a stranger approves under an officer's name", .approvalOperator, 1) { stage in
                try stage.runFirst(
                    with: SoftwareSSHKey.ed25519(comment: "ana").signature(
                        over: stage.read("first/plan.json"), namespace: "anchorite-plan").encodeArmored())
            },
            Attempt("nobody approves", .quorum, 1) { try $0.run("first") },
            Attempt("one officer approves where two must", .quorum, 1) { stage in
                try stage.approve("fay", "cy", plan: "first")
                return try stage.run("first")
            },
            Attempt("one person approves for two roles", .quorum, 1) { stage in
                try stage.approve("bo", "fay", plan: "first")
                return try stage.run("first")
            },
            Attempt("one person approves with two keys", .quorum, 1) { stage in
                try stage.planFirst(
                    policy: "- \(TestPolicy.line("fay"))\n",
                    "- \(TestPolicy.line("fay"))\n      - \(TestPolicy.line("fay at home"))\n")
                return try stage.runFirst(with: stage.good("fay at home"))
            },
            Attempt("one person approves twice", .quorum, 1) { try $0.runFirst(with: $0.good("fay"), as: "fay-2") },
            Attempt("who asked for the ceremony approves it", .approvalOperator, 1) { stage in
                try stage.remove("first")
                try stage.needPlan(Operations.root, requester: "ana", named: "first")
                return try stage.runFirst(with: stage.good("ana"))
            },
            Attempt("a person without a role that counts approves", .quorum, 1) { stage in
                try stage.remove("first")
                try stage.needPlan(Operations.root, requester: "bo", named: "first")
                return try stage.runFirst(with: stage.good("dee"), as: "dee")
            },
            Attempt("a key that does not count yet approves", .approvalOperator, 1) { stage in
                try stage.planFirst(
                    policy: "- \(TestPolicy.line("ana"))\n",
                    "- key: \(TestPolicy.line("ana"))\n        not-before: 2099-01-01T00:00:00Z\n")
                return try stage.runFirst(with: stage.good("ana"))
            },
            Attempt("a key that no longer counts approves", .approvalOperator, 1) { stage in
                try stage.planFirst(
                    policy: "- \(TestPolicy.line("ana"))\n",
                    "- key: \(TestPolicy.line("ana"))\n        not-after: 2020-01-01T00:00:00Z\n")
                return try stage.runFirst(with: stage.good("ana"))
            },
            Attempt("six files for five approvals", .limits, 1) { stage in
                for name in ["a", "b", "c", "d"] { try stage.write(stage.good("ana"), "first/\(name).approval") }
                return try stage.runFirst(with: stage.good("ana"))
            },
        ])

    /// Approvals that are something else.
    static let foreignApprovals = Family(
        title: "Approvals of something else, or in another form",
        world: .beginning, accepted: "approvals by a P-256 key and by a security key that was touched",
        twin: { stage in
            let key = try CurveKey()
            let stick = try FIDOStick()
            try stage.edit("policy.yaml", TestPolicy.line("cy"), stick.publicKey.authorizedKeysLine)
            try stage.planFirst(policy: TestPolicy.line("ana"), key.publicKey.authorizedKeysLine)
            let plan = try stage.read("first/plan.json")
            let (r, s) = try key.numbers(over: plan)
            try stage.approve("fay", plan: "first")
            try stage.write(key.file(Wire.number(r), Wire.number(s)), "first/ana.approval")
            try stage.write(stick.file(over: plan, flags: FIDOStick.present), "first/cy.approval")
            return try stage.run("first")
        },
        attempts: [
            Attempt("an approval copied from another ceremony", .approvalPlan, 1) { stage in
                try stage.needPlan(Operations.root, named: "other")
                return try stage.runFirst(with: stage.good("ana", plan: "other"))
            },
            Attempt("an approval of the same plan but for one byte", .approvalPlan, 1) { stage in
                var plan = try stage.read("first/plan.json")
                plan[plan.count / 2] ^= 1
                return try stage.runFirst(
                    with: TestPolicy.key("ana").signature(over: plan, namespace: "anchorite-plan").encodeArmored())
            },
            Attempt("an approval from before the policy was changed", .approvalPlan, 1) { stage in
                let before = try stage.good("ana")
                try stage.planFirst(policy: "maximum-approvals: 5", "maximum-approvals: 6")
                return try stage.runFirst(with: before)
            },
            Attempt("a signature that was made for files", .approvalPlan, 1) { stage in
                try stage.runFirst(
                    with: TestPolicy.key("ana").signature(
                        over: stage.read("first/plan.json"), namespace: "file").encodeArmored())
            },
            Attempt("a signature under a namespace that only looks the same", .approvalPlan, 1) { stage in
                try stage.runFirst(
                    with: TestPolicy.key("ana").signature(
                        over: stage.read("first/plan.json"), namespace: "Anchorite-plan").encodeArmored())
            },
            Attempt("an RSA signature with SHA-1", .approvalForm, 65) { stage in
                let key = try RSAKey(bits: 3072)
                try stage.planFirst(policy: TestPolicy.line("ana"), key.line)
                return try stage.runFirst(with: key.sha1File(over: stage.read("first/plan.json")))
            },
            Attempt("an RSA key of 1024 bits in the policy", .policyForm, 65) { stage in
                try stage.edit("policy.yaml", TestPolicy.line("ana"), try RSAKey(bits: 1024).line)
                return try stage.plan(Operations.root)
            },
            Attempt("a security key that nobody touched", .approvalPresence, 1) { stage in
                let stick = try FIDOStick()
                try stage.planFirst(policy: TestPolicy.line("ana"), stick.publicKey.authorizedKeysLine)
                return try stage.runFirst(with: stick.file(over: stage.read("first/plan.json"), flags: 0))
            },
            Attempt("a security key that verified nobody, where the policy wants it", .approvalPresence, 1) { stage in
                let stick = try FIDOStick()
                try stage.edit(
                    "policy.yaml", "requester-may-approve: no", "requester-may-approve: no\n  require-user-verification: yes")
                try stage.planFirst(policy: TestPolicy.line("ana"), stick.publicKey.authorizedKeysLine)
                return try stage.runFirst(with: stick.file(over: stage.read("first/plan.json"), flags: FIDOStick.present))
            },
            Attempt("a security key of another application", .approvalPresence, 1) { stage in
                let stick = try FIDOStick(application: "ssh:elsewhere")
                try stage.planFirst(policy: TestPolicy.line("ana"), stick.publicKey.authorizedKeysLine)
                return try stage.runFirst(with: stick.file(over: stage.read("first/plan.json"), flags: FIDOStick.present))
            },
            Attempt("a security key with flags that SSH does not have", .approvalForm, 65) { stage in
                let stick = try FIDOStick()
                try stage.planFirst(policy: TestPolicy.line("ana"), stick.publicKey.authorizedKeysLine)
                return try stage.runFirst(with: stick.file(over: stage.read("first/plan.json"), flags: 0x41))
            },
            Attempt("a second approval made out of the first: (r, −s)", .quorum, 1) { stage in
                let key = try CurveKey()
                try stage.planFirst(policy: TestPolicy.line("fay"), key.publicKey.authorizedKeysLine)
                let (r, s) = try key.numbers(over: stage.read("first/plan.json"))
                try stage.write(key.file(Wire.number(r), Wire.number(s)), "first/fay.approval")
                try stage.approve("cy", plan: "first")
                let mirrored = key.file(Wire.number(r), Wire.number(CurveKey.mirrored(s)))
                try stage.write(mirrored, "first/fay-2.approval")
                return try stage.run("first")
            },
            Attempt("a signature with a number that has a zero too many", .approvalForm, 65) { stage in
                let key = try CurveKey()
                try stage.planFirst(policy: TestPolicy.line("ana"), key.publicKey.authorizedKeysLine)
                let (r, s) = try key.numbers(over: stage.read("first/plan.json"))
                return try stage.runFirst(with: key.file(Wire.string([0, 0] + r), Wire.number(s)))
            },
            Attempt("a signature with s above the order", .approvalForm, 65) { stage in
                let key = try CurveKey()
                try stage.planFirst(policy: TestPolicy.line("ana"), key.publicKey.authorizedKeysLine)
                let (r, _) = try key.numbers(over: stage.read("first/plan.json"))
                return try stage.runFirst(
                    with: key.file(Wire.number(r), Wire.number(Array(repeating: 0xff, count: 32))))
            },
            Attempt("bytes after the end of the signature", .approvalForm, 65) { stage in
                let key = try TestPolicy.key("ana")
                var forged = ForgedSignature(key: key.publicKey.wireBlob)
                forged.signature = try key.sign(forged.signedData(stage.read("first/plan.json")))
                forged.trailing = [1, 2, 3]
                return try stage.runFirst(with: forged.armored)
            },
            Attempt("something in the field that must be empty", .approvalForm, 65) { stage in
                let key = try TestPolicy.key("ana")
                var forged = ForgedSignature(key: key.publicKey.wireBlob)
                forged.reserved = Array("later".utf8)
                forged.signature = try key.sign(forged.signedData(stage.read("first/plan.json")))
                return try stage.runFirst(with: forged.armored)
            },
            Attempt("two signatures in one file", .approvalForm, 65) {
                try $0.runFirst(with: $0.good("ana") + $0.good("bo"))
            },
            Attempt("text before the armour", .approvalForm, 65) {
                try $0.runFirst(with: Array("Signed by Ana:\n".utf8) + $0.good("ana"))
            },
            Attempt("armour with garbage in it", .approvalForm, 65) { stage in
                var file = try stage.good("ana")
                file[60] = UInt8(ascii: "*")
                return try stage.runFirst(with: file)
            },
            Attempt("an approval cut in the middle", .approvalForm, 65) {
                try $0.runFirst(with: Array($0.good("ana").prefix(150)))
            },
            Attempt("an empty approval", .approvalForm, 65) { try $0.runFirst(with: []) },
            Attempt("an approval of a hundred megabytes", .inputFile, 65) { stage in
                try stage.approve("fay", "cy", plan: "first")
                try Shell.need("truncate", "-s", "100M", "first/ana.approval", in: stage.path)
                return try stage.run("first")
            },
            Attempt("a link where an approval should be", .inputFile, 65) { stage in
                try stage.write(stage.good("ana"), "elsewhere")
                try stage.approve("fay", "cy", plan: "first")
                try stage.link("first/ana.approval", to: "../elsewhere")
                return try stage.run("first")
            },
            Attempt("a folder where an approval should be", .inputFile, 65) { stage in
                try stage.makeFolder("first/ana.approval")
                return try stage.run("first")
            },
        ])
}
