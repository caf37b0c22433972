import Authority
import Foundation
import Groundwork
import Rehearsal
import RehearsalToken
import SSHSignature
import Testing

/// A ceremony that is ready to run, on a token that nothing has happened to yet; every trial begins with a copy.
struct CrashBench: Sendable {
    let folder: TemporaryFolder
    let library: String
    let moduleLibrary: String
    let policy: Policy
    /// The ceremony that is run and killed.
    let number: Int64
    /// How many lines the ledger has before it.
    let head: Int
    private let operators: [String: SoftwareSSHKey]

    /// Ceremonies/first-year.yaml, planned and approved.
    static let firstYear = Result { try CrashBench(["first-year"]) }
    /// A root that commits to the next one, and that one taking its place.
    static let rootWithSuccessor = Result { try CrashBench(["root-g1-with-successor"]) }
    static let rootActivated = Result { try CrashBench(["root-g1-with-successor", "root-g2"]) }
    /// Break-glass packages for the factories of the first year, one for each, which two responders open together. The
    /// PIN may be typed at the terminal at which the shares are shown.
    static let breakGlass = Result {
        try CrashBench(["first-year", "prepare-break-glass"]) { policy in
            policy.replacing("unlock: [protected-path, shares]", with: "unlock: [prompt, file-descriptor]")
                .replacing("    custody: {security-officer: 2 of 3, witness: 1 of 2}\n", with: "")
                .replacing("{incident-responder: 1 of 2, security-officer: 1 of 3}", with: "{incident-responder: 2 of 2}")
                .replacing("combinations: 2", with: "combinations: 1")
        }
    }

    /// - Parameters:
    ///   - ceremonies: ready ones; the last is planned and approved, those before it are held.
    ///   - change: to the text of Policies/production.yaml.
    private init(_ ceremonies: [String], policy change: (String) -> String = { $0 }) throws {
        let tokens = try SoftHSMFolder.processWide()
        let workshop = try TemporaryFolder()
        let rehearsal = try Rehearsal(
            "\(workshop.path)/rehearsal",
            policyBytes: Array(change(String(decoding: try ReadyFiles.bytes("Policies/production.yaml"), as: UTF8.self)).utf8),
            policyFile: "production.yaml", tokens: tokens)
        func plan(_ name: String) throws -> Plan {
            let path = ReadyFiles.root.appendingPathComponent("Ceremonies/\(name).yaml").path
            let now = try rehearsal.directory.exists ? rehearsal.nextMoment() : .now()
            return try rehearsal.plan(try rehearsal.prepare(path, at: now), at: now)
        }
        for name in ceremonies.dropLast() {
            let plan = try plan(name)
            try Executor(
                directory: rehearsal.directory, planBytes: plan.canonicalBytes, approvals: try rehearsal.approvals(for: plan),
                finder: rehearsal.finder, unlocker: rehearsal.unlocker,
                program: ProgramIdentity(version: "test", digest: .zero, networkInterfaces: []), observer: nil
            ).run()
            try rehearsal.witness(ceremony: plan.number)
        }
        let plan = try plan(try #require(ceremonies.last))
        let bytes = plan.canonicalBytes
        number = plan.number
        head = Int(plan.head.size)

        folder = try .inMemory
        library = try CrashShim.library.get().path
        moduleLibrary = tokens.libraryPath
        policy = rehearsal.policy
        operators = rehearsal.operators
        let manager = FileManager.default
        for name in ["plan", "state", "state/softhsm", "state/softhsm/tokens"] {
            try manager.createDirectory(atPath: "\(folder.path)/\(name)", withIntermediateDirectories: false)
        }
        try Files.write(bytes, to: "\(folder.path)/plan/plan.json")
        if head > 0 { try Files.copy(rehearsal.directory.path, to: "\(folder.path)/authority") }
        for id in try rehearsal.quorum(for: plan) {
            try Files.write(try rehearsal.approval(by: id, of: bytes).bytes, to: "\(folder.path)/plan/\(id).approval")
        }
        try Files.write(
            Array("anchorite: site/1\ntokens: {vault: {module: \(library)}}\n".utf8), to: "\(folder.path)/site.yaml")
        let pin = "\(folder.path)/pin"
        _ = manager.createFile(atPath: pin, contents: nil, attributes: [.posixPermissions: 0o600])
        try rehearsal.withPIN(of: "vault") { try Files.append(Array($0), to: pin) }
        // SoftHSM keeps a token in a folder of its own; which one is the vault's, its serial number tells.
        let serial = try #require(rehearsal.policy.tokens["vault"]?.serial)
        let all = "\(tokens.path)/tokens"
        let own = try manager.contentsOfDirectory(atPath: all).first { name in
            let bytes = (try? Data(contentsOf: URL(fileURLWithPath: "\(all)/\(name)/token.object"))) ?? Data()
            return bytes.range(of: Data(serial.utf8)) != nil
        }
        let name = try #require(own)
        try Files.copy("\(all)/\(name)", to: "\(folder.path)/state/softhsm/tokens/\(name)")
    }

    /// Plans a later ceremony of a trial, and has everybody approve it.
    ///
    /// - Returns: the folder of the plan.
    func plan(_ operations: String, _ trial: Trial) throws -> TemporaryFolder {
        let reading = try AuthorityReading.state(of: trial.directory)
        let state = try #require(reading.state)
        let opened = try trial.directory.pendingOpenings(state)
        let lists = [opened.state.lists["G1"]?.last?.planned] + state.packages.map(\.planned.list)
        let newest = lists.compactMap { $0?.thisUpdate }.max()
        let created = try max(Timestamp.now(), #require(newest?.adding(seconds: 1)))
        let plan = try Planner.plan(
            try Workshop.ceremony(operations, policy), policy: policy, state: reading.state,
            circumstances: Planner.Circumstances(
                head: reading.head, created: created, nonce: SystemRandom.bytes(32), openings: opened.inputs)
        ) { _ in [] }
        let folder = try TemporaryFolder.inMemory
        let bytes = plan.canonicalBytes
        try Files.write(bytes, to: "\(folder.path)/plan.json")
        let last = AuthorityPaths.checkpoint(plan.number - 1)
        for (id, key) in operators {
            let signature = try key.signature(over: bytes, namespace: Approval.namespace)
            try Files.write(signature.encodeArmored(), to: "\(folder.path)/\(id).approval")
            let path = AuthorityPaths.witness(plan.number - 1, id)
            try trial.directory.makeFolder(for: path)
            let witness = try key.signature(
                over: trial.directory.read(last), namespace: WitnessSignature.namespace)
            try Files.write(witness.encodeArmored(), to: trial.directory.absolute(path))
        }
        return folder
    }

    /// One copy of the state, and what is run on it.
    final class Trial: Sendable {
        private let bench: CrashBench
        private let folder: TemporaryFolder

        /// - Parameter trial: what it goes on from; nil for the bench.
        init(_ bench: CrashBench, from trial: Trial? = nil) throws {
            self.bench = bench
            folder = try .inMemory
            let start = trial?.folder ?? bench.folder
            try Files.copy("\(start.path)/state", to: "\(folder.path)/state")
            if trial != nil || bench.head > 0 { try Files.copy("\(start.path)/authority", to: directory.path) }
            try? Files.remove(configuration)
            let tokens = "\(folder.path)/state/softhsm/tokens"
            try Files.write(
                Array("directories.tokendir = \(tokens)\nobjectstore.backend = file\nlog.level = ERROR\n".utf8),
                to: configuration)
        }

        private var configuration: String { "\(folder.path)/state/softhsm/softhsm2.conf" }
        private var log: String { "\(folder.path)/log" }
        var directory: AuthorityDirectory { AuthorityDirectory("\(folder.path)/authority") }

        /// What a child process has to know.
        ///
        /// - Parameter crash: when it dies; nil lets it live, without the library that kills.
        private func environment(_ crash: Crash?) -> [String: String] {
            var environment = [
                "SOFTHSM2_CONF": configuration, "CRASH_MODULE": bench.moduleLibrary, "CRASH_LOG": log,
                "CRASH_LEDGER": directory.ledgerPath,
            ]
            switch crash {
            case .never: environment["LD_PRELOAD"] = bench.library
            case .at(let point):
                environment["LD_PRELOAD"] = bench.library
                environment["CRASH_AT"] = String(point)
            case .tear(let append, let bytes):
                environment["LD_PRELOAD"] = bench.library
                environment["CRASH_TEAR"] = "\(append):\(bytes)"
            case nil: break
            }
            return environment
        }

        /// The arguments that run a plan.
        private func arguments(_ folder: String?) -> [String] {
            [
                "run", "\(folder ?? "\(bench.folder.path)/plan")/plan.json", "--authority", directory.path, "--site",
                "\(bench.folder.path)/site.yaml",
            ]
        }

        /// Runs the plan at a terminal, where its PIN is typed and shares are shown.
        func runAtTerminal(_ crash: Crash?, _ papers: SharePapers) throws -> DeskTerminal.Outcome {
            let pin = String(decoding: try Files.read("\(bench.folder.path)/pin"), as: UTF8.self)
            return try DeskTerminal(papers, pin: pin).run(arguments(nil) + ["--yes"], environment: environment(crash))
        }

        /// Opens a break-glass package at a terminal.
        func open(_ package: String, _ crash: Crash?, _ papers: SharePapers) throws -> DeskTerminal.Outcome {
            try DeskTerminal(papers, pin: "").run(
                ["break-glass", "open", package, "--authority", directory.path], environment: environment(crash))
        }

        /// Runs the plan in a child process.
        ///
        /// - Parameters:
        ///   - crash: when it dies; nil lets it live, without the library that kills.
        ///   - folder: of the plan; nil for the bench's.
        func run(_ crash: Crash?, plan folder: String? = nil) throws -> Program.Outcome {
            return try Program.run(
                "/bin/sh",
                ["-c", "pin=$1; shift; exec env \"$@\" 3<\"$pin\"", "sh", "\(bench.folder.path)/pin"]
                    + environment(crash).map { "\($0.key)=\($0.value)" }.sorted()
                    + [Program.path] + arguments(folder) + ["--pin-fd", "3"])
        }

        /// What the library wrote.
        func events() throws -> CrashLog { try CrashLog(String(decoding: Files.read(log), as: UTF8.self)) }
    }

    enum Crash: Sendable {
        /// Counts the points only.
        case never
        case at(Int)
        /// The ledger's n-th append breaks off after some bytes.
        case tear(append: Int, bytes: Int)
    }
}

/// The points that a run passed, and what it signed.
struct CrashLog: Sendable {
    struct Point: Sendable {
        var number: Int
        /// How much had been changed that others could see.
        var changes: Int
        var name: String
    }

    struct Signing: Hashable, Sendable {
        /// How many lines the ledger had.
        var lines: Int
        var label: String
        /// What C_Sign was given, in hex.
        var data: String
    }

    /// A signature as it came from the token, in hex.
    struct Signature: Hashable, Sendable {
        var data: String
        var value: String
    }

    var points: [Point] = []
    var signings: [Signing] = []
    var signatures: [Signature] = []

    /// Of a run that nothing disturbs.
    init(of bench: CrashBench) throws {
        let trial = try CrashBench.Trial(bench)
        _ = try trial.run(.never)
        self = try trial.events()
    }

    init(_ text: String) throws {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            try #require(words.count == 4)
            if words[0] == "p" {
                points.append(Point(
                    number: try #require(Int(words[1])), changes: try #require(Int(words[2])), name: words[3]))
            } else if words[0] == "r" {
                let parts = words[3].split(separator: " ").map(String.init)
                if parts.count == 2 { signatures.append(Signature(data: parts[0], value: parts[1])) }
            } else {
                signings.append(Signing(
                    lines: try #require(Int(words[1])), label: words[2].replacingOccurrences(of: "~", with: " "),
                    data: words[3]))
            }
        }
    }

    /// One point for every state that the files and the token pass through: between two points with nothing changed
    /// from one to the other, a death leaves the same behind.
    var distinct: [Point] {
        var last = -1
        return points.filter { point in
            defer { last = point.changes }
            return point.changes != last
        }
    }
}
