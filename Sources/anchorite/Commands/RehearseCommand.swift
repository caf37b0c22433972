import ArgumentParser
import Authority
import Groundwork
import Rehearsal

struct RehearseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse",
        abstract: "Run ceremonies on throwaway tokens with throwaway operators.",
        discussion: """
            Everything is real but the keys: SoftHSM tokens, operators, factories and devices are made for the \
            occasion, in one folder that stays for you to explore. What comes out is of the environment development.

              cd Ceremonies
              anchorite rehearse first-year.yaml
              anchorite rehearse first-year.yaml factory-compromise.yaml --folder try

            Exit: 0 all went as it should; 1 a ceremony or its verification is refused; 64 usage; 65 a file cannot be \
            read; 69 no SoftHSM; 73 the folder is there already.
            """)

    @Argument(help: "Ceremony files, in the order in which they are held.") var ceremonies: [String]
    @Option(help: "The folder to make.") var folder = "rehearsal"
    @Flag(help: "Hold the ceremonies only: show no refusals, and judge nothing with openssl.") var brief = false

    func run() async throws {
        try await Failure.reporting {
            guard let first = ceremonies.first else {
                throw Failure(Exit.usage, "There is no ceremony to rehearse", advice: "Name a file, as in Ceremonies/first-year.yaml")
            }
            let file = try CeremonyFile(DurableFile.read(first), file: first)
            guard file.operations.contains(where: { $0.kind == .createRoot }) else { throw Self.needsBeginning(file, first) }
            let policyPath = file.path(file.policyPath)
            try NewOutput.require(folder, option: "--folder")
            let rehearsal = try Rehearsal(
                folder, policyBytes: DurableFile.read(policyPath), policyFile: policyPath)
            let show = RehearsalShow(rehearsal)
            show.introduce(policyPath)
            for (index, path) in ceremonies.enumerated() {
                try show.hold(path, number: index + 1, showsRefusals: index == 0 && !brief)
            }
            try show.verify()
            if !brief {
                try await show.judgeDevices()
                try show.walkDevices()
            }
            try show.summarize()
        }
    }

    /// A rehearsal begins without an authority.
    private static func needsBeginning(_ file: CeremonyFile, _ path: String) -> Failure {
        let before = CeremoniesBefore(file, path).paths
        return Failure(
            Exit.usage, "\(path) creates no root, and a rehearsal begins with nothing",
            advice: before.isEmpty
                ? "Name the ceremonies that come before it first, in their order"
                : "Name the ceremonies that come before it: anchorite rehearse \((before + [path]).joined(separator: " "))")
    }
}
