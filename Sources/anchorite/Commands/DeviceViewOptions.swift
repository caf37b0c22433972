import ArgumentParser
import Authority
import Groundwork
import PKIX
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
            throw ValidationError(Self.unknown(name))
        }
        if asDevice.isEmpty, !crl.isEmpty { throw ValidationError("Say for which stacks, with --as-device.") }
    }

    /// Platforms of docs/devices.md that verify with a stack of another name.
    private static let platforms = ["zephyr": "mbedtls"]

    /// What was meant comes before the long list of all that there is.
    private static func unknown(_ name: String) -> String {
        let shown = String(name.prefix(40))
        let known = "Known: \(DeviceTarget.names.joined(separator: ", "))."
        if let stack = platforms[name.lowercased()] {
            return "There is no stack \"\(shown)\": it verifies with \(stack). Say \"\(stack)\". \(known)"
        }
        let nearest = NearestName.nearest(to: name, among: DeviceTarget.names).map { " Did you mean \"\($0)\"?" } ?? ""
        return "There is no stack \"\(shown)\".\(nearest) \(known)"
    }

    /// Nil when nobody asked.
    func view(of payload: BundlePayload) throws -> BundleOnDevices? {
        let wanted = asDevice.compactMap(DeviceTarget.init).stacks
        guard !wanted.isEmpty else { return nil }
        let lists = try crl.map { path in
            (path, try NamedInput.certificateList(path))
        }
        return BundleOnDevices(payload, lists: lists, stacks: DeviceStack.all.filter(wanted.contains))
    }
}
