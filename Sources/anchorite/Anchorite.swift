import ArgumentParser
import Groundwork

/// The version of the program, as `--version` prints it and the ledger records it.
let anchoriteVersion = "0.1.0"

@main
struct Anchorite: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anchorite",
        abstract: "An offline certificate authority for device makers, run in key ceremonies on an HSM.",
        discussion: """
            A ceremony goes one way: plan it, show it, have it approved, run it, verify it.

              anchorite doctor    --policy Policies/production.yaml --site vault-site.yaml
              anchorite rehearse  Ceremonies/first-year.yaml
              anchorite plan      Ceremonies/first-year.yaml
              anchorite show      first-year.plan/plan.json
              anchorite approve   first-year.plan/plan.json --key ~/.ssh/id_ed25519
              anchorite run       first-year.plan/plan.json --site vault-site.yaml
              anchorite witness   authority --key ~/.ssh/id_ed25519
              anchorite verify    authority --root <fingerprint>

            Exit: 0 done; 1 a check did not hold; 64 usage; 65 bad input; 69 token unavailable; 73 output exists; 74 \
            input or output failed.
            """,
        version: anchoriteVersion,
        subcommands: [
            DoctorCommand.self, RehearseCommand.self, PlanCommand.self, ShowCommand.self, ApproveCommand.self,
            RunCommand.self, WitnessCommand.self, DeviationCommand.self, VerifyCommand.self, StatusCommand.self,
            InspectCommand.self, BundleCommand.self, ScriptCommand.self, ReportCommand.self, TokenCommand.self,
            CustodyCommand.self, RevokeCommand.self, BreakGlassCommand.self, DrillCommand.self, PublishCommand.self,
            WatchCommand.self, HandoverCommand.self, DeviceCommand.self,
        ])

    /// Synchronous, so that most commands start without a thread pool; the few that wait for another program get one.
    static func main() {
        ProcessHardening.disableCoreDumps()
        ProcessHardening.disableBacktraces()
        do {
            try Failure.reporting { try CommandNames.check(Array(CommandLine.arguments.dropFirst())) }
            var command = try parseAsRoot()
            if let waiting = command as? any AsyncParsableCommand {
                try Waiting.run(waiting)
            } else {
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
    }
}
