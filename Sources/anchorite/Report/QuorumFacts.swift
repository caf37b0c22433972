import Authority
import Groundwork

/// Who has approved a plan, and who is missing.
struct QuorumFacts {
    let context: PlanContext
    let progress: QuorumProgress
    let time: Timestamp
    /// What became of the plan in the authority's ledger; nil while nothing did, or where there is no ledger at hand.
    private(set) var fate: String?
    /// The plan was run to its end.
    private(set) var isSpent = false
    /// Why the plan cannot be run any more.
    private(set) var obstacle: PlanError?

    /// Reads the approvals beside a plan.
    ///
    /// - Throws: ``Failure`` when the policy is not at hand.
    init(
        _ context: PlanContext, planPath: String, authority: AuthorityReading.Reading?,
        in directory: AuthorityDirectory? = nil, at time: Timestamp
    ) throws {
        guard let policy = context.policy else {
            throw Failure(
                Exit.badInput, "Whose approvals the plan needs is not known without its policy",
                advice: "Name the authority's directory as well")
        }
        let folder = FilePath.directory(of: planPath)
        let files = { (ending: String) in
            try DurableDirectory.names(in: folder).filter { $0.hasSuffix(ending) }.sorted().map {
                let path = FilePath.joined(folder, $0)
                return (path: path, bytes: try DurableFile.read(path))
            }
        }
        self.context = context
        self.time = time
        progress = QuorumProgress(
            try files(Approval.fileEnding), rejections: try files(Rejection.fileEnding), of: context.plan,
            planBytes: context.bytes, under: policy, at: time)
        if let authority { try compare(with: authority, in: directory) }
        if case .refused(let error) = context.verdict {
            // That the ledger has moved on says more than that a CRL came in between.
            if obstacle?.control != .planHead || error.control != .listContinuity { obstacle = error }
        }
    }

    /// Whether the ledger knows the plan already, or has moved on without it.
    private mutating func compare(with authority: AuthorityReading.Reading, in directory: AuthorityDirectory?) throws {
        if let held = authority.state?.ceremonies.first(where: { $0.plan == context.digest }) {
            isSpent = true
            fate = "run: ceremony \(held.number) was closed at \(Phrase.time(held.closed ?? held.opened))"
        } else if let open = authority.ceremony, open.planDigest == context.digest {
            fate = "begun: \(open.done.count) of \(open.done.of) steps are done"
        } else if authority.head != plan.head {
            obstacle = PlanError(
                .planHead,
                "the ledger has moved on since the plan was made: "
                    + "it has \(authority.head.size) lines, the plan knows \(plan.head.size)",
                advice: "Make the plan again, and have it approved again")
        } else if let directory {
            do { _ = try CheckpointWitnesses.requireClosed(directory, authority, at: .now()) } catch let error as PlanError {
                obstacle = error
            }
        }
    }

    var plan: Plan { context.plan }
    var isOpen: Bool { plan.opens <= time && time <= plan.closes }
    /// Whether nothing is missing: the plan was begun, or could be as far as its approvals, window and ledger go.
    var isReady: Bool { !isSpent && obstacle == nil && (fate != nil || progress.isReached && isOpen) }

    var sheet: Sheet {
        var sheet = Sheet("Plan for ceremony \(plan.number): \(plan.title)")
        sheet.data("ceremony", .integer(plan.number))
        sheet.data("title", .string(plan.title))
        sheet.fact("digest", context.digest.hex, key: "digest")
        sheet.fact(
            "may run", ["from \(Phrase.time(plan.opens)) until \(Phrase.time(plan.closes)), \(windowWords)"],
            key: "window",
            ["opens": .string(plan.opens.rfc3339), "closes": .string(plan.closes.rfc3339), "open": .boolean(isOpen)],
            style: isOpen ? .plain : .red)
        addClocks(to: &sheet)
        if let obstacle { sheet.fact("refused", "\(obstacle)", key: "refusal", style: .red) }
        let names = progress.approvers.map { "\($0.name) (\($0.roles.sorted().joined(separator: ", ")))" }
        sheet.fact(
            "approved by", names.isEmpty ? ["nobody yet"] : names, key: "approved",
            .array(progress.approvers.map { .string($0.operator) }))
        if !progress.rejections.isEmpty {
            sheet.fact(
                "rejected by", progress.rejections.map(\.words), key: "rejections",
                .array(progress.rejections.map {
                    [
                        "operator": .string($0.person.operator), "because": .string($0.because),
                        "this-plan": .boolean($0.isOfThisPlan),
                    ]
                }),
                style: .yellow)
        }
        if !progress.refusals.isEmpty {
            sheet.fact(
                "does not count", progress.refusals.map { "\($0.error)" }, key: "refusals",
                .array(progress.refusals.map { ["path": .string($0.path), "reason": .string("\($0.error)")] }),
                style: .red)
        }
        if !progress.duplicates.isEmpty {
            sheet.fact(
                "counted once", progress.duplicates.map(\.words), key: "duplicates",
                .array(progress.duplicates.map { .string($0.path) }), style: .yellow)
        }
        if let fate { sheet.fact("already", fate, key: "fate") }
        addMissing(to: &sheet)
        sheet.data("reached", .boolean(progress.isReached))
        return sheet
    }

    /// By when an incident should have been answered; none where the plan answers none.
    var clocks: [ResponseClock] {
        context.policy.map { ResponseClock.all(of: plan, in: context.state, policy: $0) } ?? []
    }

    private func addClocks(to sheet: inout Sheet) {
        let clocks = clocks
        guard !clocks.isEmpty else { return }
        let facts = ClockFacts(clocks, declared: plan.declared ?? plan.created, at: time)
        sheet.fact(
            "declared", time: plan.declared ?? plan.created, key: "declared", remark: Phrase.distance(of: plan.declared ?? plan.created, from: time))
        sheet.fact(
            "deadlines", facts.lines, key: "clocks", facts.json,
            style: isSpent || !facts.isAnyLate ? .plain : .red)
    }

    private var windowWords: String {
        if time < plan.opens { return "not open yet" }
        return time > plan.closes ? "CLOSED" : "\(Phrase.duration(from: time, to: plan.closes)) left"
    }

    /// What the new policy wants, where the plan changes the policy.
    private func addChange(to sheet: inout Sheet) {
        guard let change = progress.change else { return }
        let roles = change.roles.map { role in
            "\(role.role): \(role.filledBy.count) of \(role.needed)"
                + (role.missing == 0
                    ? "" : ", could still approve: \(Phrase.list(role.couldFill.map(\.name), "or"))")
        }
        sheet.fact(
            "new policy", roles, key: "new-policy",
            .array(change.roles.map { ["role": .string($0.role), "missing": .integer(Int64($0.missing))] }),
            style: change.roles.allSatisfy { $0.missing == 0 } ? .plain : .yellow)
        if !change.unproven.isEmpty {
            sheet.fact(
                "new keys", change.unproven.map { "\($0.person.name) must approve with \($0.fingerprint)" },
                key: "unproven-keys", .array(change.unproven.map { .string($0.fingerprint) }), style: .yellow)
        }
        sheet.gap()
    }

    /// Operations that want the same of the same persons are told once.
    private func addMissing(to sheet: inout Sheet) {
        var groups: [(kind: OperationKind, roles: [QuorumProgress.Role], numbers: [Int])] = []
        for (number, (operation, roles)) in zip(plan.operations, progress.operations).enumerated() {
            let same = groups.firstIndex {
                $0.kind == operation.kind && $0.roles.map(\.role) == roles.map(\.role)
                    && $0.roles.map(\.needed) == roles.map(\.needed)
            }
            if let same { groups[same].numbers.append(number + 1) } else { groups.append((operation.kind, roles, [number + 1])) }
        }
        var table = Table(["quorum", "role", "approved", "missing", "could still approve"])
        for group in groups {
            for (index, role) in group.roles.enumerated() {
                let name = "\(group.kind.rawValue), \(Phrase.operations(group.numbers))"
                table.add(
                    [
                        index == 0 ? name : "", role.role, "\(role.filledBy.count) of \(role.needed)",
                        role.missing == 0 ? "nobody" : Phrase.count(role.missing, "person"),
                        role.missing == 0
                            ? "" : role.couldFill.isEmpty ? "NOBODY" : Phrase.list(role.couldFill.map(\.name), "or"),
                    ],
                    role.missing == 0 ? .plain : .yellow)
            }
        }
        sheet.gap()
        sheet.table(
            "operations", table,
            .array(
                zip(plan.operations, progress.operations).map { operation, roles in
                    [
                        "kind": .string(operation.kind.rawValue),
                        "roles": .array(
                            roles.map {
                                [
                                    "role": .string($0.role), "needed": .integer(Int64($0.needed)),
                                    "missing": .integer(Int64($0.missing)),
                                    "filled-by": .array($0.filledBy.map { .string($0.id) }),
                                    "could-fill": .array($0.couldFill.map { .string($0.id) }),
                                ]
                            }),
                    ]
                }))
        sheet.gap()
        addChange(to: &sheet)
        addVerdict(to: &sheet)
    }

    /// The last line: whether the plan can be run, and what is in the way.
    private func addVerdict(to sheet: inout Sheet) {
        sheet.data("ready", .boolean(isReady))
        if isSpent {
            sheet.text("It was run, and a plan is run once.", .yellow)
        } else if obstacle != nil {
            sheet.text("It cannot be run: see what is refused above.", .red)
        } else if fate != nil {
            sheet.text("It was begun: run it again, and it goes on where it stopped.", .yellow)
        } else if time > plan.closes {
            sheet.text("Too late: its window is over. Plan again, and have it approved again.", .red)
        } else if progress.isReached, time < plan.opens {
            sheet.text("The quorum is there, and it is too early: its window opens on \(Phrase.time(plan.opens)).", .yellow)
        } else if progress.isReached {
            sheet.text("The quorum is there.", .green)
        } else if progress.isFilled {
            sheet.text(
                "The quorum is there, and with a file in the folder that does not count the plan is not run.", .red)
        } else {
            sheet.text("The quorum is not there yet.", .yellow)
        }
    }
}

extension QuorumProgress.Duplicate {
    var words: String { "\(FilePath.name(of: path)): a second approval by \(person.name)" }
}

extension QuorumProgress.Objection {
    var words: String { "\(person.name)\(isOfThisPlan ? "" : " (a plan before this one)"): \(because)" }
}
