import ArgumentParser
import Authority
import Groundwork

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run an approved plan on the token.",
        discussion: """
            Checks everything before the first login: form, policy, ledger, window, approvals and quorum, every object
            played with throwaway keys. Then signs, writes, verifies and closes. After an interruption, the same command
            goes on where the ledger stops.

              anchorite run first-year.plan/plan.json --authority authority --site vault-site.yaml

            The PIN is asked for at the terminal. In rehearsals, --pin-fd 3 reads it from an open file descriptor.
            """)

    @Argument(help: "The plan file; its approvals stand beside it.") var plan: String
    @Option(help: "The authority's directory; the first ceremony makes it (default: the site file's, or authority).")
    var authority: String?
    @Option(help: "The site file: which PKCS#11 module serves which token.") var site: String
    @Option(help: "Read the PIN from this file descriptor instead of the terminal.") var pinFd: Int32?

    func run() throws {
        AllocatorTuning.keepFreedMemory()
        try Failure.reporting {
            let planBytes = try DurableFile.read(plan, maximumBytes: 1 << 30)
            let folder = FilePath.directory(of: plan)
            let approvals = try DurableDirectory.names(in: folder).filter { $0.hasSuffix(Approval.fileEnding) }.sorted()
                .map { try Approval(path: "\(folder)/\($0)", bytes: DurableFile.read("\(folder)/\($0)")) }
            let siteFile = try Site(DurableFile.read(site), file: site)
            let authority = authority ?? siteFile.authorityPath ?? "authority"
            let unlocker: any TokenUnlocking
            if let pinFd { unlocker = try DescriptorUnlocker(pinFd) } else { unlocker = TerminalUnlocker() }
            Interruption.listen()
            let observer = CeremonyNarrator()
            let executor = try Executor(
                directory: AuthorityDirectory(authority), planBytes: planBytes, approvals: approvals,
                finder: SiteTokens(siteFile), unlocker: unlocker,
                program: ProgramIdentity.current(version: anchoriteVersion), observer: observer,
                shouldStop: { Interruption.shared.isRequested })
            let state = try AuthorityReading.state(of: executor.directory).state
            let policy = try state?.policy ?? executor.plan.establishedPolicy()
            QuorumText.say(executor.plan, planBytes, approvals, policy)
            try executor.run()
            Terminal.say("Next: anchorite verify \(authority)")
            Terminal.output(authority)
        }
    }
}
