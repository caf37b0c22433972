import Authority
import Groundwork
import Papers
import PKIX

/// A ceremony's script, made from its plan: everything that people in the room read, say, see and enter.
///
/// What it must hold, docs/audit.md lists with the sources.
struct ScriptPage {
    let context: PlanContext
    /// The plan file as it is named in commands.
    let planName: String

    var plan: Plan { context.plan }
    var policy: Policy? { context.policy }

    var page: Page {
        Page(
            title: "Script of ceremony \(plan.number) of \(plan.authority): \(plan.title)",
            header: "\(plan.authority), script of ceremony \(plan.number)",
            mark: context.digest.hex, footer: "\(plan.environment.rawValue): \(plan.title)",
            body: [cover, approval, people, place, materials, sealedBags] + steps + [breaks, exceptions, signOff, afterwards, objects])
    }

    // MARK: Cover

    private var cover: Node {
        var facts: [(label: String, value: Node)] = [
            ("authority", .strong(plan.authority)), ("environment", .text(plan.environment.rawValue)),
        ]
        if let requester = context.ceremony?.requester { facts.append(("asked for by", .text(name(requester)))) }
        facts += [
            ("plan made", .moment(plan.created)),
            (
                "may be run",
                .lines([
                    .group(["from ", .moment(plan.opens)]),
                    .group(["until ", .moment(plan.closes), .text(" (\(Phrase.duration(from: plan.opens, to: plan.closes)))")]),
                ])
            ),
            (
                "record",
                plan.head == .empty
                    ? "begins with this ceremony"
                    : .group([.text("continues after line \(plan.head.size), "), .code(plan.head.digest.hex)])
            ),
            ("policy", .code(plan.policy.digest.hex)), ("ceremony file", .code(plan.ceremonyDigest.hex)),
        ]
        facts += plan.inputs.map { ("reads", .lines([.code($0.path), .code(Digest(of: $0.bytes).hex)])) }
        facts.append(("script made by", "anchorite \(anchoriteVersion)"))
        var body: [Node] = [
            .p(.eyebrow, "Script of ceremony \(plan.number)"), .h1(.text(plan.title)),
        ]
        if let purpose = context.ceremony?.purpose {
            body.append(.p(.lead, .text(purpose.split(separator: "\n").joined(separator: " "))))
        }
        if plan.environment != .production {
            body.append(
                .box(.warning, [.p(.text("This is for \(plan.environment.rawValue), not for production: nothing of it is to be trusted."))]))
        }
        body += [
            .facts(facts), verdict, .h3("Digest of the plan"),
            .p("SHA-256 of the plan file, the file that is approved and run. It stands at the head of every page."),
            .box(
                .qrBeside,
                [.element(.div, [], [.digest(context.digest, id: "plan-digest")])]
                    + (QRCode(context.digest.hex).map { [$0.drawing(label: "QR code of the plan's digest in hex")] } ?? [])),
            .fields([Field("held on (date)"), Field("begun (UTC)"), Field("ended (UTC)"), Field("copy number")]),
        ]
        return .section(id: "cover", look: .cover, body)
    }

    /// Whether the plan was made again from its inputs and came out the same.
    private var verdict: Node {
        switch context.verdict {
        case .derived:
            .p(.good, "Checked when the script was made: made again from its ceremony file, the policy and the ledger, the plan is the same to the byte.")
        case .refused(let error): .box(.warning, [.p(.bad, .text("DO NOT RUN. \(error)"))])
        case .unchecked:
            .p(.attention, "Not checked against the ledger when the script was made: the authority was not at hand.")
        }
    }

    // MARK: Approval

    private var approval: Node {
        var groups: [(rule: QuorumRule, operations: [Int])] = []
        for (index, operation) in plan.operations.enumerated() {
            if let same = groups.firstIndex(where: { $0.rule == operation.quorum }) {
                groups[same].operations.append(index)
            } else {
                groups.append((operation.quorum, [index]))
            }
        }
        let rows = groups.flatMap { group in
            group.rule.seats.enumerated().map { position, seat -> [Node] in
                [
                    position == 0 ? .text(Self.words(group.operations)) : .nothing, .text(seat.words),
                    .text(Phrase.list(mayApprove(seat.role).map(\.name), "or")), .nothing,
                ]
            }
        }
        return .section(
            id: "approval", look: .leaf,
            [
                .p(.eyebrow, "Before the day"), .h2("Approval to conduct the ceremony"),
                .p("The plan is run only with a signature over it from each of these persons. Nobody fills two seats. The program refuses the run otherwise; the witness enters here who has approved."),
                .table(["operation", "needs", "persons", "approved by (witness enters)"], rows, .roomy),
                .h3("What the ceremony does"), operations,
            ])
    }

    private var operations: Node {
        let facts = StepFacts(context: context)
        let shown = plan.operations.prefix(Self.listedOperations)
        var rows = shown.enumerated().map { index, operation -> [Node] in
            let deeds = operation.steps.compactMap { facts.deed($0) }
            return [
                "\(index + 1)", .text(operation.title),
                .lines(deeds.map { .text("\($0.what): \($0.whom)" + ($0.until.isEmpty ? "" : ", until \($0.until)")) }),
            ]
        }
        if plan.operations.count > shown.count {
            rows.append(["…", .text("and \(plan.operations.count - shown.count) more, listed with their step"), .nothing])
        }
        return .table(["", "operation", "signs"], rows)
    }

    static let listedOperations = 60

    /// `1, 2 and 5`, or `1 to 5`
    private static func words(_ operations: [Int]) -> String {
        guard let first = operations.first, let last = operations.last else { return "" }
        if operations.count > 2, last - first == operations.count - 1 { return "\(first + 1) to \(last + 1)" }
        return Phrase.list(operations.prefix(12).map { "\($0 + 1)" } + (operations.count > 12 ? ["more"] : []))
    }

    // MARK: The end

    private var breaks: Node {
        .section(
            id: "breaks", look: .part,
            [
                .p(.eyebrow, "If it is needed"), .h2("Breaks"),
                .p("A ceremony may be stopped between two steps: press s at a pause. The record says who decided it and why; the same command goes on. Nobody is alone with the token or the machine meanwhile."),
                .table(
                    ["stopped (UTC)", "reason", "token and machine secured by", "resumed (UTC)", "initials"],
                    (0..<5).map { _ in Array(repeating: Node.nothing, count: 5) }, .roomy, .even),
            ])
    }

    private var exceptions: Node {
        .group(
            (1...2).map { number in
                .section(
                    id: "exception-\(number)", look: .leaf,
                    [
                        .p(.eyebrow, "Exception sheet \(number)"), .h2("Deviation from the script"),
                        .p("Whatever was not done as it is written, said or shown is a deviation, however small. It goes into the record, too, so that it becomes part of what is signed: press d at a pause, or type at another terminal"),
                        .p(.code("anchorite deviation \"what\" --because \"why\" --by operator")),
                        .fields([
                            Field("at step"), Field("time (UTC)"), Field("noticed by"), Field("entered in the record at (UTC)"),
                        ]),
                        .h3("What happened"), .emptyLines(5), .h3("Why"), .emptyLines(4),
                        .h3("What was done about it, and who decided it"), .emptyLines(5),
                        .fields([Field("signature, administrator"), Field("signature, witness"), Field("signature, security officer")]),
                    ])
            })
    }

    private var signOff: Node {
        let signers = plan.createsRoot
            ? "A root is created: a security officer and an independent witness (an auditor or a notary) must sign."
            : "A security officer and the witness sign, and whoever took part."
        return .section(
            id: "sign-off", look: .leaf,
            [
                .p(.eyebrow, "At the end"), .h2("Sign-off"),
                .p("We were present from the first step to the last. The ceremony was held as this script says, but for the deviations on its exception sheets. The plan that was run had the digest at the head of every page; the Merkle root of the record at the close is the one entered in the closing step. At least two of us had control of the token at every moment."),
                .p(.muted, .text(signers)),
                .signature(name: nil, role: "security officer"), .signature(name: nil, role: "independent witness"),
                .signature(name: nil, role: "ceremony administrator"),
                .group((0..<4).map { _ in .signature(name: nil, role: nil) }),
                .fields([Field("exception sheets used"), Field("pages of this script"), Field("breaks")]),
            ])
    }

    private var afterwards: Node {
        .section(
            id: "afterwards", look: .part,
            [
                .p(.eyebrow, "Afterwards"), .h2("What remains to be done, and by whom"),
                .table(
                    ["duty", "by whom", "until", "done (date, initials)"],
                    [
                        ["Token, cards and shares are stored in sealed bags, in the places and by the persons entered under materials; no place holds a quorum of shares.", "custodians, security officer", "the same day", .nothing],
                        ["The authority's directory is copied to two media for the vault and one for the outside world, and each copy is verified.", "ceremony administrator", "the same day", .nothing],
                        ["The checkpoint is signed by those whom the policy names, and the signatures are entered.", "witnesses", "before the next ceremony", .nothing],
                        ["The fingerprint of the root is published in a way that does not go through the network that carries the certificates.", "security officer", .nothing, .nothing],
                        ["The report is made from the record and compared with this script; differences are deviations.", "witness", "within a week", .nothing],
                        ["This script, the videos, the access log and the record are kept until at least two years after the last certificate of these keys has ended and the keys are destroyed.", "security officer", .nothing, .nothing],
                    ], .roomy),
            ])
    }

    private var objects: Node {
        let facts = StepFacts(context: context)
        let steps = plan.operations.flatMap(\.steps)
        let body: [Node] =
            steps.count > Self.describedSteps
            ? [.p(.text("The plan has \(steps.count) steps; anchorite show \(planName) tells each in words."))]
            : steps.map { facts.sheet($0).node }
        return .section(
            id: "objects", look: .leaf,
            [
                .p(.eyebrow, "Annex"), .h2("What will be made, byte for byte"),
                .p("Read from the very bytes that the token will sign, not from what the plan calls them."),
            ] + body)
    }

    private static let describedSteps = 200

    // MARK: Persons

    func name(_ id: String) -> String { policy?.operators.first { $0.id == id }?.name ?? id }

    /// The operators whose approval counts for a role.
    func mayApprove(_ role: String) -> [Operator] {
        let requester = policy?.approvals.requesterMayApprove == false ? context.ceremony?.requester : nil
        return policy?.operators(withRole: role).filter { $0.id != requester } ?? []
    }
}

extension Plan {
    /// Whether an operation of the plan makes a root.
    var createsRoot: Bool { operations.contains { $0.kind == .createRoot || $0.kind == .activateRoot } }
}
