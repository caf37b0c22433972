import Authority
import Foundation
import Groundwork
import PKIX
import Rehearsal
import RehearsalToken

/// A whole authority, made by rehearsing ceremonies on throwaway tokens: what the judges judge.
struct RehearsedAuthority: Sendable {
    /// Of the ready policy and the ready ceremonies, made once in the process.
    static let firstYear = Result {
        try RehearsedAuthority(
            "first-year", policy: DurableFile.read(Repository.path("Policies/production.yaml")),
            ceremonies: ["first-year", "factory-compromise"].map { Repository.path("Ceremonies/\($0).yaml") })
    }

    /// The folder of the rehearsal: `operators` holds their throwaway key files.
    let folder: String
    let directory: AuthorityDirectory
    let policy: Policy
    let state: AuthorityState
    /// The token of the authority, for programs that look into it.
    let token: TokenAccess
    /// A device under each intermediate, by the intermediate's name, and the files that a verifier needs.
    private let devices: [String: DeviceFiles]

    struct TokenAccess: Sendable {
        let libraryPath: String
        let label: String
        let serial: String
        let pin: String
        /// The folder in which SoftHSM keeps it beside many others.
        let tokensPath: String

        /// A configuration of SoftHSM that knows this token and no other.
        ///
        /// p11tool looks at the first few dozen tokens only, and the tests of a process share one folder.
        func configurationOfItsOwn() throws -> String {
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(tokensPath)/tokens")
            let name = names.first { $0.filter { $0 != "-" }.hasSuffix(serial) }
            guard let name else { throw CocoaError(.fileNoSuchFile) }
            let folder = FileManager.default.temporaryDirectory.path + "/anchorite-\(UUID().uuidString)"
            try FileManager.default.createDirectory(
                atPath: "\(folder)/tokens", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try FileManager.default.copyItem(atPath: "\(tokensPath)/tokens/\(name)", toPath: "\(folder)/tokens/\(name)")
            let path = "\(folder)/softhsm2.conf"
            try "directories.tokendir = \(folder)/tokens\nobjectstore.backend = file\n"
                .write(toFile: path, atomically: true, encoding: .utf8)
            return path
        }
    }

    /// Paths of DER files; each has a PEM file beside it, which ends in `.pem`.
    struct DeviceFiles: Sendable {
        let root: String
        let intermediate: String
        let device: String
        /// The newest of the root and of the intermediate.
        let rootList: String
        let intermediateList: String

        var lists: [String] { [rootList, intermediateList] }
        /// What the judges of devices take.
        var arguments: [String] { [root, intermediate, device] + lists }
    }

    /// - Parameter ceremonies: paths of ceremony files, held in this order.
    init(_ name: String, policy: [UInt8], ceremonies: [String]) throws {
        let tokens = try SoftHSMFolder.processWide()
        // In the folder of the tokens, since that one is removed when the process ends.
        let rehearsal = try Rehearsal(
            "\(tokens.path)/interop-\(name)", policyBytes: policy, policyFile: "\(name).yaml", tokens: tokens)
        for path in ceremonies { try Self.hold(path, rehearsal) }

        folder = rehearsal.folder
        directory = rehearsal.directory
        self.policy = rehearsal.policy
        guard let state = try AuthorityReading.state(of: directory).state,
            let token = self.policy.tokens.values.first,
            let pin = rehearsal.withPIN(of: token.name, { String(decoding: $0, as: UTF8.self) })
        else { throw CocoaError(.fileNoSuchFile) }
        self.state = state
        self.token = TokenAccess(
            libraryPath: tokens.libraryPath, label: token.label, serial: state.tokenSerials[token.name] ?? "", pin: pin,
            tokensPath: tokens.path)
        var devices: [String: DeviceFiles] = [:]
        try DurableDirectory.create("\(folder)/judged")
        for name in state.issued {
            guard let intermediate = state.certificates[name], intermediate.planned.kind == .intermediate else {
                continue
            }
            devices[name] = try Self.deviceFiles(intermediate, state, rehearsal)
        }
        self.devices = devices
    }

    static func hold(_ path: String, _ rehearsal: Rehearsal) throws {
        let now = try rehearsal.nextMoment()
        let plan = try rehearsal.plan(try rehearsal.prepare(path, at: now), at: now)
        let bytes = plan.canonicalBytes
        let approvals = try rehearsal.quorum(for: plan).map { try rehearsal.approval(by: $0, of: bytes) }
        let executor = try Executor(
            directory: rehearsal.directory, planBytes: bytes, approvals: approvals, finder: rehearsal.finder,
            unlocker: rehearsal.unlocker, program: .current(version: "interop"), observer: nil)
        try executor.run()
        try rehearsal.witness(ceremony: plan.number)
    }

    /// A factory with a token of its own signs a device and a CRL itself; else the authority has signed both.
    private static func deviceFiles(
        _ intermediate: AuthorityState.CertificateRecord, _ state: AuthorityState, _ rehearsal: Rehearsal
    ) throws -> DeviceFiles? {
        let name = intermediate.planned.name
        let folder = "\(rehearsal.folder)/judged"
        let write = { (file: String, type: String, der: [UInt8]) throws -> String in
            try DurableFile.create("\(folder)/\(file)", der)
            try DurableFile.create("\(folder)/\(file).pem", Array(PEM.encode(type, der).utf8))
            return "\(folder)/\(file)"
        }
        let newest = { (issuer: String) in
            try state.lists[issuer]?.last.map { try rehearsal.directory.read($0.planned.path) }
        }
        var device = state.certificates(issuedBy: name).first { $0.planned.kind == .endEntity }?.der
        var list = try newest(name)
        if device == nil, let work = try rehearsal.factoryWork(intermediate, at: .now()) { (device, list) = work }
        guard let device, let list, let der = intermediate.der, let rootList = try newest(intermediate.planned.issuer),
            let root = state.certificates[intermediate.planned.issuer]?.der
        else { return nil }
        return DeviceFiles(
            root: try write("\(name).root.cer", PEM.certificate, root),
            intermediate: try write("\(name).cer", PEM.certificate, der),
            device: try write("\(name).device.cer", PEM.certificate, device),
            rootList: try write("\(name).root.crl", PEM.certificateList, rootList),
            intermediateList: try write("\(name).crl", PEM.certificateList, list))
    }

    /// The device under the intermediate of this name.
    func device(under intermediate: String) throws -> DeviceFiles {
        guard let files = devices[intermediate] else { throw CocoaError(.fileNoSuchFile) }
        return files
    }

    /// All certificates that the authority issued, in that order.
    var certificates: [AuthorityState.CertificateRecord] { state.issued.compactMap { state.certificates[$0] } }

    /// All CRLs that the authority signed.
    var lists: [AuthorityState.ListRecord] { state.lists.sorted { $0.key < $1.key }.flatMap(\.value) }

    func path(_ certificate: String) throws -> String {
        guard let record = state.certificates[certificate] else { throw CocoaError(.fileNoSuchFile) }
        return directory.absolute(record.planned.path)
    }
}

/// A folder of one test's own, removed with it.
final class ScratchFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "anchorite-interop-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ bytes: [UInt8], _ name: String) throws -> String {
        try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    func read(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

    /// Writes a certificate or CRL with a bit changed in its last byte, which is the signature's.
    func writeBroken(_ der: [UInt8], _ type: String) throws -> String {
        var changed = der
        changed[der.count - 1] ^= 1
        return try write(Array(PEM.encode(type, changed).utf8), "broken.pem")
    }
}

extension RehearsedAuthority {
    /// The device under the intermediate of a factory.
    func device(ofFactory factory: String) throws -> DeviceFiles {
        let intermediate = certificates.first {
            $0.planned.kind == .intermediate && $0.planned.scope["factory"] == factory
        }
        return try device(under: intermediate?.planned.name ?? factory)
    }
}
