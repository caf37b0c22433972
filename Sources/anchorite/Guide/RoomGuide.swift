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
    /// Who is known to be there.
    private var present: [Participant] = []

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

    static let keys = "Enter goes on · d deviation · s suspend, between two steps · ? help"

    /// Waits until everybody has compared: the first screen is read before anything else comes.
    ///
    /// - Throws: ``PlanError`` with control INTERRUPTED when nobody goes on.
    func begin() throws {
        while true {
            guard let answer = room.line("Enter when all have compared, d or ? ") else {
                throw PlanError(
                    .interrupted, "ceremony \(plan.number) was stopped on request before anything was checked",
                    advice: "Run the same command again to go on")
            }
            switch answer {
            case "": return room.say("")
            case "d": writeDeviation()
            case "s": room.say("Nothing was begun that could be suspended: Ctrl-C ends here.", .yellow)
            case "?": help()
            default: explainKey(answer)
            }
        }
    }

    private func explainKey(_ answer: String) {
        room.say("\"\(Shown.text(String(answer.prefix(30))))\" is none of the keys here; ? tells them.", .yellow)
    }

    // MARK: Before the login

    func participants(under policy: Policy) throws -> [Participant]? {
        room.say("")
        heading("Who is in the room?")
        room.say("Operators by their id; others as: name, role. Enter alone when all are named.")
        room.say("Who brings a share, or is handed one, goes on record by that as well.")
        var people = named
        for person in people { room.say("  \(person.name) (\(person.role))") }
        while true {
            guard let answer = room.line("who? ") else { return nil }
            switch answer {
            case "" where people.isEmpty:
                room.say("Nobody is named yet. Name at least the person at this keyboard.", .yellow)
            case "":
                sayWhoUnlocks()
                present = people
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
                room.say("It goes on record at once. Enter alone gives it up.")
                guard let reason = self.text("why? "), let by = person("who suspends? "),
                    confirms("\(name(by)) suspends: \(reason)")
                else {
                    if room.isGone { return .stop }
                    room.say("Not suspended.")
                    continue
                }
                return .suspend(by: by, reason: reason)
            case "?": help()
            default: explainKey(answer)
            }
        }
    }

    private func help() {
        room.say("Enter", "does what stands after next, and shows what comes then")
        room.say("d", "writes down that something is not as planned: what, why, who says so")
        room.say("s", "suspends: a reason goes on record, tokens are logged out; run again to resume")
        room.say("", "Somebody comes, or leaves? d writes it down.")
        room.say("Ctrl-C", "ends between two steps, as a lost terminal does; run again to go on")
    }

    func writeDeviation() {
        room.say("It goes on record with what comes next. Enter alone gives it up.")
        guard let what = text("what happened? "), let why = text("why, or what was done about it? "),
            let who = person("who says so? "), confirms("\(name(who)) says: \(what) (\(why))")
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

    /// A person: an operator's id, or the name of somebody who is there. Any other name is typed twice, so that a reason
    /// is not taken for a person.
    private func person(_ question: String, isDeviationPossible: Bool = false) -> String? {
        var stranger: String?
        while let answer = text(question) {
            if answer == "d", isDeviationPossible {
                writeDeviation()
                continue
            }
            if let person = policy.operator(typed: answer) { return person.id }
            if answer == stranger || (named + present).contains(where: { $0.name == answer }) { return answer }
            if answer.contains(" ") {
                stranger = answer
                room.say("Nobody here is called so. Type the name once more to put it on record.", .yellow)
                continue
            }
            let nearest = NearestName.nearest(to: answer, among: policy.operators.map(\.id))
            room.say(
                "No operator is called so\(nearest.map { "; did you mean \($0)?" } ?? ".") Others: first and last name.",
                .yellow)
        }
        return nil
    }

    private func name(_ person: String) -> String { policy.operators.first { $0.id == person }?.name ?? person }

    /// Shows what will stand in the record, and asks for it: it cannot be taken back.
    private func confirms(_ words: String) -> Bool {
        room.say("record", words)
        while let answer = room.line("Enter puts it on record; no gives it up: ") {
            switch answer.lowercased() {
            case "", "y", "yes": return true
            case "n", "no": return false
            default: continue
            }
        }
        return false
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
