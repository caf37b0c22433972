import ArgumentParser
import Authority
import TrustBundle

struct BundleInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Tell what a bundle holds, without judging who signed it.",
        usage: "anchorite bundle inspect <file> [options]",
        discussion: """
              anchorite bundle inspect bundle.cose
              anchorite bundle inspect bundle.cose --json
              anchorite bundle inspect bundle.cose --cbor

            --cbor prints every field in CBOR's diagnostic notation, with the keys named. That a device takes the \
            bundle is for anchorite bundle verify to say.

            Exit: 0 read; 65 it is no bundle.
            """)

    @Argument(help: ArgumentHelp("The bundle.", valueName: "file"))
    var file: String

    @Flag(help: "Print headers and payload in CBOR's diagnostic notation.")
    var cbor = false

    @Flag(help: "Print the same facts as JSON.")
    var json = false

    func validate() throws {
        if cbor, json { throw ValidationError("--cbor and --json exclude each other.") }
    }

    func run() throws {
        try Failure.reporting {
            let bundle = try NamedInput.bundle(file)
            if cbor {
                Terminal.output(bundle.diagnostic)
            } else {
                BundleFacts.sheet(bundle).print(asJSON: json)
            }
        }
    }
}
