import Foundation
import Testing

/// A Python of our own with pycose, cbor2 and zcbor, made once in the user's cache folder.
///
/// pycose 1.1.0 does not work with cbor2 6.
enum PythonEnvironment {
    static let notice: Comment = "pycose is not to be had here (python3 -m venv; pip install pycose 'cbor2<6')"
    static let isAvailable = interpreter != nil

    static let interpreter: String? = {
        let files = FileManager.default
        guard let caches = files.urls(for: .cachesDirectory, in: .userDomainMask).first else { return nil }
        let folder = caches.appending(path: "anchorite-tests/pycose-1.1-zcbor-0.9")
        let python = folder.appending(path: "bin/python3").path
        let isReady = { (try? run(python, ["-c", "import pycose, cbor2, cryptography, zcbor"]))?.status == 0 }
        if isReady() { return python }

        // The installation takes a while and may be cut short; what is at `folder` is finished or replaced.
        try? files.createDirectory(at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? files.removeItem(at: folder)
        let made = (try? run("/usr/bin/env", ["python3", "-m", "venv", folder.path]))?.status == 0
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pycose==1.1.0", "cbor2<6", "zcbor==0.9.1"]
        guard made, (try? run(python, pip))?.status == 0, isReady() else { return nil }
        return python
    }()

    struct Outcome {
        let status: Int32
        let output: String
    }

    /// Runs a script with the text on its standard input.
    static func run(script: String, input: String) throws -> Outcome {
        try run(try #require(interpreter), ["-c", script], input: input)
    }

    private static func run(_ program: String, _ arguments: [String], input: String = "") throws -> Outcome {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stdout
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }
}
