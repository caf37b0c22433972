import ArgumentParser
import Authority
import Groundwork

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show what is live, what ends when, and what is due.",
        usage: "anchorite status [<dir>] [<plan> ...] [options]",
        discussion: """
            Reads the ledger and the signatures over the last checkpoint, so that it may run daily on any copy; exit 1 \
            tells a script that somebody should act: a CRL within the policy's overlap of its end, a certificate or \
            bundle that ends within the notice or has ended without a successor, a revocation that no CRL or bundle \
            carries, a ceremony that was not closed, a checkpoint that too few have signed, a plan that waits for approvals \
            or to be run. CRLs that were made from a file are read for the certificates on record that they list.

              anchorite status authority
              anchorite status authority --at 2028-01-01T00:00:00Z
              anchorite status authority --plan first-year.plan/plan.json
              anchorite status revoke-factory-shenzhen-2-2027.plan
              anchorite status authority /media/usb/plans

            With the directory, plans that were written and not run are listed: those in folders *.plan beside it, in it \
            and here, and those that are named; each with who has approved, who is missing, until when, and whether ledger, \
            policy and CRLs have moved on without it.

            Of one plan alone, or the folder that it lies in: who has approved it, who is missing, who could still approve, until \
            when, and whether it can be run; exit 1 when it cannot. The folder holds the policy, so that this works on \
            any machine that it is copied to; with the directory, the ledger is asked as well whether the plan still \
            fits, and what else is due. What the files prove, anchorite verify says.
            """)

    @Argument(help: ArgumentHelp("The authority's directory; plans, their folders, or folders with such.", valueName: "dir"))
    var places: [String] = []

    @Option(help: ArgumentHelp("A plan whose approvals lie beside it.", valueName: "file"))
    var plan: String?

    @Option(
        help: ArgumentHelp("Another moment than now, such as 2028-01-01T00:00:00Z.", valueName: "time"),
        transform: Timestamp.typed)
    var at: Timestamp?

    @Option(help: ArgumentHelp("How long before its end a certificate or bundle is due.", valueName: "duration"))
    var notice = "90d"

    @Flag(help: "Print the same facts as JSON.")
    var json = false

    func validate() throws {
        if places.isEmpty, plan == nil {
            throw ValidationError("Name the authority's directory, a plan with --plan, or both.")
        }
        if places.count(where: { AuthorityDirectory($0).exists }) > 1 {
            throw ValidationError("Name one authority's directory; the others are plans.")
        }
        guard CalendarDuration(notice) != nil else {
            throw ValidationError("'\(notice)' is no length of time. Write it as 90d, 18mo or 2y.")
        }
    }

    func run() throws {
        try Failure.reporting {
            let time = at ?? .now()
            var sheet = Sheet()
            var holds = true
            let directory = places.map { AuthorityDirectory($0) }.first(where: \.exists)
            var named = places.filter { !AuthorityDirectory($0).exists }
            var plan = plan
            if directory == nil, let place = named.first {
                // One that is named alone is told in full.
                if named.count == 1, plan == nil, let only = PendingPlans.plan(place) {
                    (plan, named) = (only, [])
                } else if !FileSystem.isThere(place) {
                    guard plan != nil else {
                        throw AuthorityPlace.missing(place, "Name its directory, as in anchorite status DIR")
                    }
                    named.removeFirst()
                }
            }
            if let directory {
                holds = try addStatus(of: directory, named, apartFrom: plan, at: time, to: &sheet)
            } else if !named.isEmpty {
                let plans = try PendingPlans(named: named, nil, in: nil, at: time)
                plans.add(to: &sheet)
                holds = plans.due.isEmpty && plans.unreadable.isEmpty
            }
            if let plan { holds = try addQuorum(of: plan, in: directory, at: time, to: &sheet) && holds }
            sheet.print(asJSON: json)
            guard holds else { throw Exit.check }
        }
    }

    /// Whether nothing is due.
    private func addStatus(
        of authority: AuthorityDirectory, _ named: [String], apartFrom plan: String?, at time: Timestamp,
        to sheet: inout Sheet
    ) throws -> Bool {
        let reading = try AuthorityReading.state(of: authority)
        guard let state = reading.state else {
            throw Failure(
                Exit.badInput, "\(authority.path) has a ledger without a policy",
                advice: "Run the plan that began it again")
        }
        guard let notice = CalendarDuration(notice) else { throw Exit.usage }
        var unclosed: PlanError?
        do {
            _ = try CheckpointWitnesses.requireClosed(authority, reading, at: .now())
        } catch let error as PlanError {
            unclosed = error
        }
        // What responders opened since the last ceremony, devices know already.
        let opened = try authority.settledOpenings(state)
        var status = AuthorityStatus(
            opened.state, openCeremony: reading.ceremony, at: time, notice: notice,
            listed: ListedRevocations(opened.state, authority, at: time), unclosed: unclosed,
            openings: opened.openings)
        let plans = try PendingPlans(named: named, reading, in: authority, at: time, except: plan)
        status.add(plans.due)
        status.add(opened.conflicts.map(DueItem.init))
        // What is none of them, verify tells.
        let waiting = (try? AuthorityReading.waitingDeviations(of: authority, reading)) ?? []
        sheet.section("status", StatusFacts(status: status, reading: reading, waiting: waiting, plans: plans).sheet)
        return status.due.isEmpty
    }

    /// Whether the plan may be run, as far as its approvals and its window go.
    private func addQuorum(
        of path: String, in authority: AuthorityDirectory?, at time: Timestamp, to sheet: inout Sheet
    ) throws -> Bool {
        let reading = try authority.map { try AuthorityReading.state(of: $0) }
        let context = try PlanContext(
            DurableFile.read(path, maximumBytes: 1 << 30), path: path, authority: authority?.path)
        let quorum = try QuorumFacts(context, planPath: path, authority: reading, in: authority, at: time)
        sheet.section("plan", quorum.sheet)
        return quorum.isReady
    }
}

extension Timestamp: ExpressibleByArgument {
    /// A time as RFC 3339 writes it, in UTC.
    public init?(argument: String) { self.init(rfc3339: argument) }

    /// The same for an option, with the form that is wanted in the message.
    static func typed(_ text: String) throws -> Timestamp {
        guard let time = Timestamp(rfc3339: text) else {
            throw ValidationError("'\(text.prefix(40))' is no time. Write it in UTC as 2027-03-02T10:00:00Z.")
        }
        return time
    }
}
