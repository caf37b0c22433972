import ArgumentParser
import Authority
import Groundwork

struct DeviationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deviation",
        abstract: "Write down that something went otherwise than planned.",
        discussion: """
            It becomes part of the record, and of what is signed: a run records what was written down before its next
            step, at its close and at its opening. Needs no lock, so it may be written while a ceremony runs. Until it is
            recorded, deleting its file takes it back.

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
            let deviation = try PendingDeviation(by: try person(directory), text: text, because: because)
            try deviation.write(into: directory)
            Terminal.say("Written down; the next step, close or opening of a run records it.", .green)
            Terminal.say("Until then, whoever deletes the file takes it back.")
            Terminal.output(directory.absolute(deviation.path))
        }
    }

    /// The operator's id; or a name, which has more words than one, so that nobody is put on record by a slip.
    private func person(_ directory: AuthorityDirectory) throws -> String {
        guard let policy = try? AuthorityReading.state(of: directory).state?.policy else { return by }
        if let person = policy.operator(typed: by) { return person.id }
        guard by.contains(" ") else {
            let nearest = NearestName.nearest(to: by, among: policy.operators.map(\.id))
            throw PlanError(
                .deviation, "no operator is called \(by)" + (nearest.map { "; did you mean \($0)?" } ?? ""),
                advice: "Give an id, or first and last name of somebody else")
        }
        return by
    }
}
