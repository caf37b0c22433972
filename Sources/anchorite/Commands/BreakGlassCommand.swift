import ArgumentParser
import Authority
import Groundwork

struct BreakGlassCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "break-glass",
        abstract: "Revoke at once, with what was signed before and sealed.",
        discussion: """
            A ceremony with the operation prepare-break-glass signs, for the root's live intermediates, the CRLs and \
            bundles that revoke them, and seals them into packages. Responders open one with their shares, without a \
            token: see docs/responder.md.
            """,
        subcommands: [BreakGlassListCommand.self, BreakGlassOpenCommand.self])
}

struct BreakGlassListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show which packages there are, what each revokes, and whether it can be opened.",
        discussion: """
            Those that can be opened, those that were, and those that what was opened closed; with --all, those that \
            expired or that a ceremony retired, too. Of openings that do not go together it says what to do.

              anchorite break-glass list
              anchorite break-glass list --all

            Exit: 0 one can be opened; 1 none can; 65 there is no authority.
            """)

    @Option(help: ArgumentHelp("The authority's directory.", valueName: "dir")) var authority = "authority"
    @Flag(help: "Show packages that cannot be opened any more, too.") var all = false
    @Flag(help: "Print the result as JSON.") var json = false

    func run() throws {
        try Failure.reporting {
            let directory = try AuthorityPlace.required(authority)
            guard let ledger = try AuthorityReading.state(of: directory).state else { throw AuthorityPlace.missing(authority) }
            let openings = try directory.settledOpenings(ledger)
            let facts = BreakGlassFacts(openings.state, at: .now(), openings.conflicts)
            facts.sheet(all: all).print(asJSON: json)
            if !facts.canBeOpened { throw Exit.check }
        }
    }
}

struct BreakGlassOpenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Open a package with the shares of its responders: it revokes, and that is never undone.",
        usage: "anchorite break-glass open <package> [options]",
        discussion: """
            Asks for a phrase, then for the shares; nothing is echoed. CRL and bundle are compared with plan and ledger, and \
            written into the authority. Publish them then; the next ceremony enters them in the ledger.

              anchorite break-glass open G1-5
              anchorite publish authority /srv/pki --root <fingerprint>

            A package that was opened in another copy of the authority needs no shares: bring its file .opened into the folder \
            break-glass, and run the same command.

            Exit: 0 done; 1 the package cannot be opened, or the shares are not its own; 64 usage, or a phrase that was not \
            typed; 65 there is no authority; 73 other files are in the way; 74 input or output failed.
            """)

    @Argument(help: "The package, as the list names it.") var package: String
    @Option(help: ArgumentHelp("The authority's directory.", valueName: "dir")) var authority = "authority"
    @Flag(help: "Echo the words.") var showWords = false
    @Flag(help: "Print the result as JSON.") var json = false

    func run() throws {
        try Failure.reporting {
            let directory = try AuthorityPlace.required(authority)
            let opener = try BreakGlassOpener(directory, package: package)
            Interruption.listen()
            if try !opener.isOpened {
                try opener.requireOpenable()
                try confirm(opener.planned)
            }
            let outcome = try opener.run(TerminalDesk(opener.state.policy, showsWords: showWords))
            sheet(outcome).print(asJSON: json)
        }
    }

    private func confirm(_ planned: PlannedBreakGlass) throws {
        let phrase = "revoke \(planned.certificates.joined(separator: " and "))"
        Terminal.say("The package \(planned.package) revokes \(Phrase.list(planned.certificates)) for keyCompromise.", .bold)
        Terminal.say("It cannot be undone: every device that is told will refuse what they issued.", .red)
        let answer = try Prompt.line("To go on, type in full: \(phrase)\n> ", otherwise: "come to a terminal")
        guard answer.utf8.elementsEqual(phrase.utf8) else {
            throw Failure(Exit.usage, "The phrase was not typed in full, and nothing was opened")
        }
    }

    private func sheet(_ outcome: BreakGlassOpener.Outcome) -> Sheet {
        var sheet = Sheet()
        let planned = outcome.planned
        sheet.text(
            outcome.isResumed
                ? "The package \(planned.package) had been opened; its files are complete."
                : "The package \(planned.package) is open.", .green)
        sheet.data("package", .string(planned.package))
        sheet.fact("revokes", list: planned.certificates, key: "certificates")
        sheet.fact("opened", time: outcome.opening.time, key: "opened")
        sheet.fact("by", list: outcome.opening.responders, key: "responders")
        sheet.fact("CRL", ["\(planned.list.number) of \(planned.root), \(planned.list.path)"], key: "crl", .string(planned.list.path))
        sheet.fact("bundle", ["\(planned.bundle.sequence), \(planned.bundle.path)"], key: "bundle", .string(planned.bundle.path))
        sheet.data("files", .array(outcome.paths.map(JSONValue.string)))
        sheet.text("Next: publish it now, with anchorite publish \(authority) TARGET --root FINGERPRINT")
        sheet.text("Then bring \(outcome.opening.path) to the authority from which the next ceremony is held: it must know of it.")
        return sheet
    }
}
