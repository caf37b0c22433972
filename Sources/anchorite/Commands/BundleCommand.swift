import ArgumentParser
import Authority
import DeviceRule
import Groundwork
import PKIX
import TrustBundle

struct BundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Work with trust-anchor bundles.",
        discussion: """
              anchorite bundle verify bundle.cose --anchor G1.cer --minimum-sequence 2
              anchorite bundle inspect bundle.cose
              anchorite bundle diff old.cose new.cose
            """,
        subcommands: [BundleVerifyCommand.self, BundleInspectCommand.self, BundleDiffCommand.self])
}

struct BundleVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Do what a device does before it takes a bundle's anchors for its own.",
        usage: "anchorite bundle verify <file> --anchor <cert> ... [options]",
        discussion: """
            Give what the device knows: the anchors that it trusts now, and one more than the sequence that it has.

              anchorite bundle verify bundle.cose --anchor G1.cer
              anchorite bundle verify bundle.cose --anchor G1.cer --anchor G2.cer \\
                --minimum-sequence 8 --store acme/device-trust --environment production

            The files that the bundle lists are looked for in its folder. Most devices have no clock: the signer's \
            dates are checked only with --at. With --as-device it is also told what that stack does with each anchor, \
            intermediate and CRL.

              anchorite bundle verify bundle.cose --anchor G1.cer \\
                --as-device mbedtls-2.28 --as-device wolfssl --crl G1.crl

            Exit: 0 accepted; 1 refused, or one of the stacks rejects something.
            """)

    @Argument(help: ArgumentHelp("The bundle.", valueName: "file"))
    var file: String

    @Option(
        help: ArgumentHelp(
            "A certificate that the device trusts now, PEM or DER; may come several times.", valueName: "cert"))
    var anchor: [String]

    @Option(help: ArgumentHelp("The least sequence that is accepted: the stored one plus 1.", valueName: "n"))
    var minimumSequence: UInt64 = 1

    @Option(help: ArgumentHelp("The device's store, as bundle inspect shows it.", valueName: "id"))
    var store: String?

    @Option(help: "The device's environment: production, staging or development.")
    var environment: String?

    @Option(help: ArgumentHelp("Where the files beside the bundle are (default: its folder).", valueName: "dir"))
    var renderings: String?

    @Flag(help: "The files beside the bundle are not here: do not check them.")
    var alone = false

    @Option(help: ArgumentHelp("The time of the device's clock, if it has one.", valueName: "time"))
    var at: Timestamp?

    @OptionGroup var devices: DeviceViewOptions

    @Flag(help: "Print the same facts as JSON.")
    var json = false

    func validate() throws {
        guard !anchor.isEmpty else {
            throw ValidationError("Give the certificates that the device trusts, with --anchor.")
        }
    }

    func run() throws {
        try Failure.reporting {
            let bytes = try DurableFile.read(file)
            let verifier = BundleVerifier(
                anchors: try anchor.flatMap(Self.certificates), storeID: store, environment: environment,
                minimumSequence: minimumSequence, clock: at)
            let folder = renderings ?? FilePath.directory(of: file)
            let reader: (String) throws -> [UInt8]? = { path in
                do throws(FileError) {
                    return try DurableFile.read(FilePath.joined(folder, path))
                } catch {
                    if error.kind == .notFound { return nil }
                    throw error
                }
            }
            var report = BundleReport(verifier: verifier, checksRenderings: !alone)
            // The code that firmware is built with judges. Ours says more of what it finds, and must find the same.
            do throws(DeviceRefusal) { try Device(verifier).judge(bytes) } catch { report.refuse(error) }
            do throws(BundleError) {
                report.accept(try verifier.verify(bytes, renderings: alone ? nil : reader))
            } catch {
                report.refuse(error)
            }
            var sheet = report.sheet
            let view = try report.isAccepted ? devices.view(of: try SignedBundle(encoded: bytes).payload) : nil
            view?.add(to: &sheet)
            sheet.print(asJSON: json)
            guard report.isAccepted, view?.holds != false else { throw Exit.check }
        }
    }

    private static func certificates(_ path: String) throws -> [Certificate] {
        let bytes = try DurableFile.read(path)
        guard PEM.looksLikePEM(bytes) else { return [try Certificate(derEncoded: bytes)] }
        return try PEM.decodeAll(bytes).filter { $0.label == PEM.certificate }.map {
            try Certificate(derEncoded: $0.derBytes)
        }
    }
}
