import Foundation

/// Other programs, and our own as it was built beside the tests.
enum Program {
    struct Outcome: Sendable {
        /// The exit status, or the signal's number when `isKilled`.
        var status: Int32
        var isKilled: Bool
        var output: String
        var errors: String
    }

    /// The command, in the folder of the products that these tests were built with.
    static let path: String = {
        // The test program is a product itself, or the bundle that holds it is.
        var folder = URL(fileURLWithPath: CommandLine.arguments.first ?? "").deletingLastPathComponent()
        if let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
            folder = URL(fileURLWithPath: link).deletingLastPathComponent()
        }
        let here = folder.appendingPathComponent("anchorite").path
        if FileManager.default.isExecutableFile(atPath: here) { return here }
        return Bundle.main.bundleURL.appendingPathComponent("anchorite").path
    }()

    static var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// Runs a program to its end.
    static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:], in folder: String? = nil
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        // Files rather than pipes: nothing has to be read while the program runs.
        let outputs = try TemporaryFolder.inMemory
        let names = ["output", "errors"].map { "\(outputs.path)/\($0)" }
        let handles = try names.map { name in
            _ = FileManager.default.createFile(atPath: name, contents: nil)
            return try FileHandle(forWritingTo: URL(fileURLWithPath: name))
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handles[0]
        process.standardError = handles[1]
        try process.run()
        process.waitUntilExit()
        for handle in handles { try handle.close() }
        return Outcome(
            status: process.terminationStatus, isKilled: process.terminationReason == .uncaughtSignal,
            output: String(decoding: try Files.read(names[0]), as: UTF8.self),
            errors: String(decoding: try Files.read(names[1]), as: UTF8.self))
    }
}
