import Authority
import Groundwork
import Papers

extension ScriptPage {
    /// What lies on the table: tokens, cards, media, machine, and the bags that they come in and go into.
    var materials: Node {
        .section(
            id: "materials", look: .leaf,
            [
                .p(.eyebrow, "What"), .h2("Materials"),
                .h3("Tokens"),
                .p("Label and serial number are read off the device and off the screen, and compared with what stands here."),
                .table(
                    ["token", "label", "serial number", "serial number as read", "model and firmware as read"],
                    tokens.map { token in
                        [
                            .strong(token.name), .code(token.label),
                            token.serial.map(Node.code) ?? "any; the record keeps the first", .nothing, .nothing,
                        ]
                    }, .roomy, .even),
                .group(tokens.map(unlocking)),
                .h3("Machine and media"),
                .table(
                    ["what", "serial number or label", "SHA-256 or version, as read"],
                    [
                        ["computer without network, radio and disk", .nothing, .nothing],
                        ["medium with the operating system, read-only", .nothing, .nothing],
                        ["medium with the program", .nothing, .nothing],
                        ["medium with plan, approvals and this script", .nothing, .nothing],
                        [
                            plan.head == .empty ? "empty medium for the record" : "medium with the authority's directory",
                            .nothing, .nothing,
                        ],
                        ["empty media for copies", .nothing, .nothing],
                        ["clock or watch to compare with", .nothing, .nothing],
                    ], .roomy, .even),
            ])
    }

    /// What is sealed, before and after: a page of its own where there are many custodians.
    var sealedBags: Node {
        .section(
            id: "bags", look: .part,
            [
                .h3("Sealed bags, cards and shares"),
                .p("The number on each bag is read aloud before it is opened and compared with the last script; the number of the new bag is entered when it is sealed."),
                .table(
                    ["content", "card or share of", "bag opened, number", "seal intact", "bag sealed, number", "stored at, by"],
                    (bags + Array(repeating: "", count: 4)).map { content in
                        [.text(content)] + Array(repeating: .nothing, count: 5)
                    }, .roomy, .even),
            ])
    }

    /// The tokens that the plan uses, and the one that signs the checkpoint.
    var tokens: [TokenPolicy] {
        var names = Set(plan.tokens { context.state?.keys[$0]?.planned.token })
        if let record = context.state?.recordKey { names.insert(record.planned.token) }
        return names.sorted().compactMap { policy?.tokens[$0] }
    }

    private var bags: [String] {
        tokens.flatMap { token in ["token \(token.name)"] + shares(of: token) } + ["program and operating system"]
    }

    private func unlocking(_ token: TokenPolicy) -> Node {
        let ways = token.unlock.map(Self.words)
        return .p(
            .muted, .strong(token.name),
            .text(
                " is unlocked by \(Phrase.list(ways, "or"))"
                    + (token.alwaysAuthenticate ? ", and again before every signature" : "")
                    + (token.remembersLedger
                        ? "; it remembers where the record ends" : "; it cannot remember where the record ends") + "."
                    + (token.custody.map { " Its shares: \(Phrase.list($0.seats.map(\.words))) must come." } ?? "")))
    }

    static func words(_ method: UnlockMethod) -> String {
        switch method {
        case .prompt: "a PIN typed at the terminal"
        case .protectedPath: "its own keypad, cards or keys"
        case .fileDescriptor: "a file descriptor (for rehearsals)"
        case .shares: "shares that custodians type in turn"
        case .preloaded: "nobody here: it is activated before, outside of the program"
        }
    }

    /// The cards or shares that unlock a token, one entry each.
    private func shares(of token: TokenPolicy) -> [String] {
        if token.unlock.contains(.shares), let custody = token.custody {
            return custody.seats.flatMap { seat in
                policy?.operators(withRole: seat.role).map { "share of \(token.name), \($0.name)" } ?? []
            }
        }
        if token.unlock.contains(where: { $0 == .protectedPath || $0 == .preloaded }) {
            return ["cards or keys of \(token.name)"]
        }
        return ["PIN of \(token.name)"]
    }
}
