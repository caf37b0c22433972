import ArgumentParser
import Authority
import Groundwork
import SecretSharing

struct CustodyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "custody",
        abstract: "Look after shares of PINs.",
        discussion: """
            Shares are handed out by anchorite token init, and renewed by a ceremony with the operation reshare-custody \
            (a custodian leaves, a share is lost): see docs/officer.md.
            """,
        subcommands: [CustodyCheckCommand.self])
}

struct CustodyCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Let a custodian prove that a share is readable and in force, without revealing it.",
        discussion: """
            For the audit of every year. The custodian types the share; nothing is echoed, no token is touched, nothing \
            is written.

              anchorite custody check --authority authority

            Exit: 0 the share is one of a set in force; 1 it is not, or is no share; 64 there is no terminal; 65 there is \
            no authority, or none of its tokens has shares.
            """)

    @Option(help: ArgumentHelp("The authority's directory.", valueName: "dir")) var authority = "authority"
    @Option(help: ArgumentHelp("The token (default: whichever the share is of).", valueName: "name")) var token: String?
    @Flag(help: "Echo the words.") var showWords = false

    func run() throws {
        try Failure.reporting {
            let directory = try AuthorityPlace.required(authority)
            guard let state = try AuthorityReading.state(of: directory).state else { throw AuthorityPlace.missing(authority) }
            let known = state.custodies.filter { token == nil || $0.key == token }.values.map(\.record)
                .sorted { $0.token < $1.token }
            guard !known.isEmpty else {
                throw Failure(
                    Exit.badInput,
                    token.map { "The record of \(authority) knows of no shares of a token \($0)" }
                        ?? "The record of \(authority) knows of no shares",
                    advice: "Shares come with a token: see anchorite token init --help")
            }
            Interruption.listen()
            Terminal.say("Type the words of the share: four letters of each are enough, a space or Enter after each.")
            let share = try read()
            try judge(share, known, state)
        }
    }

    private func read() throws -> Share {
        let keyboard = try Keyboard()
        do {
            while true {
                if case .share(let share) = try ShareTyping(keyboard: keyboard, showsWords: showWords).read() { return share }
            }
        } catch let error as ShareError {
            throw Failure(Exit.check, "\(error)", control: .custody)
        }
    }

    private func judge(_ share: Share, _ known: [CustodyRecord], _ state: AuthorityState) throws {
        for record in known where record.set == Int64(share.set.identifier) {
            let gathering = ShareGathering(record)
            let place = try gathering.place(of: share)
            let group = record.groups[place.group]
            let holders = Phrase.list(gathering.custodians(of: place))
            Terminal.say("The share is readable, and is one of those in force.", .green)
            Terminal.output(
                "token \(record.token), set \(record.set), \(group.role), held by \(holders); "
                    + "\(group.threshold) of this role \(group.threshold == 1 ? "is" : "are") needed")
            return
        }
        let old = state.custodies.first { $0.value.earlierSets.contains(Int64(share.set.identifier)) }
        if let old {
            throw Failure(
                Exit.check, "The share is of a set of the token \(old.key) that was renewed, and worthless",
                advice: "Destroy it", control: .custody)
        }
        throw Failure(Exit.check, "\(CustodyError.otherSet(token: known[0].token, found: share.setName))", control: .custody)
    }
}
