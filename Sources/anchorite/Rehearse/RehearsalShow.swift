import Authority
import Groundwork
import Rehearsal

/// A rehearsal as people see it.
struct RehearsalShow {
    let rehearsal: Rehearsal

    init(_ rehearsal: Rehearsal) { self.rehearsal = rehearsal }

    var folder: String { rehearsal.folder }
    var policy: Policy { rehearsal.policy }

    func introduce(_ policyPath: String) {
        heading("A rehearsal of \(policy.authority) in \(folder)")
        Terminal.say("  policy      \(policyPath), with throwaway keys for its \(policy.operators.count) operators")
        for token in policy.tokens.values.sorted(by: { $0.name < $1.name }) {
            Terminal.say("  token       \(token.name): SoftHSM, label \(token.label), serial \(token.serial ?? "of its own")")
        }
        Terminal.say("  environment \(policy.environment.rawValue), so that nothing made here passes for the real thing")
    }

    /// Plans, has approved and runs one ceremony.
    func hold(_ path: String, number: Int, showsRefusals: Bool) throws {
        let now = try rehearsal.nextMoment()
        let ceremony = try rehearsal.prepare(path, at: now)
        heading("Ceremony \(number): \(ceremony.file.title)")
        for difference in ceremony.differences { Terminal.say("  rehearsed   \(difference)") }

        let plan = try rehearsal.plan(ceremony, at: now)
        let planBytes = plan.canonicalBytes
        let target = "\(folder)/plans/\(number)"
        try makeFolders(["\(folder)/plans", target])
        try DurableFile.create("\(target)/plan.json", planBytes)
        Terminal.say("  plan        \(target)/plan.json, \(plan.operations.count) operations, \(planBytes.count) bytes")
        for (index, row) in plan.digest.rows.enumerated() { Terminal.say((index == 0 ? "  digest      " : "              ") + row) }

        let people = try rehearsal.quorum(for: plan)
        if showsRefusals { try refuse(plan, planBytes, people) }
        let approvals = try rehearsal.approvals(for: plan)
        for approval in approvals { try DurableFile.create("\(target)/\(approval.path)", approval.bytes) }
        let names = try PlanApprovals(
            approvals, of: plan, planBytes: planBytes, under: try rehearsal.policyInForce(), at: now
        ).approvers.map(\.name)
        Terminal.say("  approved    by \(names.joined(separator: ", "))")
        try execute(
            planBytes, approvals, CeremonyNarrator(indent: "  "),
            lists: RevocationLists(rehearsal.directory, resolve: ceremony.file.path))
        let persons = try rehearsal.policyInForce().operators
        let witnesses = try rehearsal.witness(ceremony: Int64(number))
            .compactMap { id in persons.first { $0.id == id }?.name }
        if !witnesses.isEmpty { Terminal.say("  witnessed   by \(witnesses.joined(separator: ", "))") }
    }

    func execute(
        _ planBytes: [UInt8], _ approvals: [Approval], _ observer: CeremonyNarrator?, lists: RevocationLists? = nil
    ) throws {
        let executor = try Executor(
            directory: rehearsal.directory, planBytes: planBytes, approvals: approvals, lists: lists,
            finder: rehearsal.finder, unlocker: rehearsal.unlocker, program: ProgramIdentity.current(version: anchoriteVersion), observer: observer)
        try executor.run()
    }

    /// Shows that what must be refused is refused, each before any login.
    private func refuse(_ plan: Plan, _ planBytes: [UInt8], _ people: [String]) throws {
        Terminal.say("")
        Terminal.say("  Refused, as it must be, before anything is unlocked:", .bold)
        let approvals = try people.map { try rehearsal.approval(by: $0, of: planBytes) }

        try expectRefusal("one approval short of the quorum", planBytes, Array(approvals.dropLast()))

        var otherPlan = plan
        otherPlan.nonce = SystemRandom.bytes(32)
        let otherApproval = try rehearsal.approval(by: people.last ?? "", of: otherPlan.canonicalBytes)
        try expectRefusal("an approval of another plan", planBytes, approvals.dropLast() + [otherApproval])

        var changed = planBytes
        let position = changed.indices.first { index in
            changed[index...].starts(with: Array("\"path\":\"certificates/".utf8))
        }.map { $0 + 22 } ?? changed.count / 2
        changed[position] ^= 1
        try expectRefusal("the plan with one byte changed", changed, approvals)
        Terminal.say("")
    }

    private func expectRefusal(_ attempt: String, _ planBytes: [UInt8], _ approvals: [Approval]) throws {
        do {
            try execute(planBytes, approvals, nil)
        } catch let error as PlanError {
            guard !rehearsal.directory.exists || !AuthorityDirectory(rehearsal.directory.path).hasLines else {
                throw Failure(Exit.check, "\(attempt) was refused, but something was written")
            }
            Terminal.say("    \(attempt)")
            Terminal.say("      → \(error)", .dim)
            return
        }
        throw Failure(Exit.check, "\(attempt) was not refused")
    }

    func verify() throws {
        heading("Verification, from the files alone")
        let reading = try AuthorityReading.state(of: rehearsal.directory)
        guard let root = reading.state?.roots.first?.fingerprint else {
            throw Failure(Exit.check, "The ceremonies made no root")
        }
        let report = try Verifier.verify(rehearsal.directory, root: root)
        for failure in report.failures { Terminal.say("  \(failure)", .red) }
        guard report.holds else { throw Failure(Exit.check, "The authority does not verify") }
        Terminal.say("  \(report.checked.count) controls hold over \(report.lines) lines and \(report.signatures) signatures:")
        let names = report.checked.keys.map { $0.rawValue }.sorted()
        for start in stride(from: 0, to: names.count, by: 4) {
            Terminal.say("    " + names[start..<min(start + 4, names.count)].map { $0.padding(22) }.joined())
        }
    }

    func heading(_ text: String) {
        Terminal.say("")
        Terminal.say(text, .bold)
        Terminal.say(String(repeating: "─", count: min(text.count, 100)))
    }

    func makeFolders(_ paths: [String]) throws {
        for path in paths where !AuthorityDirectory(path).contains(".") { try DurableDirectory.create(path) }
    }
}

extension AuthorityDirectory {
    /// Whether the ledger has any line.
    var hasLines: Bool { (try? AuthorityReading.state(of: self))?.head.size ?? 0 > 0 }
}
