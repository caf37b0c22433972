import Foundation

/// Other programs, and the built command.
enum Shell {
    struct Outcome: Sendable {
        var code: Int32
        var output: String
        var errors: String
    }

    /// The command, in the folder of the products that these tests were built with.
    static let anchorite: String = {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = URL(filePath: program).deletingLastPathComponent().appending(path: "anchorite").path
        let built = URL(filePath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
            .deletingLastPathComponent().appending(path: "anchorite").path
        return [beside, built].first { FileManager.default.isExecutableFile(atPath: $0) } ?? beside
    }()

    /// Runs a program of the PATH to its end, with nothing on standard input. A signal's number is negative.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], in folder: String
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.currentDirectoryURL = URL(filePath: folder)
        // Files rather than pipes: nothing has to be read while the program runs.
        let outputs = try TemporaryFolder()
        let names = ["output", "errors"].map { "\(outputs.path)/\($0)" }
        let handles = try names.map { name in
            _ = FileManager.default.createFile(atPath: name, contents: nil)
            return try FileHandle(forWritingTo: URL(filePath: name))
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handles[0]
        process.standardError = handles[1]
        try process.run()
        process.waitUntilExit()
        for handle in handles { try handle.close() }
        let texts = try names.map { String(decoding: try Data(contentsOf: URL(filePath: $0)), as: UTF8.self) }
        let isKilled = process.terminationReason == .uncaughtSignal
        return Outcome(
            code: isKilled ? -process.terminationStatus : process.terminationStatus, output: texts[0], errors: texts[1])
    }

    /// Runs a program that must succeed.
    @discardableResult
    static func need(
        _ arguments: String..., environment: [String: String] = [:], in folder: String
    ) throws -> String {
        let outcome = try run(arguments, environment: environment, in: folder)
        guard outcome.code == 0 else {
            throw Refusal(text: "\(arguments.joined(separator: " ")): \(outcome.errors)\(outcome.output)")
        }
        return outcome.output
    }
}

/// Something that a test needed did not work.
struct Refusal: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}

/// A folder in memory, where there is such a place, that goes with the value.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let memory = "/dev/shm"
        let parent = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        path = "\(parent)/anchorite-adversary-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// The project's own files.
enum Repository {
    // The path is resolved first, since this file may be compiled through a link.
    static func path(_ relative: String) -> String {
        URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: relative).path
    }
}
