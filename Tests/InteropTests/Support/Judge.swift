import Foundation
import Subprocess
import Testing

/// A program of other people, run for its verdict.
enum Judge {
    struct Verdict: Sendable {
        /// The exit status; -1 when a signal ended the program.
        let status: Int
        let output: String
        let errors: String

        var accepted: Bool { status == 0 }
        /// Both streams.
        var text: String { output + errors }
    }

    /// Runs a program and prints what it was asked and what it said, which is the evidence in the test's log.
    ///
    /// - Parameter environment: added to that of this process. Its values are not printed.
    static func ask(
        _ program: String, _ arguments: [String], input: [UInt8] = [], environment: [String: String] = [:],
        printsOutput: Bool = true
    ) async throws -> Verdict {
        let variables = Dictionary(
            uniqueKeysWithValues: environment.map { (Environment.Key(rawValue: $0.key)!, Optional($0.value)) })
        let result = try await Subprocess.run(
            program.contains("/") ? .path(.init(program)) : .name(program), arguments: Arguments(arguments),
            environment: .inherit.updating(variables), input: .array(input), output: .string(limit: 1 << 22),
            error: .string(limit: 1 << 20))
        let status: Int = if case .exited(let code) = result.terminationStatus { Int(code) } else { -1 }
        let verdict = Verdict(
            status: status, output: result.standardOutput, errors: result.standardError)
        evidence(program, arguments, verdict, printsOutput: printsOutput)
        return verdict
    }

    private static func evidence(_ program: String, _ arguments: [String], _ verdict: Verdict, printsOutput: Bool) {
        let words = ([program] + arguments).map { $0.split(separator: "/").last.map(String.init) ?? $0 }
        var lines = ["  $ " + words.joined(separator: " ")]
        if printsOutput {
            lines += verdict.text.split(separator: "\n").prefix(40).map { "    " + $0.prefix(200) }
        }
        print((lines + ["    → \(verdict.status)"]).joined(separator: "\n"))
    }

    /// Whether a program is on the PATH.
    static func isInstalled(_ program: String) -> Bool {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }
}

/// Where things are in the repository.
enum Repository {
    static let support = URL(filePath: #filePath).deletingLastPathComponent()
    static let root = support.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func path(_ relative: String) -> String { root.appending(path: relative).path }
    /// A program that judges, or a part of one.
    static func judge(_ name: String) -> String { support.appending(path: "Judges/\(name)").path }
}
