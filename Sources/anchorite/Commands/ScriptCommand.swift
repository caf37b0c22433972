import ArgumentParser
import Authority
import Groundwork
import Papers

struct ScriptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "script",
        abstract: "Print the script of a ceremony from its plan.",
        discussion: """
            Writes what the people in the room read, say, see and enter, as one HTML file for screen and paper: cover \
            with the plan's digest in hex and words, approvals, roles, materials, every step, exception sheets, sign-off. \
            It needs no network and no other file; print it from any browser, and give everybody a copy.

              anchorite script first-year.plan/plan.json
              anchorite script mint.plan/plan.json --authority authority --output script.html

            The same plan gives the same script, to the byte. docs/audit.md says which page meets which requirement.

            Exit: 0; 1 when the plan is not what its ceremony file, the policy and the ledger give (the script is written, \
            and says so); 65 when it cannot be read; 73 when the script exists already.
            """)

    @Argument(help: ArgumentHelp("The plan file.", valueName: "plan")) var plan: String
    @Option(help: ArgumentHelp("The authority that the plan continues.", valueName: "dir")) var authority: String?
    @Option(help: ArgumentHelp("The policy, where the authority is not at hand.", valueName: "file")) var policy: String?
    @Option(help: ArgumentHelp("Where the script goes (default: script.html beside the plan).", valueName: "file"))
    var output: String?

    func run() throws {
        try Failure.reporting {
            let file = try PlanFile(plan)
            let context = try PlanContext(file.bytes, path: plan, authority: authority, policyPath: policy)
            let target = output ?? FilePath.joined(FilePath.directory(of: plan), "script.html")
            let page = ScriptPage(context: context, planName: FilePath.name(of: plan)).page
            try NewOutput.create(target, page.bytes, option: "--output")
            if case .refused(let error) = context.verdict {
                Terminal.say("warning: \(error)", .red)
                Terminal.output(target)
                throw Exit.check
            }
            if context.policy == nil {
                Terminal.say("warning: the policy is not at hand, so nobody is named; give --authority or --policy.", .yellow)
            }
            Terminal.say("The script is for the plan with the digest")
            for row in context.digest.rows { Terminal.say("  \(row)") }
            Terminal.say("Next: print it on A4, a copy for everybody in the room")
            Terminal.output(target)
        }
    }
}
