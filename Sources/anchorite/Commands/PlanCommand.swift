import ArgumentParser
import Authority
import Groundwork
import StrictYAML

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Resolve a ceremony file against policy and ledger into a plan to approve.",
        discussion: """
            Decides everything that can be decided before the HSM is touched, plays the ceremony with throwaway keys, \
            lints every object, and writes plan.json. Touches no token.

              anchorite plan first-year.yaml
              anchorite plan mint-factory.yaml --authority acme --output mint.plan

            The folder that it makes is for the plan and its approvals. Carry it to each operator.

            Exit: 0 planned; 1 a control refuses the ceremony; 65 a file cannot be read, or there is no authority to \
            go on with; 73 the plan is there already.
            """)

    @Argument(help: "The ceremony file.") var ceremony: String
    @Option(help: "The authority's directory; it need not exist for the first ceremony.") var authority = "authority"
    @Option(help: "The folder to make (default: the ceremony's name with .plan).") var output: String?

    func run() throws {
        AllocatorTuning.keepFreedMemory()
        try Failure.reporting {
            let file = try CeremonyFile.parsed(DurableFile.read(ceremony), path: ceremony)
            let target = output ?? Self.folder(for: ceremony)
            try NewOutput.require("\(target)/plan.json", option: "--output")
            let directory = AuthorityDirectory(authority)
            let reading = try AuthorityReading.state(of: directory)
            if let open = reading.ceremony {
                throw PlanError(
                    .planHead, "ceremony \(open.plan.number) of \(authority) is open",
                    advice: "Run \(directory.absolute(AuthorityPaths.plan(open.plan.number))) to its end first")
            }
            guard reading.state != nil || file.operations.contains(where: { $0.kind == .createRoot }) else {
                throw AuthorityPlace.missing(
                    authority, "Name its directory with --authority DIR; only a ceremony with create-root begins one")
            }
            let policy = try policy(file, reading.state)
            let plan = try Planner.plan(
                file, policy: policy, state: reading.state,
                circumstances: Planner.Circumstances(head: reading.head, created: .now(), nonce: SystemRandom.bytes(32))
            ) { path throws(PlanError) in
                do { return try DurableFile.read(file.path(path)) } catch {
                    throw PlanError(.ceremonyForm, "\(error)", advice: "The ceremony file names it; put it there")
                }
            }
            try PlanReview.requireContinuity(plan, state: reading.state, files: directory)
            let findings = try PlanReview.simulate(plan, state: reading.state)
            let bytes = plan.canonicalBytes
            try DurableDirectory.create(target)
            try NewOutput.create("\(target)/plan.json", bytes, option: "--output")
            for finding in findings { Terminal.say("  \(finding)", .dim) }
            Terminal.say("Ceremony \(plan.number), \(plan.title): \(Phrase.count(plan.operations.count, "operation")) \(plan.operations.count == 1 ? "is" : "are") planned, played through and linted.", .bold)
            for row in plan.digest.rows { Terminal.say("  \(row)") }
            if Self.leavesBundlesBehind(plan) {
                Terminal.say(
                    "Notice: the ceremony revokes, and publishes no bundle. Devices that take only bundles go on trusting "
                        + "what is revoked.\nAdd the operation publish-bundle, unless another ceremony does it.",
                    .yellow)
            }
            Self.sayEarly(plan, reading.state)
            Terminal.say("Next: anchorite show \(target)/plan.json, then every operator approves it:")
            let also = reading.state == nil ? "" : " --authority \(authority)"
            Terminal.say("  anchorite approve \(target)/plan.json --key ~/.ssh/id_ed25519\(also)")
            Terminal.output("\(target)/plan.json")
        }
    }

    /// A wrong year at three in the morning.
    private static func sayEarly(_ plan: Plan, _ state: AuthorityState?) {
        for (_, step) in plan.steps {
            guard case .revocation(let planned) = step, let since = planned.since,
                let beginning = state?.certificates[planned.certificate]?.fields.notBefore, since < beginning
            else { continue }
            Terminal.say(
                "Notice: \(planned.certificate) is not to be trusted since \(Phrase.time(since)), and it began only on "
                    + "\(Phrase.time(beginning)).\nIf the year is wrong, correct since and plan again.", .yellow)
        }
    }

    private static func leavesBundlesBehind(_ plan: Plan) -> Bool {
        let kinds = plan.operations.map(\.kind)
        guard let last = kinds.lastIndex(of: .revoke) else { return false }
        return !kinds[last...].contains(.publishBundle)
    }

    /// The policy in force, or the ceremony's own for an authority that does not exist yet. The file that the ceremony
    /// names is never ignored: who reads it relies on it.
    private func policy(_ file: CeremonyFile, _ state: AuthorityState?) throws -> Policy {
        let path = file.path(file.policyPath)
        let inForce = "the policy in force is \(FilePath.joined(authority, AuthorityPaths.policy(state?.policyNumber ?? 1)))"
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try DurableFile.read(path)
        } catch {
            throw PlanError(
                file.source.error(
                    at: "policy", "\(error)",
                    remedy: "Name a file that is there" + (state == nil ? "." : "; \(inForce).")), .ceremonyForm)
        }
        guard let state else { return try Policy.parsed(bytes, path: path) }
        guard Digest(of: bytes) == state.policy.digest else {
            throw PlanError(
                file.source.error(
                    at: "policy", "\(path) is not the policy in force in \(authority).",
                    remedy: "Name a copy of that; \(inForce).", control: Control.planPolicy.rawValue), .planPolicy)
        }
        return state.policy
    }

    private static func folder(for ceremony: String) -> String {
        let name = FilePath.name(of: ceremony)
        return (name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name) + ".plan"
    }
}
