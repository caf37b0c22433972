import ArgumentParser
import Authority
import Groundwork
import StrictYAML

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Resolve a ceremony file against policy and ledger into a plan to approve.",
        discussion: """
            Decides everything that can be decided before the HSM is touched, plays the ceremony with throwaway keys,
            lints every object, and writes plan.json. Touches no token.

              anchorite plan Ceremonies/first-year.yaml --authority authority
              anchorite plan Ceremonies/mint-factory.yaml --authority authority --output mint.plan

            The folder that it makes is for the plan and its approvals. Carry it to each operator.
            """)

    @Argument(help: "The ceremony file.") var ceremony: String
    @Option(help: "The authority's directory; it need not exist for the first ceremony.") var authority = "authority"
    @Option(help: "The folder to make (default: the ceremony's name with .plan).") var output: String?

    func run() throws {
        AllocatorTuning.keepFreedMemory()
        try Failure.reporting {
            let file = try CeremonyFile(DurableFile.read(ceremony), file: ceremony)
            let directory = AuthorityDirectory(authority)
            let reading = try AuthorityReading.state(of: directory)
            if let open = reading.ceremony {
                throw PlanError(
                    .planHead, "ceremony \(open.plan.number) of \(authority) is open",
                    advice: "Run \(directory.absolute(AuthorityPaths.plan(open.plan.number))) to its end first")
            }
            let policy = try policy(file, reading.state)
            let folder = FilePath.directory(of: ceremony)
            let plan = try Planner.plan(
                file, policy: policy, state: reading.state,
                circumstances: Planner.Circumstances(head: reading.head, created: .now(), nonce: SystemRandom.bytes(32))
            ) { path throws(PlanError) in
                do { return try DurableFile.read(path.hasPrefix("/") ? path : "\(folder)/\(path)") } catch {
                    throw PlanError(.ceremonyForm, "\(error)", advice: "The ceremony file names it; put it there")
                }
            }
            let findings = try PlanReview.simulate(plan, state: reading.state)
            let bytes = plan.canonicalBytes
            let target = output ?? Self.folder(for: ceremony)
            try DurableDirectory.create(target)
            try DurableFile.create("\(target)/plan.json", bytes)
            for finding in findings { Terminal.say("  \(finding)", .dim) }
            Terminal.say("Ceremony \(plan.number), \(plan.title): \(plan.operations.count) operations are planned, played through and linted.", .bold)
            for row in plan.digest.rows { Terminal.say("  \(row)") }
            Terminal.say("Next: anchorite show \(target)/plan.json, then every operator approves it:")
            let also = reading.state == nil ? "" : " --authority \(authority)"
            Terminal.say("  anchorite approve \(target)/plan.json --key ~/.ssh/id_ed25519\(also)")
            Terminal.output("\(target)/plan.json")
        }
    }

    /// The policy in force, or the ceremony's own for an authority that does not exist yet.
    private func policy(_ file: CeremonyFile, _ state: AuthorityState?) throws -> Policy {
        let path = FilePath.directory(of: ceremony) + "/" + file.policyPath
        let bytes = try? DurableFile.read(path)
        guard let state else {
            return try Policy(try bytes ?? DurableFile.read(path), file: path)
        }
        if let bytes, Digest(of: bytes) != state.policy.digest {
            throw PlanError(
                .planPolicy, "\(path) is not the policy in force in \(authority)",
                advice: "Plan with the policy of the ledger, policies/0001.yaml of the authority")
        }
        return state.policy
    }

    private static func folder(for ceremony: String) -> String {
        let name = FilePath.name(of: ceremony)
        return (name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name) + ".plan"
    }
}
