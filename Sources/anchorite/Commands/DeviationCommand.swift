import ArgumentParser
import Authority
import Groundwork

struct DeviationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deviation",
        abstract: "Write down that something went otherwise than planned.",
        discussion: """
            It becomes part of the record, and of what is signed: a run records what was written down before its next
            step, at its close and at its opening. Needs no lock, so it may be written while a ceremony runs.

              anchorite deviation "the camera stopped at 10:40" --because "its card was full" --by ana

            Exit: 0; 64; 65; 73; 74.
            """)

    @Argument(help: ArgumentHelp("What happened, in one sentence.", valueName: "what")) var text: String
    @Option(help: "Why it happened, or what was done about it, in one sentence.") var because: String
    @Option(help: "Who says so: an operator's id, or a name.") var by: String
    @Option(help: "The authority's directory (default: authority).") var authority: String?

    func run() throws {
        try Failure.reporting {
            let directory = try AuthorityPlace.required(authority ?? "authority")
            let deviation = try PendingDeviation(by: by, text: text, because: because)
            try deviation.write(into: directory)
            Terminal.say("Written down; the next step, close or opening of a run records it.", .green)
            Terminal.output(directory.absolute(deviation.path))
        }
    }
}
