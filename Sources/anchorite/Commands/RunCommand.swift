import ArgumentParser
import Authority
import Glibc
import Groundwork
import PKCS11

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run an approved plan on the token.",
        usage: "anchorite run <plan> --site <site> [options]",
        discussion: """
            Checks everything before the first login: form, policy, ledger, window, approvals and quorum, every object \
            played with throwaway keys. Then signs, writes, verifies and closes. After an interruption, the same \
            command goes on where the ledger stops.

              anchorite run first-year.plan/plan.json --site vault-site.yaml

            At a terminal it guides: one step at a time, with what is said aloud and who is needed; d writes down a \
            deviation, s suspends with a reason, and at the close four words of the record are typed back. --yes \
            leaves the pauses out.

              anchorite run plan.json --site vault-site.yaml --yes --participant ana --participant "Jane Doe, auditor"

            The PIN is asked for at the terminal; where the policy says shares, custodians come there one after the \
            other, in any order. Where the policy allows it, --pin-fd 3 reads the PIN from an open file descriptor.

            Exit: 0 done; 1 a control refuses, or the run was stopped on request; 64 usage; 65 a file cannot be read, \
            or there is no authority; 69 a token is not there, is not unlocked, or has failed; 73 a file to be written is there \
            already, with other content; 74 a disk failed; 130 ended at once by a second Ctrl-C.
            """)

    @Argument(help: "The plan file; its approvals stand beside it.") var plan: String
    @Option(help: "The authority's directory; the first ceremony makes it (default: the site file's, or authority).")
    var authority: String?
    @Option(help: "The site file: which PKCS#11 module serves which token.") var site: String
    @Option(help: "Read the PIN from this file descriptor instead of the terminal.") var pinFd: Int32?
    @Option(
        name: .customLong("participant"),
        help: ArgumentHelp("Who is in the room: an operator's id, or a name, a comma and a role.", valueName: "who"))
    var participants: [String] = []
    @Option(help: "Who goes on with a ceremony that is open: an operator's id, or a name.") var by: String?
    @Option(help: "Why it goes on now, for the record.") var because: String?
    @Option(help: ArgumentHelp(
        "Where the CSV files lie that CRLs are made from (default: beside the plan, or the ceremony file).", valueName: "folder"))
    var entries: String?
    @Flag(help: "Do not pause and ask; the PIN is asked for all the same.") var yes = false
    @Option(help: "What the participants attest of a login at the token's own keypad, or of its activation.")
    var attest: String?
    @Flag(help: "Echo the words of shares as they are typed.") var showWords = false
    @Option(help: ArgumentHelp("Print shares as sheets, from this folder in memory (tmpfs).", valueName: "dir"))
    var sheets: String?

    func validate() throws {
        if (by == nil) != (because == nil) { throw ValidationError("--by and --because belong together.") }
    }

    func run() throws {
        AllocatorTuning.keepFreedMemory()
        try Failure.reporting {
            let file = try PlanFile(plan)
            let papers = try PlanPapers(beside: FilePath.directory(of: plan))
            let siteFile = try Site(DurableFile.read(site), file: site)
            let authority = authority ?? siteFile.authorityPath ?? "authority"
            let directory = file.plan.head == .empty
                ? AuthorityDirectory(authority) : try AuthorityPlace.required(authority)
            let unlocker: any TokenUnlocking
            let before = try AuthorityReading.state(of: directory)
            let policy = try before.state?.policy ?? file.plan.establishedPolicy()
            if let pinFd {
                unlocker = try DescriptorUnlocker(pinFd)
            } else {
                unlocker = TerminalUnlocker(
                    desk: TerminalDesk(policy, showsWords: showWords, sheets: try sheets.map(ShareSheets.init)),
                    attestation: try Attestation.checked(attest))
            }
            Interruption.listen()
            let people = try participants.map { try Participant(typed: $0, under: policy) }
            let guide = RoomTerminal.ofRoom(asks: !yes && pinFd == nil)
                .map { RoomGuide($0, file.plan, policy, directory, named: people) }
            let observer = CeremonyNarrator(doneBefore: before.ceremony?.nextStep?.operation ?? 0) { text, style in
                for line in guide == nil ? [text] : RoomTerminal.lines(text) { Terminal.say(line, style) }
                if text.hasPrefix("login ") {
                    Interruption.shared.leaves("the tokens are logged out, and what is on record stays")
                }
            }
            let executor = try Executor(
                directory: directory, planBytes: file.bytes, approvals: papers.approvals,
                rejections: papers.rejections, participants: people,
                resumption: by.flatMap { by in because.map { (by: by, reason: $0) } },
                lists: RevocationLists(directory, announce: LongFile.say, resolve: listFile),
                finder: SiteTokens(siteFile), unlocker: unlocker,
                program: ProgramIdentity.current(version: anchoriteVersion), observer: observer, guide: guide,
                shouldStop: { Interruption.shared.isRequested })
            guide?.welcome()
            QuorumText.say(executor.plan, file.bytes, papers, policy)
            try guide?.begin()
            do {
                try PlanFile.naming(plan) { try executor.run() }
            } catch let error as CryptokiError {
                throw Failure(error, leavingOpen: file.plan, in: directory) ?? error
            }
            if let guide, let root = observer.closedRoot {
                try ReadingBack(guide.room, root).ask(writeDeviation: guide.writeDeviation)
            }
            try sayNext(directory, before.state, executor.plan)
            Terminal.output(authority)
        }
    }

    /// Where a file of revoked certificates is that the ceremony names: what it is, its digest says.
    private func listFile(_ named: String) -> String {
        let name = FilePath.name(of: named)
        if let entries { return FilePath.joined(entries, name) }
        let folder = FilePath.directory(of: plan)
        let beside = FilePath.joined(folder, name)
        let others = [FilePath.joined(folder, named), FilePath.joined(FilePath.directory(of: folder), named), named]
        return ([beside] + others).first { access($0, F_OK) == 0 } ?? beside
    }

    /// What devices must get, in one sentence without a full stop; nil when the ceremony made nothing that they fetch.
    static func news(of plan: Plan) -> String? {
        var (revokes, lists, bundles) = (false, false, false)
        for step in plan.steps.map(\.step) {
            switch step {
            case .revocation: revokes = true
            case .certificateList: lists = true
            case .bundle: bundles = true
            default: break
            }
        }
        let made = [lists ? "the new CRL" : nil, bundles ? "the new bundle" : nil].compactMap(\.self)
        if revokes { return "the revocation has reached no device yet" }
        return made.isEmpty ? nil : "\(made.joined(separator: " and ")) \(made.count == 1 ? "has" : "have") reached no device yet"
    }

    /// The first root does not change; after the ceremony that made it, the ledger is read for it.
    private func sayNext(_ directory: AuthorityDirectory, _ before: AuthorityState?, _ plan: Plan) throws {
        Terminal.say("Next: each who was here, anchorite witness \(directory.path) --key KEY")
        let known = before?.roots.first { $0.fingerprint != nil }
        guard let root = try known ?? AuthorityReading.state(of: directory).state?.roots.first,
            let fingerprint = root.fingerprint
        else { return Terminal.say("Next: anchorite verify \(directory.path)") }
        let isNew = known == nil
        if isNew { Terminal.say("Next: write down the fingerprint of \(root.planned.name): \(fingerprint.hex)") }
        Terminal.say("Next: anchorite verify \(directory.path) --root FINGERPRINT")
        if let news = Self.news(of: plan) {
            Terminal.say("Next: \(news). Publish it:", .bold)
            Terminal.say("      anchorite publish \(directory.path) TARGET --root FINGERPRINT")
            Terminal.say("Next: see that all servers give it:")
            Terminal.say("      anchorite watch SERVER --authority \(directory.path) --root FINGERPRINT --until-fresh")
            Terminal.say("      TARGET is the folder that the web server serves, SERVER its address, as http://pki.example.")
        }
        Terminal.say("      FINGERPRINT is that of \(root.planned.name)\(isNew ? "" : ", from the paper of the first ceremony").")
    }
}
