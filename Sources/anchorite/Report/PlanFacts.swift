import Authority
import Groundwork
import PKIX

/// A plan in words that a signer can hold against their intention.
///
/// What is said of a certificate or CRL is read from the bytes that the HSM will sign, not from the plan's labels.
struct PlanFacts {
    let context: PlanContext

    private var plan: Plan { context.plan }

    var sheet: Sheet {
        var sheet = Sheet("Plan for ceremony \(plan.number) of \(plan.authority) (\(plan.environment.rawValue))")
        sheet.data("file", "plan")
        sheet.data("format", .string(Plan.format))
        sheet.data("authority", .string(plan.authority))
        sheet.data("environment", .string(plan.environment.rawValue))
        sheet.data("ceremony", .integer(plan.number))
        addOrigin(to: &sheet)
        addVerdict(to: &sheet)
        sheet.gap()
        addSummary(to: &sheet)
        let steps = StepFacts(context: context)
        sheet.list("operations", plan.operations.enumerated().map { operation($0.offset, $0.element, steps) })
        sheet.gap()
        sheet.fact("digest", digest: context.digest, key: "digest")
        return sheet
    }

    // MARK: The plan as a whole

    private func addOrigin(to sheet: inout Sheet) {
        let ceremony = context.ceremony
        if let ceremony {
            sheet.fact("title", ceremony.title, key: "title")
            if let purpose = ceremony.purpose {
                sheet.fact("why", purpose.split(separator: "\n").joined(separator: " "), key: "purpose")
            }
            if let requester = ceremony.requester { addRequester(requester, to: &sheet) }
        }
        sheet.fact("made", time: plan.created, key: "created")
        sheet.fact(
            "may run",
            [
                "from  \(Phrase.time(plan.opens))",
                "until \(Phrase.time(plan.closes))  (\(Phrase.duration(from: plan.opens, to: plan.closes)))",
            ],
            key: "window", ["opens": .string(plan.opens.rfc3339), "closes": .string(plan.closes.rfc3339)])
        let head: JSONValue = ["size": .integer(plan.head.size), "sha256": .string(plan.head.digest.hex)]
        if plan.head == .empty {
            sheet.fact("ledger", ["begins with this plan: a new authority"], key: "head", head)
        } else {
            sheet.fact(
                "ledger", ["continues after line \(plan.head.size), \(plan.head.digest.hex)"], key: "head", head)
        }
        sheet.fact("policy", [plan.policy.digest.hex], key: "policy", ["sha256": .string(plan.policy.digest.hex)])
        let inputs = plan.inputs.map { (path: $0.path, digest: Digest(of: $0.bytes).hex) }
        if !inputs.isEmpty {
            sheet.fact(
                "reads", inputs.flatMap { [$0.path, "  SHA-256 \($0.digest)"] }, key: "inputs",
                .array(inputs.map { ["path": .string($0.path), "sha256": .string($0.digest)] }))
        }
    }

    private func addRequester(_ id: String, to sheet: inout Sheet) {
        let person = context.policy?.operators.first { $0.id == id }
        let mayApprove = context.policy?.approvals.requesterMayApprove
        let remark = mayApprove == false ? ", whose own approval does not count" : ""
        sheet.fact("asked by", ["\(person?.name ?? id)\(remark)"], key: "requester", .string(id))
    }

    /// What was compared beside that, where the plan continues an authority.
    private var continued: [String] {
        let isOfLists = plan.steps.contains { _, step in
            switch step {
            case .certificateList, .breakGlass: true
            default: false
            }
        }
        return isOfLists && context.state != nil ? ["its CRLs continue those of the authority at hand"] : []
    }

    private func addVerdict(to sheet: inout Sheet) {
        switch context.verdict {
        case .derived:
            sheet.fact(
                "checked",
                ["yes: made again from its ceremony file, the policy and the ledger, it is the same to the byte"] + continued,
                key: "derived", true, style: .green)
        case .refused(let error):
            sheet.fact(
                "checked", ["NO: \(error)", "Do not approve it."], key: "derived", false, style: .red)
            sheet.data("refusal", .string("\(error)"))
        case .unchecked:
            sheet.fact(
                "checked", ["not against the ledger: name the authority with --authority to have the plan made again"],
                key: "derived", "unchecked", style: .yellow)
        }
    }

    // MARK: The operations

    private func addSummary(to sheet: inout Sheet) {
        let steps = StepFacts(context: context)
        var table = Table(["", "signs", "for", "until"])
        for (index, operation) in plan.operations.enumerated() {
            let deeds = operation.steps.compactMap { steps.deed($0) }
            for (position, deed) in deeds.enumerated() {
                table.add([position == 0 ? "\(index + 1)" : "", deed.what, deed.whom, deed.until])
            }
        }
        sheet.table(
            "summary", table,
            .array(
                table.rows.map {
                    ["what": .string($0.cells[1]), "for": .string($0.cells[2]), "until": .string($0.cells[3])]
                }))
    }

    private func operation(_ index: Int, _ operation: PlannedOperation, _ steps: StepFacts) -> Sheet {
        var sheet = Sheet("Operation \(index + 1) of \(plan.operations.count): \(operation.kind.words)")
        sheet.data("kind", .string(operation.kind.rawValue))
        addQuorum(operation.quorum, to: &sheet)
        sheet.list("steps", operation.steps.map { steps.sheet($0) })
        return sheet
    }

    private func addQuorum(_ rule: QuorumRule, to sheet: inout Sheet) {
        let policy = context.policy
        let requester = policy?.approvals.requesterMayApprove == false ? context.ceremony?.requester : nil
        var lines: [String] = []
        var values: [JSONValue] = []
        for seat in rule.seats {
            let persons = policy?.operators(withRole: seat.role).filter { $0.id != requester }
            let names = persons.map { ": \(Phrase.list($0.map(\.name), "or"))" } ?? ""
            lines.append("\(seat.words)\(names)")
            var value: [String: JSONValue] = [
                "role": .string(seat.role), "needed": .integer(Int64(seat.needed)), "of": .integer(Int64(seat.of)),
            ]
            value["could-approve"] = persons.map { .array($0.map { .string($0.id) }) }
            values.append(.object(value))
        }
        if rule.seats.count > 1 { lines.append("(\(Phrase.count(rule.personsNeeded, "person")): nobody counts twice)") }
        sheet.fact("needs", lines, key: "quorum", .array(values))
    }
}

extension QuorumSeats {
    /// `2 of 3 security-officers`
    var words: String { "\(needed) of \(Phrase.count(of, role))" }
}

extension OperationKind {
    /// The act, as people say it.
    var words: String {
        switch self {
        case .createRoot: "create a root"
        case .issueIntermediate: "issue an intermediate"
        case .issueEndEntity: "issue an end-entity certificate"
        case .revoke: "revoke"
        case .issueCRL: "issue a CRL"
        case .publishBundle: "publish a trust-anchor bundle"
        case .changePolicy: "change the policy"
        case .reshareCustody: "share a token's PIN anew"
        case .activateRoot: "activate a root whose key was pre-generated"
        case .renewBundleSigner: "renew a bundle signer"
        case .destroyKey: "destroy a key"
        case .prepareBreakGlass: "prepare break-glass packages"
        }
    }
}
