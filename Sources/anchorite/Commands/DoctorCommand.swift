import ArgumentParser
import Authority
import Groundwork

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look at policy, machine and token before a ceremony; change nothing.",
        usage: "anchorite doctor --policy <file> [options]",
        discussion: """
            One line for each check: ok, warning, failed or skipped, and a sentence. Nobody logs in, and no try of a PIN \
            is spent, unless --login says so; only then is it known whether the ledger is the newest that the token has seen.

              anchorite doctor --policy Policies/production.yaml
              anchorite doctor --policy Policies/production.yaml --site vault-site.yaml
              anchorite doctor --policy policy.yaml --site site.yaml --authority acme

            With the policy alone it looks at the quorums and at the machine: clock, network, output folder, memory. \
            With the site file, at modules and tokens too. With the authority, at its ledger: whether the clock stands \
            behind it, whether the tokens are the ones that it knows.

            Exit: 0; 1 when a check failed; 65 when a file cannot be read; 69 when a token or its module is missing.
            """)

    @Option(help: ArgumentHelp("The policy.", valueName: "file"))
    var policy: String

    @Option(help: ArgumentHelp("The site file: which module serves which token.", valueName: "file"))
    var site: String?

    @Option(help: ArgumentHelp("The authority's directory; it need not exist.", valueName: "dir"))
    var authority: String?

    @Option(
        help: ArgumentHelp(
            "Where ceremonies write (default: the authority, else the current folder).", valueName: "dir"))
    var output: String?

    @Flag(help: "Log in to every token of the site file and out again: custodians bring their shares.")
    var login = false

    @Flag(help: "Echo the words of shares as they are typed.")
    var showWords = false

    @Flag(help: "Print the same facts as JSON.")
    var json = false

    func validate() throws {
        if login, site == nil { throw ValidationError("--login wants --site.") }
    }

    func run() throws {
        try Failure.reporting {
            let policy = try Policy(DurableFile.read(policy), file: policy)
            let site = try site.map { try Site(DurableFile.read($0), file: $0) }
            let directory = authority.map(AuthorityDirectory.init)
            let reading = try directory.flatMap { $0.exists ? try AuthorityReading.state(of: $0) : nil }
            var doctor = Doctor(
                policy: policy, site: site, authority: reading, directory: directory,
                output: output ?? directory?.path ?? ".", time: .now(), logsIn: login)
            doctor.examine()
            var printed = 0
            if login, let site {
                Interruption.listen()
                // Custodians see what is wrong before they open their bags.
                if !json {
                    doctor.checks.printRows()
                    printed = doctor.checks.results.count
                }
                doctor.logIn(SiteTokens(site), TerminalUnlocker(desk: TerminalDesk(policy, showsWords: showWords)))
            }
            doctor.checks.print(asJSON: json, after: printed)
            if doctor.checks.lacksToken { throw Exit.tokenUnavailable }
            if doctor.checks.count(.failed) > 0 { throw Exit.check }
        }
    }
}
