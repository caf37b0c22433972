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
        usage: """
            anchorite bundle verify <file> --stored <bundle> [options]
            anchorite bundle verify <file> --anchor <cert> ... [options]
            """,
        discussion: """
            Give what the device knows: of one that has a bundle, that bundle; of one fresh from the factory, the anchors \
            in its firmware, its store and its environment.

              anchorite bundle verify bundle.cose --stored old/bundle.cose
              anchorite bundle verify bundle.cose --anchor G1.cer
              anchorite bundle verify bundle.cose --anchor G1.cer --anchor G2.cer \\
                --minimum-sequence 8 --store acme/device-trust --environment production

            With --stored, anchors, store, environment, sequence, threshold and deny list are the stored ones, as on the \
            device. Without it, no signer is denied and one is enough.

            The files that the bundle lists are looked for in its folder, whose folders may hold no others. Most devices have no clock: the signer's \
            dates are checked only with --at. With --as-device it is also told what that stack does with each anchor, \
            intermediate and CRL.

              anchorite bundle verify bundle.cose --anchor G1.cer \\
                --as-device mbedtls-2.28 --as-device wolfssl --crl G1.crl

            Exit: 0 accepted; 1 refused, or one of the stacks rejects something, or a CRL is not one that the bundle \
            allows; 64 usage; 65 a file is not there, or is something else.
            """)

    @Argument(help: ArgumentHelp("The bundle.", valueName: "file"))
    var file: String

    @Option(
        help: ArgumentHelp(
            "The bundle that the device has, or its payload as the device stores it.", valueName: "bundle"))
    var stored: String?

    @Option(
        help: ArgumentHelp(
            "A certificate that the device trusts now, PEM or DER; may come several times.", valueName: "cert"))
    var anchor: [String] = []

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The least sequence that is accepted: the stored one plus 1 (default: 1).", valueName: "n"),
        transform: Self.sequence)
    var minimumSequence: UInt64?

    @Option(help: ArgumentHelp("The device's store, as bundle inspect shows it.", valueName: "id"))
    var store: String?

    @Option(help: "The device's environment: production, staging or development.")
    var environment: String?

    @Option(help: ArgumentHelp("Where the files beside the bundle are (default: its folder).", valueName: "dir"))
    var renderings: String?

    @Flag(help: "The files beside the bundle are not here: do not check them.")
    var alone = false

    @Option(
        help: ArgumentHelp("The time of the device's clock, if it has one: 2027-03-02T10:00:00Z.", valueName: "time"),
        transform: Timestamp.typed)
    var at: Timestamp?

    @OptionGroup var devices: DeviceViewOptions

    @Flag(help: "Print the same facts as JSON.")
    var json = false

    private static func sequence(_ text: String) throws -> UInt64 {
        guard let number = UInt64(text) else { throw ValidationError("'\(text.prefix(40))' is no whole number from 0.") }
        return number
    }

    func validate() throws {
        if stored != nil {
            guard anchor.isEmpty, store == nil, environment == nil, minimumSequence == nil else {
                throw ValidationError(
                    "--stored tells all that the device knows. Leave out --anchor, --store, --environment and --minimum-sequence.")
            }
        } else if anchor.isEmpty {
            throw ValidationError(
                "Give the certificates that the device trusts, with --anchor, or the bundle that it has, with --stored.")
        }
        let environments = DeploymentEnvironment.allCases.map(\.rawValue)
        if let environment, !environments.contains(environment) {
            let nearest = environments.first { !environment.isEmpty && $0.hasPrefix(environment) }
                ?? NearestName.nearest(to: environment, among: environments)
            throw ValidationError(
                "There is no environment \"\(environment.prefix(40))\". Known: \(environments.joined(separator: ", "))."
                    + (nearest.map { " Did you mean \"\($0)\"?" } ?? ""))
        }
        if alone, renderings != nil { throw ValidationError("--alone and --renderings exclude each other.") }
    }

    func run() throws {
        try Failure.reporting {
            let bytes = try DurableFile.read(file)
            try NamedInput.require(.bundle, bytes, file)
            let verifier = try verifier()
            let beside = alone ? nil : FilesBesideBundle(folder: renderings ?? FilePath.directory(of: file))
            if renderings != nil { try beside?.requireFolder() }
            var report = BundleReport(verifier: verifier, checksRenderings: !alone, isStoredKnown: stored != nil)
            // The code that firmware is built with judges. Ours says more of what it finds, and must find the same.
            do throws(DeviceRefusal) { try Device(verifier).judge(bytes) } catch { report.refuse(error) }
            do throws(BundleError) {
                let bundle = try verifier.verify(bytes, renderings: beside?.reader)
                try beside?.requireNoStrangers(bundle.payload)
                report.accept(bundle)
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

    /// The device, as far as it is known.
    private func verifier() throws -> BundleVerifier {
        if let stored { return try BundleVerifier(holding: try NamedInput.payload(stored), clock: at) }
        return BundleVerifier(
            anchors: try anchor.flatMap(NamedInput.certificates), storeID: store, environment: environment,
            minimumSequence: minimumSequence ?? 1, clock: at)
    }
}
