import ArgumentParser
import Authority
import Groundwork
import Publication

struct DrillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: "Rehearse an incident against the clock, from the alarm to the last device.",
        usage: "anchorite drill <file> [options]",
        discussion: """
            Plays an incident on throwaway tokens: makes an authority, publishes it, serves it, has devices accept a \
            factory's device; then revokes the factory, and measures each phase until every device refuses. How long people \
            take, the drill file says, or whoever sits there. What comes out is compared with the targets of the drill file, \
            of the policy and of the CA/Browser Forum. Needs curl and, unless the file names another server, nginx.

              anchorite drill Ceremonies/drill-factory-compromise.yaml
              anchorite drill Ceremonies/drill-factory-compromise.yaml --authority authority
              anchorite drill Ceremonies/drill-break-glass.yaml
              anchorite drill my-drill.yaml --folder drills/2027

            With break-glass: yes in the file, no ceremony is held: a package that was prepared before is opened.

            With --authority, what is rehearsed has that one's policy, roots, intermediates and numbers. The authority \
            itself is only read. The folder keeps everything, report.html and report.json among it.

            Exit: 0 every target is met; 1 one is missed, a device does not refuse, or a control refuses; 64 usage, or nobody to ask; 65 a \
            file cannot be read, or a program is missing; 69 no SoftHSM; 73 the folder is there already.
            """)

    @Argument(help: ArgumentHelp("The drill file.", valueName: "file")) var file: String
    @Option(help: ArgumentHelp("The authority whose shape is rehearsed (default: what the file makes).", valueName: "dir"))
    var authority: String?
    @Option(help: ArgumentHelp("The folder to make.", valueName: "dir"))
    var folder = "drill"
    @Flag(help: "Print the report as JSON.") var json = false

    func run() async throws {
        try await Failure.reporting {
            let bytes = try DurableFile.read(file)
            let drill = try DrillFile(bytes, file: file)
            try NewOutput.require(folder, option: "--folder")
            if drill.asks { try Prompt.requireTerminal(otherwise: DrillFile.withoutAsking) }
            do {
                let report = try await DrillRun(drill, authority: authority, folder: folder).play()
                try DurableFile.create("\(folder)/report.html", report.page.bytes)
                try DurableFile.create("\(folder)/report.json", Array((report.sheet.json.prettyPrinted + "\n").utf8))
                Terminal.say("")
                report.sheet.print(asJSON: json)
                Terminal.say("The report is \(folder)/report.html.")
                guard report.holds else { throw Exit.check }
            } catch let error as CurlMissing {
                throw Failure(Exit.badInput, "\(error)")
            }
        }
    }
}
