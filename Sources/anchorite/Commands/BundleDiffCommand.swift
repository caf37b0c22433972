import ArgumentParser
import Authority
import Groundwork
import TrustBundle

struct BundleDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Tell what a device gains and loses from one bundle to another.",
        usage: "anchorite bundle diff <old> <new> [options]",
        discussion: """
            Compares what the two say: anchors, intermediates, deny list, least CRL numbers, the next root, threshold, \
            sequence, store, environment, signers and the files beside them. No signature is checked.

              anchorite bundle diff bundles/000001/bundle.cose bundles/000002/bundle.cose
              anchorite bundle diff shipped.cose new.cose --exit-code && echo the same

            Exit: 0 compared; 1 they differ, with --exit-code; 65 one of them is no bundle.
            """)

    @Argument(help: ArgumentHelp("The bundle that the device has.", valueName: "old"))
    var old: String

    @Argument(help: ArgumentHelp("The bundle that it is to get.", valueName: "new"))
    var new: String

    @Flag(help: "End with 1 when there are differences, as diff does.")
    var exitCode = false

    @Flag(help: "Print the same facts as JSON.")
    var json = false

    func run() throws {
        try Failure.reporting {
            let difference = BundleDifference(try NamedInput.bundle(old), try NamedInput.bundle(new))
            difference.sheet.print(asJSON: json)
            guard !exitCode || difference.entries.isEmpty else { throw Exit.check }
        }
    }
}
