import Authority
import Groundwork
import Rehearsal
import RehearsalToken
import Testing

/// A change of policy, run on a token, and what the record says of it.
@Suite struct PolicyChangeRunTests {
    private static let changed = FinishedAuthority.changed

    @Test func `a change of policy is run, recorded and verified, and the new policy is in force`() throws {
        let authority = try Self.changed.get()
        #expect(authority.state.policyNumber == 2)
        #expect(authority.state.policy.operators.map(\.id) == ["ana", "bo", "cy", "dee", "eve"])
        #expect(authority.state.policy.digest != authority.policy.digest)
        let copy = try authority.copy()
        let report = try copy.verify()
        #expect(report.holds, "\(report.failures)")
        #expect(report.checked[.policyKeyProven] != nil)
        #expect(Digest(of: try copy.read("policies/0002.yaml")) == authority.state.policy.digest)
        #expect(authority.state.names["eve"] == "Eve")
    }

    @Test func `from the change on, a key that was removed does not count, and a new one does`() throws {
        let workshop = try Workshop(PolicyChanges.old)
        try workshop.hold(Operations.root)
        let early = try workshop.plan(Operations.crl)
        let lost = try workshop.approvals(of: early, by: ["ana"])
        try workshop.bringNewPolicy(PolicyChanges.new)
        try workshop.hold(Operations.changePolicy)
        // A plan from before the change, approved before it.
        try workshop.expectRunRefused(.planPolicy, "under another policy than the one in force") {
            try workshop.run(early, lost)
        }
        // A plan from after it, approved with the lost key.
        let late = try workshop.plan(Operations.crl)
        let signature = try #require(workshop.rehearsal.operators["ana"])
            .signature(over: late.canonicalBytes, namespace: Approval.namespace)
        let withLostKey = try Approval(path: "ana.approval", bytes: signature.encodeArmored())
        try workshop.expectRunRefused(.approvalOperator, "which is no operator's") {
            try workshop.run(late, [withLostKey])
        }
        try workshop.expectRunRefused(.approvalOperator, "which is no operator's") {
            try workshop.run(late, [withLostKey] + workshop.approvals(of: late, by: ["bo"]))
        }
        try workshop.run(late, try workshop.approvals(of: late, by: ["ana"]))
        try workshop.expectVerifies()
    }

    @Test func `a bundle with certificates that a new target cannot read is refused, and goes out without that target`()
        throws
    {
        // Only OpenSSL is to read what the first policy makes; mbedTLS cannot verify Ed25519.
        let old = ["root", "intermediate", "end-entity"].reduce(
            PolicyChanges.old.replacing(
                "    path-length: 1\n    key-types: [ec-p256]\n", with: "    path-length: 1\n    key-types: [ed25519]\n",
                maxReplacements: 1)
        ) { $0.replacing("    kind: \($1)\n", with: "    kind: \($1)\n    targets: [openssl]\n") }
        let workshop = try Workshop(old)
        workshop.inputs["p1.csr"] = try TestRequest.make()
        try workshop.hold(Operations.root + Operations.product("p1"))
        // The next root is to be on P-256; this one still is in the bundle.
        try workshop.bringNewPolicy(
            old.replacing("targets: [openssl]", with: "targets: [openssl, mbedtls]")
                .replacing("key-types: [ed25519]", with: "key-types: [ec-p256]"))
        try workshop.hold(Operations.changePolicy)
        let plan = try workshop.plan(Operations.bundle)
        try workshop.expectRunRefused(.lint, "DEVICE-KEY-ED25519") {
            try workshop.run(plan, try workshop.approvals(of: plan))
        }
        try workshop.bringNewPolicy(old)
        try workshop.hold(Operations.changePolicy)
        try workshop.hold(Operations.bundle)
        try workshop.expectVerifies()
    }

    @Test func `a change that is not approved by all that must is not run`() throws {
        let workshop = try Workshop(PolicyChanges.old)
        try workshop.hold(Operations.root)
        try workshop.bringNewPolicy(PolicyChanges.new)
        let plan = try workshop.plan(Operations.changePolicy)
        let all = try workshop.approvals(of: plan)
        #expect(all.count == 4)
        for index in all.indices {
            var some = all
            some.remove(at: index)
            let isNewKey = all[index].path.contains("-new")
            try workshop.expectRunRefused(isNewKey ? .policyKeyProven : .quorum, "") { try workshop.run(plan, some) }
        }
        try workshop.run(plan, all)
        try workshop.expectVerifies()
    }

    @Test func `a change that was interrupted goes on, whatever of it was on disk`() throws {
        let workshop = try Workshop(PolicyChanges.old)
        try workshop.hold(Operations.root)
        try workshop.bringNewPolicy(PolicyChanges.new)
        let plan = try workshop.plan(Operations.changePolicy)
        let approvals = try workshop.approvals(of: plan)
        expectRefusal(.interrupted) { try workshop.run(plan, approvals, shouldStop: { true }) }
        #expect(try workshop.state()?.policyNumber == 1)
        // The file is written before the event.
        try Files.write(try #require(plan.inputs.first).bytes, to: workshop.directory.absolute("policies/0002.yaml"))
        let report = try workshop.verify()
        #expect(report.holds, "\(report.failures)")
        #expect(report.openCeremony != nil)
        try workshop.run(plan, [])
        #expect(try workshop.state()?.policyNumber == 2)
        try workshop.expectVerifies()
    }

    @Test func `the ready change of policy is rehearsed, and the next ceremony is under the new policy`() throws {
        let folder = try TemporaryFolder()
        let rehearsal = try Rehearsal(
            "\(folder.path)/rehearsal", policyBytes: try ReadyFiles.bytes("Policies/production.yaml"),
            policyFile: "production.yaml", tokens: try .processWide())
        for (index, name) in ["first-year", "change-policy", "factory-compromise"].enumerated() {
            let path = ReadyFiles.root.appendingPathComponent("Ceremonies/\(name).yaml").path
            let now = try rehearsal.nextMoment()
            let plan = try rehearsal.plan(try rehearsal.prepare(path, at: now), at: now)
            try Executor(
                directory: rehearsal.directory, planBytes: plan.canonicalBytes,
                approvals: try rehearsal.approvals(for: plan), finder: rehearsal.finder, unlocker: rehearsal.unlocker,
                program: ProgramIdentity(version: "test", digest: .zero, networkInterfaces: []), observer: nil
            ).run()
            try rehearsal.witness(ceremony: Int64(index + 1))
        }
        let state = try #require(try AuthorityReading.state(of: rehearsal.directory).state)
        #expect(state.policyNumber == 2)
        #expect(state.policy.operators.map(\.id).contains("ines"))
        #expect(state.names["tomas"] == "Tomas Novak")
        let report = try Verifier.verify(rehearsal.directory, root: state.roots.first?.fingerprint)
        #expect(report.holds, "\(report.failures)")
    }

    // MARK: Forged records

    @Test func `a record without the change, or with it twice, is refused`() throws {
        try Forgery.expectRefused(Self.changed, .ledgerOrder, "ceremony 2 is closed before operation 1, step 1") { lines in
            lines.remove(at: try lines.at("policy", 1))
            return try lines.at("ceremony-closed", 1)
        }
        try Forgery.expectRefused(Self.changed, .ledgerOrder, "puts no policy policies/0002.yaml in force") { lines in
            let place = try lines.at("policy", 1)
            lines.insert(lines[place], at: place)
            return place + 1
        }
        try Forgery.expectRefused(Self.changed, .ledgerOrder, "puts no policy") { lines in
            let policy = lines.remove(at: try lines.at("policy", 1))
            let place = try lines.at("login") + 1
            lines.insert(policy, at: place)
            return place
        }
    }

    @Test func `another policy than the plan's is refused in the record`() throws {
        try Forgery.expectRefused(Self.changed, .ledgerOrder, "puts no policy policies/0003.yaml in force") { lines in
            let place = try lines.at("policy", 1)
            lines[place].fields["path"] = "policies/0003.yaml"
            return place
        }
        try Forgery.expectRefused(Self.changed, .ledgerOrder, "puts no policy") { lines in
            let place = try lines.at("policy", 1)
            let first = lines[try lines.at("policy")]
            lines[place].fields["sha256"] = first.fields["sha256"]
            return place
        }
        let copy = try Self.changed.get().copy()
        try copy.write(try copy.read("policies/0002.yaml") + Array("# more\n".utf8), "policies/0002.yaml")
        expectFailure(try copy.verify(), .policyBytes)
    }

    @Test func `a record of a change without an approval that it needs is refused`() throws {
        let count = try LedgerHeads.approvals(of: Self.changed.get(), ceremony: 2)
        #expect(count == 4)
        for number in 0..<count {
            let copy = try Self.changed.get().copy()
            try ForgedLedger.rewrite(copy.directory) { lines in
                let opened = try lines.at("ceremony-opened", 1)
                let places = lines.indices.filter { $0 > opened && lines[$0].event == "approval" }
                lines.remove(at: places[number])
            }
            let first = try #require(try copy.verify().failures.first)
            #expect([.quorum, .policyKeyProven].contains(first.control), "\(first)")
        }
    }
}

extension LedgerHeads {
    /// How many approvals the record of a ceremony holds.
    static func approvals(of authority: FinishedAuthority, ceremony: Int64) throws -> Int {
        var count = 0
        let copy = try authority.copy()
        try ForgedLedger.rewrite(copy.directory) { lines in
            count = lines.count { $0.event == "approval" && $0.fields["ceremony"] == .integer(ceremony) }
        }
        return count
    }
}
