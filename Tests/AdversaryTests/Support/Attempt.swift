import Authority
import Testing

/// Something that an adversary tries, for real: with files, the built command, and a token.
struct Attempt: Sendable, CustomTestStringConvertible {
    enum End: Sendable {
        /// The command refuses, with this exit code, and says the sentence that the table has.
        case refused(Int32)
        /// The command says this at its terminal, and asks again.
        case asked(String)
        /// The command does what it should, as if nothing had been tried.
        case ignored(String)
    }

    /// A sentence's core, unique: what is tried.
    let name: String
    /// What stops it.
    let control: Control
    let end: End
    /// The record may have begun: the refusal comes when something on the way shows itself.
    let mayBegin: Bool
    /// Does it, and hands over what is shown.
    let act: @Sendable (Stage) throws -> Shown

    var testDescription: String { name }

    init(
        _ name: String, _ control: Control, _ code: Int32, mayBegin: Bool = false,
        _ act: @escaping @Sendable (Stage) throws -> Shown
    ) {
        self.init(name, control, .refused(code), mayBegin: mayBegin, act)
    }

    init(
        _ name: String, _ control: Control, _ end: End, mayBegin: Bool = false,
        _ act: @escaping @Sendable (Stage) throws -> Shown
    ) {
        self.name = name
        self.control = control
        self.end = end
        self.mayBegin = mayBegin
        self.act = act
    }
}

/// Attempts of one kind, and their twin: the same without the tampering, which is accepted.
struct Family: Sendable, CustomTestStringConvertible {
    let title: String
    let world: World
    /// What is accepted.
    let accepted: String
    let twin: @Sendable (Stage) throws -> Shown
    let attempts: [Attempt]

    var testDescription: String { title }

    static let all: [Family] = [
        .approvals, .foreignApprovals, .plans, .policies, .policyChanges, .custody, .ceremonies, .requests, .rejections, .closings, .ledgers, .files, .lists, .tokens,
        .publications, .handovers, .machines,
    ]
}

extension Attempt {
    /// An attempt with its family, as a test's argument.
    struct Case: Sendable, CustomTestStringConvertible {
        let family: Family
        let attempt: Attempt
        var testDescription: String { attempt.name }
    }

    static let all = Family.all.flatMap { family in family.attempts.map { Case(family: family, attempt: $0) } }
}
