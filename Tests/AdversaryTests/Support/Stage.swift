import Foundation
import Glibc
import Groundwork
import SSHSignature

/// A folder of one attempt's own: policy, ceremonies, token, and an authority as far as it has come. Everything in it
/// is done by the built command, with this folder as its working directory.
final class Stage {
    private let folder: TemporaryFolder
    var path: String { folder.path }

    static let pin = "correct horse 4711"

    /// An empty folder with a token, a policy and a site file.
    init(policy: String = TestPolicy.text, pin: String = Stage.pin, officerPIN: String = "87654321") throws {
        folder = try TemporaryFolder()
        try write(policy, "policy.yaml")
        try write(pin, "pin", mode: 0o600)
        try makeFolder("tokens")
        try configure()
        try write("anchorite: site/1\ntokens:\n  vault:\n    module: \(SoftHSM.library)\n", "site.yaml")
        try Shell.need(
            "softhsm2-util", "--init-token", "--free", "--label", "vault", "--pin", pin, "--so-pin", officerPIN,
            environment: environment, in: path)
    }

    /// A copy of another one, its token included.
    init(copying original: Stage) throws {
        folder = try TemporaryFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: original.path) {
            try FileManager.default.copyItem(atPath: "\(original.path)/\(name)", toPath: "\(path)/\(name)")
        }
        try configure()
    }

    private func configure() throws {
        try? remove("softhsm2.conf")
        try write(
            "directories.tokendir = \(path)/tokens\nobjectstore.backend = file\nlog.level = ERROR\n", "softhsm2.conf")
    }

    /// What the token's module needs.
    var environment: [String: String] { ["SOFTHSM2_CONF": "\(path)/softhsm2.conf"] }

    // MARK: Files

    func absolute(_ name: String) -> String { "\(path)/\(name)" }

    func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: absolute(name)))) }

    func text(_ name: String) throws -> String { String(decoding: try read(name), as: UTF8.self) }

    func write(_ bytes: [UInt8], _ name: String, mode: mode_t = 0o644) throws {
        try Data(bytes).write(to: URL(filePath: absolute(name)))
        chmod(absolute(name), mode)
    }

    func write(_ text: String, _ name: String, mode: mode_t = 0o644) throws {
        try write(Array(text.utf8), name, mode: mode)
    }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: absolute(name), withIntermediateDirectories: true)
    }

    func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: absolute(folder)).sorted()
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: absolute(name)) }

    func copy(_ name: String, to other: String) throws {
        try FileManager.default.copyItem(atPath: absolute(name), toPath: absolute(other))
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: absolute(name), withDestinationPath: target)
    }

    /// Changes a text that must be in a file.
    func edit(_ name: String, _ old: String, _ new: String) throws {
        let text = try text(name)
        guard text.contains(old) else { throw Refusal(text: "\(name) does not hold \(old)") }
        try write(text.replacingOccurrences(of: old, with: new), name)
    }

    // MARK: The command

    /// Runs the command in this folder. File descriptor 3 is open on the file `pin`.
    @discardableResult
    func anchorite(
        _ arguments: [String], environment: [String: String] = [:], before: [String] = [], pin: String = "pin"
    ) throws -> Shown {
        let ledger = try? read("authority/ledger.jsonl")
        let outcome = try Shell.run(
            ["sh", "-c", "exec \"$@\" 3<\(pin)", "sh"] + before + [Shell.anchorite] + arguments,
            environment: self.environment.merging(environment) { $1 }, in: path)
        return Shown(
            code: outcome.code, output: outcome.output, talk: outcome.errors,
            hasChangedLedger: (try? read("authority/ledger.jsonl")) ?? [] != ledger ?? [])
    }

    @discardableResult
    func anchorite(_ arguments: String..., environment: [String: String] = [:]) throws -> Shown {
        try anchorite(arguments, environment: environment)
    }

    /// The same, and it must succeed.
    @discardableResult
    func need(_ arguments: String...) throws -> Shown { try Self.need(try anchorite(arguments)) }

    static func need(_ shown: Shown) throws -> Shown {
        guard shown.code == 0 else { throw Refusal(text: "exit \(shown.code): \(shown.talk)\(shown.output)") }
        return shown
    }

    // MARK: Ceremonies

    /// A ceremony file of these operations.
    func ceremony(_ operations: String, more: String = "", requester: String = "dee", named name: String) throws {
        try write(
            """
            anchorite: ceremony/1
            title: A test
            authority: adversary
            environment: production
            policy: policy.yaml
            requester: \(requester)
            \(more)operations:
            \(operations)
            """, "\(name).yaml")
    }

    /// Plans operations against the authority as it stands, into a folder of that name.
    @discardableResult
    func plan(
        _ operations: String, more: String = "", requester: String = "dee", named name: String = "mine"
    ) throws -> Shown {
        try ceremony(operations, more: more, requester: requester, named: name)
        return try anchorite("plan", "\(name).yaml", "--output", name)
    }

    /// The same, and it must succeed.
    func needPlan(
        _ operations: String, more: String = "", requester: String = "dee", named name: String = "next"
    ) throws {
        _ = try Self.need(try plan(operations, more: more, requester: requester, named: name))
    }

    /// Approvals by operators' keys, beside the plan.
    func approve(_ people: String..., plan: String = "next", message: [UInt8]? = nil) throws {
        for person in people {
            try approve(with: try TestPolicy.key(person), as: person, plan: plan, message: message)
        }
    }

    func approve(
        with key: SoftwareSSHKey, as name: String, plan: String = "next", message: [UInt8]? = nil,
        namespace: String = "anchorite-plan"
    ) throws {
        let signature = try key.signature(over: message ?? read("\(plan)/plan.json"), namespace: namespace)
        try write(signature.encodeArmored(), "\(plan)/\(name).approval")
    }

    @discardableResult
    func run(
        _ plan: String = "next", authority: String = "authority", environment: [String: String] = [:],
        before: [String] = [], pin: String = "pin"
    ) throws -> Shown {
        try anchorite(
            ["run", "\(plan)/plan.json", "--authority", authority, "--site", "site.yaml", "--pin-fd", "3"],
            environment: environment, before: before, pin: pin)
    }

    func verify(_ authority: String = "authority") throws -> Shown {
        try anchorite("verify", authority, "--root", try rootFingerprint(authority))
    }

    /// As it is on paper: of the first root that was ever made here.
    func rootFingerprint(_ authority: String = "authority") throws -> String {
        if let known = try? text("fingerprint") { return known }
        return Digest(of: try read("\(authority)/certificates/G1.cer")).hex
    }

    /// CRLs of one issuer cannot be made in the same second.
    func waitForNextSecond() {
        let now = time(nil)
        while time(nil) == now { usleep(10_000) }
    }
}

/// Where SoftHSM is.
enum SoftHSM {
    static let library: String = {
        let places = [
            "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
            "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so",
        ]
        return places.first { FileManager.default.isReadableFile(atPath: $0) } ?? places[0]
    }()
}
