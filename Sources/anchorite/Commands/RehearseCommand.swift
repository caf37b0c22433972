import ArgumentParser
import Authority
import Groundwork
import Rehearsal

struct RehearseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse",
        abstract: "Run ceremonies on throwaway tokens with throwaway operators.",
        discussion: """
            Everything is real but the keys: SoftHSM tokens, operators, factories and devices are made for the occasion,
            in one folder that stays for you to explore. What comes out is of the environment development.

              anchorite rehearse Ceremonies/first-year.yaml
              anchorite rehearse Ceremonies/first-year.yaml Ceremonies/factory-compromise.yaml --folder try
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
            let policyPath = FilePath.directory(of: first) + "/" + file.policyPath
            guard !AuthorityDirectory(folder).contains(".") else {
                throw Failure(Exit.outputExists, "\(folder) exists already", advice: "Name another folder with --folder, or remove it")
            }
            let rehearsal = try Rehearsal(
                folder, policyBytes: DurableFile.read(policyPath), policyFile: policyPath)
            let show = RehearsalShow(rehearsal)
            show.introduce(policyPath)
            for (index, path) in ceremonies.enumerated() {
                try show.hold(path, number: index + 1, showsRefusals: index == 0 && !brief)
            }
            try show.verify()
            if !brief { try await show.judgeDevices() }
            try show.summarize()
        }
    }
}
