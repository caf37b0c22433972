import Authority
import DeviceRule
import Groundwork
import PKIX
import Publication
import SecondOpinion
import Subprocess
import TrustBundle

/// What a device holds: the chain of a factory, and where it fetches from.
struct DrillChain {
    let root: [UInt8]
    let intermediate: [UInt8]
    let device: [UInt8]
    /// The factory's own CRL, which it serves itself.
    let factoryList: [UInt8]
    /// Where the CRL of the intermediate's issuer is.
    let list: String
    let bundle: String
    let address: String

    /// The files that a device's program finds in its folder, each as DER and as PEM.
    func write(to folder: String) throws {
        for (name, label, ending, der) in [
            ("root", PEM.certificate, "cer", root), ("intermediate", PEM.certificate, "cer", intermediate),
            ("device", PEM.certificate, "cer", device), ("factory", PEM.certificateList, "crl", factoryList),
        ] {
            try DurableFile.create("\(folder)/\(name).\(ending)", der)
            try DurableFile.create("\(folder)/\(name).\(ending).pem", Array(PEM.encode(label, der).utf8))
        }
    }
}

/// One that says whether it accepts the factory's device.
protocol DrillDevice {
    var name: String { get }
    func judge(_ chain: DrillChain) async throws -> DrillReport.Verdict
}

/// A device with CRLs: OpenSSL's libcrypto, with what it fetches.
struct ListReadingDevice: DrillDevice {
    let name = "crl-reader"
    let fetcher = Fetcher(patience: 5)

    func judge(_ chain: DrillChain) async throws -> DrillReport.Verdict {
        let fetched = try await fetcher.fetch(chain.list)
        if let problem = fetched.problem { return .failed(problem) }
        do {
            try SecondOpinion.chain(
                leaf: chain.device, intermediates: [chain.intermediate], anchors: [chain.root],
                crls: [try fetched.bytes(), chain.factoryList], at: Timestamp.now().secondsSinceEpoch)
            return .accepted
        } catch {
            let why = "\(error)"
            guard why.contains("revoked") else { return .failed(why) }
            return .refused(why.split(separator: "OpenSSL says: ").last.map(String.init) ?? why)
        }
    }
}

/// A device without CRLs: it takes the newest bundle, and looks into the deny list. The code is the one that firmware is
/// built with.
final class BundleReadingDevice: DrillDevice {
    let name = "bundle-reader"
    private let fetcher = Fetcher(patience: 5)
    private var device: Device
    /// What it has taken.
    private var stored: [UInt8]?

    /// - Parameter root: the anchor in its image, DER.
    init(root: [UInt8]) { device = Device(anchors: [BundleAnchor(bytes: root)]) }

    func judge(_ chain: DrillChain) async throws -> DrillReport.Verdict {
        let fetched = try await fetcher.fetch(chain.bundle)
        if let problem = fetched.problem { return .failed(problem) }
        do {
            return try judge(bundle: try fetched.bytes(), chain: [chain.intermediate, chain.device])
        } catch {
            return .failed("\(error)")
        }
    }

    /// - Parameters:
    ///   - bundle: the newest; the one that it has is not taken again.
    ///   - chain: the certificates below the anchor, DER.
    func judge(bundle: [UInt8], chain: [[UInt8]]) throws -> DrillReport.Verdict {
        if bundle != stored {
            try device.take(bundle)
            stored = bundle
        }
        for der in chain {
            let tbs = try Certificate(derEncoded: der).tbs
            let issuer = try tbs.extensions.value(of: AuthorityKeyIdentifier.self)?.keyIdentifier ?? []
            if device.denies(issuerKeyIdentifier: issuer, serial: tbs.serialNumber) {
                return .refused("bundle \(device.sequence) denies it")
            }
        }
        return .accepted
    }
}

/// A program of the drill file.
struct ProgramDevice: DrillDevice {
    private let device: DrillFile.Device
    private let folder: String

    init(_ device: DrillFile.Device, folder: String) {
        self.device = device
        self.folder = folder
    }

    var name: String { device.name }

    func judge(_ chain: DrillChain) async throws -> DrillReport.Verdict {
        let words = device.command.map { word in
            [("{folder}", folder), ("{url}", chain.address), ("{crl}", chain.list), ("{bundle}", chain.bundle)]
                .reduce(word) { $0.replacing($1.0, with: $1.1) }
        }
        do {
            let outcome = try await Subprocess.run(
                .name(words.first ?? ""), arguments: Arguments(Array(words.dropFirst())), workingDirectory: .init(folder),
                output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
            let lines = (outcome.standardOutput + outcome.standardError).split(whereSeparator: \.isNewline)
            let words = lines.last { $0.lowercased().contains("revoked") } ?? lines.last { $0.contains { !$0.isWhitespace } }
            let said = Shown.text(String((words ?? "").prefix(160)))
            guard case .exited(let code) = outcome.terminationStatus else { return .failed("it was ended by a signal") }
            if code == 0 { return .accepted }
            return Int(code) == device.refusal ? .refused(said) : .failed("it ended with \(code): \(said)")
        } catch {
            return .failed("\(words.first ?? "") cannot be run: \(error)")
        }
    }
}
