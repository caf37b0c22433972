import Foundation
import Groundwork
import Subprocess
import Testing

/// The built command, run as people run it.
enum BuiltCommand {
    struct Outcome {
        var code: Int32
        /// Standard output.
        var output: String
        /// Standard error.
        var talk: String

        var json: [String: Any]? {
            (try? JSONSerialization.jsonObject(with: Data(output.utf8))) as? [String: Any]
        }
    }

    /// The command lies beside the tests' own program.
    static let path: String = {
        let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let beside = URL(filePath: program ?? "").deletingLastPathComponent().appending(path: "anchorite").path
        let built = CommandLine.arguments.first.map {
            URL(filePath: $0).resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "anchorite").path
        }
        return [beside, built ?? ""].first { FileManager.default.isExecutableFile(atPath: $0) } ?? beside
    }()

    static func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Outcome {
        try await run(arguments, environment: environment)
    }

    static func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Outcome {
        try await run(program: path, arguments, environment: environment)
    }

    static func run(
        program: String, _ arguments: [String], environment: [String: String] = [:], folder: String? = nil
    ) async throws -> Outcome {
        let changes = environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        let outcome = try await Subprocess.run(
            .path(.init(program)), arguments: Arguments(arguments),
            environment: .inherit.updating(Dictionary(uniqueKeysWithValues: changes)),
            workingDirectory: folder.map { .init($0) }, output: .string(limit: 8 << 20),
            error: .string(limit: 1 << 20))
        let code: Int32 =
            switch outcome.terminationStatus {
            case .exited(let code): Int32(code)
            case .signaled(let signal): -Int32(signal)
            }
        return Outcome(code: code, output: outcome.standardOutput, talk: outcome.standardError)
    }
}

/// An authority after two rehearsed ceremonies, made once and only read by the tests.
actor ReadFolder {
    static let shared = ReadFolder()
    private static let location = NSTemporaryDirectory() + "anchorite-read-\(UUID().uuidString)"
    private var made: Task<String, any Error>?

    /// The folder with `authority`, `plans/1`, `plans/2`, `policy.yaml` and `tokens`.
    func path() async throws -> String {
        if let made { return try await made.value }
        let task = Task {
            let folder = Self.location
            atexit { try? FileManager.default.removeItem(atPath: ReadFolder.location) }
            let outcome = try await BuiltCommand.run(
                "rehearse", "--brief", "--folder", folder, Repository.path("Ceremonies/first-year.yaml"),
                Repository.path("Ceremonies/factory-compromise.yaml"))
            try #require(outcome.code == 0, Comment(rawValue: outcome.talk))
            return folder
        }
        made = task
        return try await task.value
    }
}

/// The project's own files.
enum Repository {
    // The path is resolved first, since this file may be compiled through a link.
    static func path(_ relative: String) -> String {
        URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: relative).path
    }
}

/// A folder of its own for one test, removed with the value.
final class ReadScratch {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "anchorite-read-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    func copy(_ source: String, as name: String) throws -> String {
        try FileManager.default.copyItem(atPath: source, toPath: "\(path)/\(name)")
        return "\(path)/\(name)"
    }
}

func contents(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

enum SHA256Digest {
    static func hex(_ bytes: [UInt8]) -> String { Digest(of: bytes).hex }
}
