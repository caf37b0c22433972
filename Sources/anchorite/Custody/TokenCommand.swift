import ArgumentParser
import Authority
import Groundwork
import PKCS11

struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Prepare a token.", subcommands: [TokenInitCommand.self])
}

struct TokenInitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Give a blank token PINs that nobody knows, and hand out their shares.",
        usage: "anchorite token init <token> --policy <policy> --site <site> [options]",
        discussion: """
            The token's PINs derive from a secret that is drawn here and shared as the policy's custody says (SLIP-39). \
            Each custodian is called to the terminal, writes the words down and types them back; then screen and \
            scrollback are cleared. Only then does the token get its PINs. In the end enough custodians log in from \
            what they wrote down.

              anchorite token init vault --policy Policies/production.yaml --site vault-site.yaml

            After an interruption, the same command goes on. What it writes, custody/vault-0001.json in the authority's \
            directory, says who holds which share and holds no secret. The first ceremony records it.

            Exit: 0 done; 1 a control refuses; 64 usage, or a phrase that was not typed; 65 a file cannot be read, or \
            the folder for sheets is on a disk; 69 the token is not there; 74 a disk failed; 130 interrupted.
            """)

    @Argument(help: "The token's name in the policy.") var token: String
    @Option(help: ArgumentHelp("The policy.", valueName: "file")) var policy: String
    @Option(help: ArgumentHelp("The site file: which PKCS#11 module serves which token.", valueName: "file"))
    var site: String
    @Option(
        help: ArgumentHelp(
            "The authority's directory; it need not exist (default: the site file's, or authority).", valueName: "dir"))
    var authority: String?
    @Option(help: ArgumentHelp("The description of the slot, where several tokens are blank.", valueName: "text"))
    var slot: String?
    @Option(
        help: ArgumentHelp(
            "Destroy everything on the initialized token with this serial number; asks for a phrase.", valueName: "serial"))
    var destroy: String?
    @Option(help: ArgumentHelp("Print shares as sheets, from this folder in memory (tmpfs).", valueName: "dir"))
    var sheets: String?

    func run() throws {
        try Failure.reporting {
            let policy = try Policy(DurableFile.read(policy), file: policy)
            let site = try Site(DurableFile.read(site), file: site)
            try site.check(against: policy)
            let authority = authority ?? site.authorityPath ?? "authority"
            let desk = TerminalDesk(policy, showsWords: false, sheets: try sheets.map(ShareSheets.init))
            Interruption.listen()
            let initializer = try TokenInitializer(
                directory: AuthorityDirectory(authority), policy: policy, token: token,
                module: { try SiteTokens(site).module(of: token) }, slot: slot, destroying: destroy, desk: desk)
            try initializer.run()
            Terminal.say("Next: the first ceremony on this token records its shares")
            Terminal.output(FilePath.joined(authority, AuthorityPaths.custody(token, 1)))
        }
    }
}
