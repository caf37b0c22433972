import ArgumentParser
import Authority
import Groundwork
import PKIX
import StrictYAML
import TrustBundle

/// For whose eyes a bundle is judged besides.
struct DeviceViewOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Tell what this stack does with the bundle, such as mbedtls-2.28, or mbedtls for all versions (docs/stacks.md); may come several times.",
            valueName: "stack"))
    var asDevice: [String] = []

    @Option(help: ArgumentHelp("A CRL that the device gets beside the bundle; may come several times.", valueName: "file"))
    var crl: [String] = []

    func validate() throws {
        for name in asDevice where DeviceTarget(rawValue: name) == nil {
            throw ValidationError(
                "There is no stack \"\(name.prefix(40))\". \(Suggestion.sentence("Known", DeviceTarget.names, for: name))")
        }
        if asDevice.isEmpty, !crl.isEmpty { throw ValidationError("Say for which stacks, with --as-device.") }
    }

    /// Nil when nobody asked.
    func view(of payload: BundlePayload) throws -> BundleOnDevices? {
        let wanted = asDevice.compactMap(DeviceTarget.init).stacks
        guard !wanted.isEmpty else { return nil }
        let lists = try crl.map { path in
            (path, try CertificateList(derEncoded: try PKIXSheets.der(try DurableFile.read(path), labels: [PEM.certificateList])))
        }
        return BundleOnDevices(payload, lists: lists, stacks: DeviceStack.all.filter(wanted.contains))
    }
}
