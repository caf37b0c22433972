import ArgumentParser
import Authority
import Groundwork

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
            let making = try PlanMaking(file, authority: authority)
            try making.write(to: target)
            making.say()
            for path in making.plan.listFiles {
                Terminal.say("The plan does not hold \(path): carry it along, and lay it beside plan.json for anchorite run.")
            }
            Terminal.say("Next: anchorite show \(target)/plan.json, then every operator approves it:")
            let also = making.state == nil ? "" : " --authority \(authority)"
            Terminal.say("  anchorite approve \(target)/plan.json --key ~/.ssh/id_ed25519\(also)")
            Terminal.output("\(target)/plan.json")
        }
    }

    private static func folder(for ceremony: String) -> String {
        let name = FilePath.name(of: ceremony)
        return (name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name) + ".plan"
    }
}
