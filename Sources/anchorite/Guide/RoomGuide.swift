import Authority
import Groundwork

/// Guides the people in the room through a ceremony, one step at a time.
final class RoomGuide: CeremonyGuide {
    let room: RoomTerminal
    private let plan: Plan
    private let policy: Policy
    private let directory: AuthorityDirectory
    /// Who was named on the command line already.
    private let named: [Participant]

    init(_ room: RoomTerminal, _ plan: Plan, _ policy: Policy, _ directory: AuthorityDirectory, named: [Participant]) {
        self.room = room
        self.plan = plan
        self.policy = policy
        self.directory = directory
        self.named = named
    }

    /// The first screen: what this is, and how it goes.
    func welcome() {
        let stages = CeremonyStage.stages(of: plan).count
        room.say("")
        heading("Ceremony \(plan.number): \(plan.title)")
        room.say("plan", "read its words aloud; everybody compares them with the script")
        for row in NumberedWords.rows(plan.digest) { room.say("    \(row)") }
        room.say("course", "everything is checked, the token is unlocked, then \(Phrase.count(stages, "stage"))")
        room.say("keys", Self.keys)
        room.say("")
    }

    static let keys = "Enter goes on · d deviation · s suspend · ? help"

    // MARK: Before the login

    func participants(under policy: Policy) throws -> [Participant]? {
        room.say("")
        heading("Who is in the room?")
        room.say("Operators by their id; others as: name, role. Enter alone when all are named.")
        var people = named
        for person in people { room.say("  \(person.name) (\(person.role))") }
        while true {
            guard let answer = room.line("who? ") else { return nil }
            switch answer {
            case "" where people.isEmpty:
                room.say("Nobody is named yet. Name at least the person at this keyboard.", .yellow)
            case "":
                sayWhoUnlocks()
                return people
            case "d": writeDeviation()
            case "s": room.say("Nothing is open yet that could be suspended: Ctrl-C ends here.", .yellow)
            case "?":
                room.say("ids", policy.operators.map(\.id).joined(separator: " "))
                room.say("others", "Jane Doe, auditor")
            default:
                do throws(PlanError) {
                    let person = try Participant(typed: answer, under: policy)
                    guard !people.contains(person) else {
                        room.say("\(person.name) is named already.", .yellow)
                        continue
                    }
                    people.append(person)
                    room.say("  \(person.name) (\(person.role))")
                } catch {
                    explain(error)
                }
            }
        }
    }

    func resumption(of ceremony: CeremonyProgress, under policy: Policy) throws -> (by: String, reason: String)? {
        room.say("")
        heading("Ceremony \(ceremony.plan.number) is open: \(ceremony.done.count) of \(ceremony.done.of) steps are done")
        if let suspension = ceremony.suspension {
            room.say("stopped", "by \(suspension.by): \(suspension.reason)")
        } else {
            room.say("stopped", "by an interruption")
        }
        var by: String?
        while by == nil {
            by = person("who goes on? ", isDeviationPossible: true)
            if by == nil, room.isGone { return nil }
        }
        guard let by, let reason = reason("why, and what was checked? ") else { return nil }
        sayWhoUnlocks()
        return (by, reason)
    }

    /// An answer that nobody is let off.
    private func reason(_ question: String) -> String? {
        while !room.isGone {
            if let reason = text(question) { return reason }
            if !room.isGone { room.say("It goes on record: one sentence, please.", .yellow) }
        }
        return nil
    }

    /// What the next questions are about.
    private func sayWhoUnlocks() {
        let tokens = policy.tokens.values.sorted { $0.name < $1.name }
        room.say("")
        heading("Unlock")
        room.say("next", "unlock the token \(Phrase.list(tokens.map(\.name)))")
        for token in tokens {
            let holders = token.custody.map { "custodians of \(token.name): \(people($0))" }
            room.say("needed", holders ?? "who knows the PIN of \(token.name)")
        }
        room.say("aloud", "\u{201C}Everything was checked. We unlock the token.\u{201D}")
    }

    private func people(_ rule: QuorumRule) -> String { StageText.people(rule, policy) }

    // MARK: Between two steps

    func before(_ stage: CeremonyStage) throws -> CeremonyDecision {
        let text = StageText(stage, of: plan, policy)
        room.say("")
        heading("\(stage.number) of \(stage.of)")
        room.say("next", text.next)
        room.say("needed", text.needed)
        room.say("aloud", "\u{201C}\(text.aloud)\u{201D}")
        while true {
            guard let answer = room.line("Enter, d, s or ? ") else { return .stop }
            switch answer {
            case "": return .goOn
            case "d": writeDeviation()
            case "s":
                guard let by = person("who suspends? "), let reason = self.text("why? ") else {
                    if room.isGone { return .stop }
                    room.say("Not suspended.")
                    continue
                }
                return .suspend(by: by, reason: reason)
            case "?": help()
            default:
                room.say("\"\(Shown.text(String(answer.prefix(30))))\" is none of the keys here; ? tells them.", .yellow)
            }
        }
    }

    private func help() {
        room.say("Enter", "does what stands after next, and shows what comes then")
        room.say("d", "writes down that something is not as planned: what, why, who says so")
        room.say("s", "suspends: a reason goes on record, tokens are logged out; run again to resume")
        room.say("Ctrl-C", "ends between two steps, as a lost terminal does; run again to go on")
    }

    func writeDeviation() {
        room.say("It goes on record with what comes next. Enter alone gives it up.")
        guard let what = text("what happened? "), let why = text("why, or what was done about it? "),
            let who = person("who says so? ")
        else { return room.say("Nothing was written down.") }
        do {
            try PendingDeviation(by: who, text: what, because: why).write(into: directory)
            room.say("Written down.", .green)
        } catch {
            room.say("It could not be written down: \(error)", .red)
        }
    }

    // MARK: Answers

    /// A line of text; nil when it is given up, or nobody answers any more.
    private func text(_ question: String) -> String? {
        while let answer = room.line(question) {
            if answer.isEmpty { return nil }
            if PendingDeviation.isText(answer) { return answer }
            room.say("One line of at most 1000 printable characters, please.", .yellow)
        }
        return nil
    }

    /// A person: an operator's id, or any name.
    private func person(_ question: String, isDeviationPossible: Bool = false) -> String? {
        while let answer = text(question) {
            if answer == "d", isDeviationPossible {
                writeDeviation()
                continue
            }
            if policy.operators.contains(where: { $0.id == answer || $0.name == answer }) || answer.contains(" ") {
                return answer
            }
            let nearest = NearestName.nearest(to: answer, among: policy.operators.map(\.id))
            room.say(
                "No operator is called so\(nearest.map { "; did you mean \($0)?" } ?? ".") Others: first and last name.",
                .yellow)
        }
        return nil
    }

    private func explain(_ error: PlanError) {
        let words = error.reason + "." + (error.advice.map { " \($0)." } ?? "")
        for line in Sheet.wrapped(Shown.text(words), room: RoomTerminal.width) { room.say(line, .yellow) }
    }

    func heading(_ text: String) {
        let line = Shown.text(String(text.prefix(RoomTerminal.width - 8)))
        room.say("── \(line) " + String(repeating: "─", count: max(2, RoomTerminal.width - 4 - line.count)), .bold)
    }
}
