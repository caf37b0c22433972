import Authority
import Groundwork
import Papers
import PKIX

extension ScriptPage {
    /// The numbered steps in four phases, a section each.
    var steps: [Node] {
        var number = 0
        return [
            ("preparation", "Step by step", "Opening the room", preparation), ("agreement", "Step by step", "The plan is the one that was approved", agreement),
            ("run", "Step by step", "The run", running), ("closing", "Step by step", "Close", closing),
        ].map { id, eyebrow, title, steps in
            .section(
                id: id, look: .leaf,
                [.p(.eyebrow, .text(eyebrow)), .h2(.text(title))]
                    + steps.map { step in
                        number += 1
                        return step.node(number: number)
                    })
        }
    }

    private var preparation: [ScriptStep] {
        var steps: [ScriptStep] = []
        var step = ScriptStep("Cameras and recorders are started", who: "administrator")
        step.says = [.text("This is ceremony \(plan.number) of \(plan.authority), \(plan.environment.rawValue): \(plan.title). Today is …, the time is … UTC.")]
        steps.append(step)

        step = ScriptStep("Everybody signs in", who: "all")
        step.says = ["Everybody says name and role. I ask: does anybody know a reason not to go on?"]
        step.sees = ["Each identity document matches; each line of the list of participants is signed; the door is locked."]
        step.fields = [Field("persons in the room")]
        steps.append(step)

        step = ScriptStep("Bags are opened", who: "security officer, witness")
        step.says = [
            .text("The number of each bag, digit by digit; the witness finds it \(plan.head == .empty ? "in the list of those that were sealed" : "in the last script") and repeats it.")
        ]
        step.sees = ["Every seal is intact; every number is entered under materials."]
        steps.append(step)

        step = ScriptStep("The machine is started", who: "administrator", id: "machine")
        step.types = ["sha256sum /dev/disk/by-id/THE-MEDIUM", "ip -brief link", "lsblk"]
        step.sees = [
            .group([
                "Everything from here on is typed in the folder that holds ", .code(planName), ", ", .code("site.yaml"),
                plan.head == .empty ? " and the policy." : .group([" and the directory ", .code("authority"), "."]),
            ]),
            "The digest of the operating system's image is the published one.",
            "Only the loopback interface is up; no disk but the media on the table is listed.",
        ]
        step.fields = [Field("image, SHA-256", isWide: true), Field("interfaces that are up"), Field("disks")]
        steps.append(step)

        step = ScriptStep("The clock is compared", who: "administrator, witness", id: "clock")
        step.says = ["The time on the watch; the time on the screen."]
        step.types = ["date -u"]
        step.sees = [
            .group(["It lies between ", .moment(plan.opens), " and ", .moment(plan.closes), ": the plan may be run now."])
        ]
        step.fields = [Field("watch (UTC)"), Field("screen (UTC)"), Field("source of the watch's time")]
        steps.append(step)

        step = ScriptStep("The program is the one that was released", who: "administrator, witness", id: "program")
        step.types = ["sha256sum \"$(command -v anchorite)\"", "anchorite --version"]
        step.sees = [.text("The digest is the published one. The version is \(anchoriteVersion), or both agree on another.")]
        step.fields = [Field("program, SHA-256", isWide: true), Field("version")]
        steps.append(step)

        step = ScriptStep("Machine and tokens are examined", who: "administrator")
        step.types = ["anchorite doctor --policy \(policyName) --site site.yaml --authority authority"]
        step.sees = ["No line says failed. Each warning is read aloud and judged; what is let pass is a deviation."]
        if plan.head != .empty, context.state == nil {
            step.sees.append("NUMBER is the newest in the folder policies: the authority was not at hand when this script was made.")
        }
        step.says = ["Label and serial number of each token, from the device and from the screen."]
        steps.append(step)

        if plan.head != .empty {
            step = ScriptStep("The record so far is verified", who: "administrator, witness", id: "record")
            let root = context.state?.roots.first?.fingerprint
            step.says = ["The fingerprint of the root, from the paper of the first ceremony."]
            step.types = ["anchorite verify authority --root \(root?.hex ?? "FINGERPRINT")"]
            step.sees = [.text("Everything holds: \(plan.head.size) lines."), "The words of the Merkle root are those that were kept at the last close."]
            steps.append(step)
        }
        return steps
    }

    /// The policy that the plan was made under, which is in force when it is run.
    private var policyName: String {
        if plan.head == .empty { return "policy.yaml" }
        return "authority/" + (context.state.map { AuthorityPaths.policy($0.policyNumber) } ?? "policies/NUMBER.yaml")
    }

    private var agreement: [ScriptStep] {
        var reading = ScriptStep("The digest of the plan is read aloud", who: "administrator reads, all others compare", id: "digest-reading")
        reading.types = ["sha256sum \(planName)", "anchorite show \(planName) --authority authority"]
        reading.says = ["The 32 words, in rows of four. Everybody who approved follows on their own copy and says: it is the same."]
        reading.sees = [.digest(context.digest), "The line checked says yes."]
        reading.fields = [Field("compared by (names)", isWide: true)]

        var wish = ScriptStep("What the plan does is read aloud", who: "administrator")
        wish.says = ["Each line of the table under approval to conduct the ceremony; then: does anybody object?"]
        wish.sees = ["What the screen says of each operation is what stands in this script and its annex."]

        var approvals = ScriptStep("The approvals are counted", who: "administrator, witness", id: "approvals")
        approvals.types = ["anchorite status \(plan.head == .empty ? "" : "authority ")--plan \(planName)"]
        approvals.sees = ["The quorum is there. Each name is ticked under approval to conduct the ceremony."]
        approvals.fields = [Field("approvals"), Field("rejections")]
        return [reading, wish, approvals]
    }

    // MARK: The run

    private var running: [ScriptStep] {
        var start = ScriptStep("The run is started", who: "administrator", id: "run-started")
        start.says = ["We run the plan now. Nothing can be signed but what it contains."]
        start.types = ["anchorite run \(planName) --authority authority --site site.yaml"]
        start.sees = [
            .text("Everything before the first login is checked; \(Phrase.count(plan.steps.count { $0.step.isSigned }, "object")) linted with throwaway keys; the approvers are those counted above."),
            "It asks who is there: each name is typed as it stands in the list of participants. At every pause, return goes on, d writes down a deviation, s suspends with a reason.",
        ]
        return [start] + tokens.map(unlock) + operationSteps
    }

    private func unlock(_ token: TokenPolicy) -> ScriptStep {
        var step = ScriptStep("The token \(token.name) is unlocked", who: unlockers(token), id: "unlock-\(token.name)")
        step.says =
            ways(token).contains(.shares)
            ? ["Each custodian is called by name, types the words of the share alone at the terminal, and puts it away again."]
            : []
        step.says.append("Nobody looks at the keyboard or the keypad but the one who types; no camera does.")
        step.sees = [
            .group([
                "The token ", .code(token.label), ", serial number ",
                token.serial.map(Node.code) ?? "as entered under materials", ".",
            ])
        ]
        step.fields = [Field("serial number as shown"), Field("unlocked by (names)", isWide: true)]
        return step
    }

    /// The ways to unlock a token that are open to this plan: its shares are renewed only with its shares.
    private func ways(_ token: TokenPolicy) -> [UnlockMethod] {
        renewals.contains { $0.token == token.name } ? [.shares] : token.unlock
    }

    private var renewals: [PlannedCustody] {
        plan.steps.compactMap { if case .custody(let planned) = $0.step { planned } else { nil } }
    }

    private func unlockers(_ token: TokenPolicy) -> String {
        let words = ways(token).map { way in
            switch way {
            case .shares: token.custody.map { "custodians: \(Phrase.list($0.seats.map(\.words)))" } ?? "custodians"
            case .protectedPath: "holders of the cards"
            case .preloaded: "whoever activates the token"
            default: "those who hold the PIN"
            }
        }
        return Phrase.list(words, "or")
    }

    /// What happens to each share while a token gets new ones.
    private func handOuts(_ first: Int, _ last: Int) -> [ScriptStep] {
        plan.steps.compactMap { id, step -> ScriptStep? in
            guard (first...last).contains(id.operation), case .custody(let planned) = step else { return nil }
            var script = ScriptStep(
                "New shares of \(planned.token) are handed out", who: "each custodian alone, witness",
                id: "hand-out-\(planned.token)")
            script.says = [
                "Each custodian is called by name. Everybody else looks away, and no camera sees the screen.",
                "The words are written on paper with token, set and date on top, typed back from it, and sealed in a new bag; its number is read aloud.",
            ]
            let rows = planned.groups.flatMap { group in
                group.members.flatMap(\.self).map { id -> [Node] in
                    [.text(name(id)), .text(group.role), .blankLine, .blankLine, .blankLine]
                }
            }
            script.table = .table(["custodian", "as", "new bag, number", "old share in hand", "time"], rows, .dense)
            script.sees = [
                "The set on every paper is the one on the screen. Custodians, enough of them, log in from their new papers.",
                "The old shares are worthless from here on: after the close their papers are destroyed before the witness.",
            ]
            script.fields = [Field("set, before"), Field("set, new"), Field("old shares destroyed by, at", isWide: true)]
            return script
        }
    }

    /// A step for each operation, with a line for each moment at which the program pauses; in a plan of many steps, a step
    /// for each pause.
    private var operationSteps: [ScriptStep] {
        var groups: [[(stage: CeremonyStage, range: Range<Int>)]] = []
        let steps = plan.steps
        for stage in CeremonyStage.stages(of: plan) {
            guard case .steps(let range) = stage.work, !range.isEmpty else { continue }
            if range.count == 1, let before = groups.last?.last, before.range.count == 1,
                steps[before.range.lowerBound].id.operation == steps[range.lowerBound].id.operation
            {
                groups[groups.count - 1].append((stage, range))
            } else {
                groups.append([(stage, range)])
            }
        }
        return groups.flatMap { group -> [ScriptStep] in
            guard let start = group.first?.range.lowerBound, let end = group.last?.range.upperBound else { return [] }
            return [operationStep(group, steps)] + handOuts(steps[start].id.operation, steps[end - 1].id.operation)
        }
    }

    private func operationStep(
        _ stages: [(stage: CeremonyStage, range: Range<Int>)], _ steps: [(id: StepID, step: PlannedStep)]
    ) -> ScriptStep {
        guard let start = stages.first?.range.lowerBound, let end = stages.last?.range.upperBound else {
            return ScriptStep("", who: "")
        }
        let first = steps[start].id.operation
        let last = steps[end - 1].id.operation
        let isOne = first == last
        let place = isOne ? "Operation \(first + 1)" : "Operations \(first + 1) to \(last + 1)"
        let title = isOne ? plan.operations[first].title : "\(Phrase.count(end - start, "step"))"
        var step = ScriptStep(
            "\(place) of \(plan.operations.count): \(title)", who: "administrator, witness", id: "operation-\(first + 1)")
        step.says = ["What stands in each line, before the administrator goes on; the screen says the same."]
        if stages.count == 1, let stage = stages.first, stage.range.count > 1 {
            step.says = [.text(said(stage.stage) ?? "We go on with \(place.lowercased()).")]
        }
        let rows = stages.flatMap { stage in
            stage.range.enumerated().map { position, index -> [Node] in
                let isPause = position == 0
                let pause: Node = isPause ? .text("\(stage.stage.number)") : .nothing
                let words = stage.range.count == 1 ? said(stage.stage) : nil
                return [pause, words.map(Node.text) ?? .nothing] + screenLine(steps[index].step)
                    + [isPause ? .blankLine : .nothing]
            }
        }
        let pauses = stages.first.map { "pause of \($0.stage.of)" } ?? "pause"
        step.table = .table([pauses, "is said", "the screen shows", "digest begins", "time"], rows, .dense)
        if [.createRoot, .activateRoot].contains(plan.operations[first].kind) {
            step.fields = [Field("fingerprint of the root, SHA-256 (from sha256sum)", isWide: true)]
        }
        return step
    }

    /// What the program itself says before a pause.
    private func said(_ stage: CeremonyStage) -> String? { policy.map { StageText(stage, of: plan, $0).aloud } }

    /// What a step shows when it is done, and where its digest is entered.
    private func screenLine(_ step: PlannedStep) -> [Node] {
        switch step {
        case .generateKey(let key):
            [
                .group([
                    "key ", .strong(key.name), .text(" (\(key.kind.rawValue)), not extractable, on \(key.token)"),
                    .text(key.successorOf.map { "; pre-generated for the root after \($0)" } ?? ""),
                ]), .blankLine,
            ]
        case .judgeKey(let planned):
            [
                .lines([
                    .group(["judged ", .strong(planned.key), .text(", not extractable; \(planned.predecessor) commits to it")]),
                    .code(planned.committed.hex),
                ]), .nothing,
            ]
        case .certificate(let certificate):
            [.lines([.group(["signed ", .strong(certificate.name)]), .code(certificate.path)]), .blankLine]
        case .revocation(let revocation):
            [.group(["revoked ", .strong(revocation.certificate), .text(": \(revocation.reason.rawValue)")]), .nothing]
        case .certificateList(let list):
            [
                .lines([.text("signed \(list.title), \(list.entries) revoked"), .code(list.path)]),
                .nothing,
            ]
        case .bundleSignature(let signature):
            [
                .group([
                    "signed bundle \(signature.bundle.sequence) (\(signature.form.rawValue)) with ",
                    .strong(signature.signer.key),
                ]), .nothing,
            ]
        case .bundle(let bundle):
            [.lines([.text("wrote bundle \(bundle.sequence)"), .code(bundle.path)]), .blankLine]
        default:
            // Steps that sign nothing and make no key are told as the plan's summary tells them.
            [.text(StepFacts(context: context).deed(step).map { "\($0.what): \($0.whom)" } ?? step.word), .nothing]
        }
    }

    // MARK: The close

    private var closing: [ScriptStep] {
        var steps: [ScriptStep] = []
        var step = ScriptStep("The Merkle root is read aloud", who: "administrator reads, all others write", id: "closing-words")
        let closing = CeremonyStage.stages(of: plan).last.flatMap(said)
        step.says = (closing.map { [.text($0)] } ?? []) + ["The number of lines, the Merkle root, and its 32 words in rows of four. The witness reads them back."]
        step.sees = ["The ceremony is closed; the checkpoint is written. One participant types back the four words that the program picks."]
        step.fields = [Field("lines of the record"), Field("words typed back by"), Field("Merkle root in hex", isWide: true)]
            + (1...32).map { Field("\($0)") }
        steps.append(step)

        if plan.createsRoot {
            step = ScriptStep("The fingerprint of the root is read aloud", who: "administrator reads, all others write", id: "root-fingerprint")
            step.types = rootPaths.map { "sha256sum authority/\($0)" }
            step.says = ["All 64 digits, in groups of four; the witness reads them back. From now on, they are what everybody checks against."]
            step.fields = [Field("fingerprint", isWide: true)]
            steps.append(step)
        }

        step = ScriptStep("The record is verified", who: "administrator, witness", id: "verified")
        step.types = ["anchorite verify authority --root FINGERPRINT"]
        step.sees = ["Everything holds. The Merkle root is the one that was just read."]
        step.fields = [Field("lines"), Field("signatures")]
        steps.append(step)

        step = ScriptStep("The checkpoint is signed", who: closingRoles.isEmpty ? "whoever has a key at hand" : closingWords, id: "witness")
        step.types = ["anchorite witness authority --key KEY"]
        step.sees = ["The signature is entered under the name of its owner. Who has no key here signs on a copy within a week."]
        step.fields = [Field("signed by (names)", isWide: true)]
        steps.append(step)

        step = ScriptStep("The report is made and the record copied", who: "administrator", id: "copies")
        step.types = ["anchorite report authority --ceremony \(plan.number) --output report.html", "sha256sum report.html"]
        step.sees = ["Each copy of the record verifies on its own medium."]
        step.fields = [Field("media with copies (labels)", isWide: true), Field("report, SHA-256", isWide: true)]
        steps.append(step)

        step = ScriptStep("Everything is sealed", who: "security officer, witness", id: "sealed")
        step.says = ["The number of each new bag, digit by digit; the witness enters it under materials and repeats it."]
        step.sees = ["Tokens, cards and shares are in bags; no bag holds a token together with what unlocks it; nothing lies on the table."]
        steps.append(step)

        step = ScriptStep("The script is signed, the cameras are stopped", who: "all", id: "ended")
        step.says = ["The ceremony is over. The time is … UTC."]
        step.sees = ["The machine is off, its memory is gone; the sign-off page is signed by everybody."]
        steps.append(step)
        return steps
    }

    private var closingWords: String {
        Phrase.list((policy?.closing?.seats ?? []).map(\.words))
    }

    private var rootPaths: [String] {
        plan.operations.flatMap(\.steps).compactMap { step in
            if case .certificate(let certificate) = step, certificate.isRoot { certificate.path } else { nil }
        }
    }
}

extension Node {
    /// A short line to write on.
    static let blankLine = Node.span(.blank, .nothing)
}
