import Foundation

/// A Python of our own with what a judge needs, made once in the user's cache folder.
struct PythonEnvironment: Sendable {
    let interpreter: String

    /// pkilint, and pyca/cryptography, which it needs itself.
    static let pkilint = make("pkilint-0.13.3", ["pkilint==0.13.3", "cryptography==50.0.2"], modules: "pkilint, cryptography")
    /// The environment of the tests of TrustBundle. pycose 1.1.0 does not work with cbor2 6.
    static let pycose = make("pycose-1.1", ["pycose==1.1.0", "cbor2<6"], modules: "pycose, cbor2, cryptography")

    /// nil where there is no Python with venv, or no package index.
    private static func make(_ name: String, _ packages: [String], modules: String) -> PythonEnvironment? {
        let files = FileManager.default
        guard let caches = files.urls(for: .cachesDirectory, in: .userDomainMask).first else { return nil }
        let folder = caches.appending(path: "anchorite-tests/\(name)")
        let python = folder.appending(path: "bin/python3").path
        let isReady = { succeeds(python, ["-c", "import \(modules)"]) }
        if isReady() { return PythonEnvironment(interpreter: python) }

        // The installation takes a while and may be cut short; what is at `folder` is finished or replaced.
        try? files.createDirectory(at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? files.removeItem(at: folder)
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + packages
        guard succeeds("/usr/bin/env", ["python3", "-m", "venv", folder.path]), succeeds(python, pip), isReady() else {
            return nil
        }
        return PythonEnvironment(interpreter: python)
    }

    private static func succeeds(_ program: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    func ask(
        _ script: String, _ arguments: [String] = [], input: [UInt8] = [], printsOutput: Bool = true
    ) async throws -> Judge.Verdict {
        try await Judge.ask(interpreter, [script] + arguments, input: input, printsOutput: printsOutput)
    }
}
