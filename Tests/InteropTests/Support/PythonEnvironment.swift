import Foundation
import Testing

/// A Python of our own with what a judge needs, made once in the user's cache folder.
struct PythonEnvironment: Sendable {
    let interpreter: String

    static let notice: Comment =
        "pkilint, pycose, pyca, shamir-mnemonic and imgtool are not to be had here (python3 -m venv; pip install)"

    /// nil where there is no Python with venv, or no package index. pycose 1.1.0 does not work with cbor2 6.
    static let judges: PythonEnvironment? = {
        let packages = [
            "pkilint==0.13.3", "pycose==1.1.0", "cbor2==5.9.0", "cryptography==50.0.2", "shamir-mnemonic[cli]==0.3.0",
            "imgtool==2.5.0",
        ]
        let files = FileManager.default
        guard let caches = files.urls(for: .cachesDirectory, in: .userDomainMask).first else { return nil }
        let folder = caches.appending(path: "anchorite-tests/interop-pkilint-0.13.3-imgtool-2.5.0").path
        let environment = PythonEnvironment(interpreter: "\(folder)/bin/python3")
        if environment.isReady { return environment }

        // The installation takes a while, may be cut short, and may run in two processes at once: it becomes `folder`
        // when it is finished. The interpreter finds its packages wherever it stands.
        let unfinished = "\(folder).\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? files.removeItem(atPath: unfinished) }
        try? files.createDirectory(
            atPath: caches.appending(path: "anchorite-tests").path, withIntermediateDirectories: true)
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + packages
        guard succeeds("/usr/bin/env", ["python3", "-m", "venv", unfinished]),
            succeeds("\(unfinished)/bin/python3", pip)
        else { return nil }
        if rename(unfinished, folder) != 0, !environment.isReady {
            try? files.removeItem(atPath: folder)
            _ = rename(unfinished, folder)
        }
        return environment.isReady ? environment : nil
    }()

    private var isReady: Bool {
        Self.succeeds(
            interpreter, ["-c", "import pkilint, pycose, cbor2, cryptography, shamir_mnemonic.cli, imgtool.main"])
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
