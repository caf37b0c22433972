import Foundation
import Subprocess
import Testing

/// OpenSSL's command, as the judge of what PKIX makes and as the maker of what PKIX reads.
enum OpenSSL {
    struct Outcome {
        let isSuccess: Bool
        /// Standard output and standard error.
        let text: String
    }

    static func run(_ arguments: [String], input: [UInt8] = []) async throws -> Outcome {
        let result = try await Subprocess.run(
            .name("openssl"), arguments: Arguments(arguments), input: .array(input),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return Outcome(
            isSuccess: result.terminationStatus.isSuccess,
            text: result.standardOutput + result.standardError)
    }

    /// Runs the command with files in a folder that is removed afterwards; `$name` in an argument becomes the path.
    static func run(_ arguments: [String], files: [String: [UInt8]]) async throws -> Outcome {
        let folder = try TemporaryFolder()
        var paths = arguments
        for (name, bytes) in files {
            try folder.write(bytes, name)
            paths = paths.map { $0.replacingOccurrences(of: "$" + name, with: folder.path(name)) }
        }
        return try await run(paths)
    }

    /// A new private key as PEM, such as `["EC", "ec_paramgen_curve:P-521"]`.
    static func privateKey(_ algorithm: String, _ options: [String] = []) async throws -> String {
        let outcome = try await run(["genpkey", "-algorithm", algorithm] + options.flatMap { ["-pkeyopt", $0] })
        let start = try #require(outcome.text.range(of: "-----BEGIN"), "\(outcome.text)")
        let end = try #require(outcome.text.range(of: "-----END PRIVATE KEY-----"))
        return String(outcome.text[start.lowerBound..<end.upperBound]) + "\n"
    }

    /// The SubjectPublicKeyInfo of a private key.
    static func publicKey(of privateKey: String) async throws -> [UInt8] {
        let folder = try TemporaryFolder()
        try folder.write(Array(privateKey.utf8), "key.pem")
        let outcome = try await run([
            "pkey", "-in", folder.path("key.pem"), "-pubout", "-outform", "DER", "-out", folder.path("key.der"),
        ])
        try #require(outcome.isSuccess, "\(outcome.text)")
        return try folder.read("key.der")
    }
}

/// A folder of its own for one test.
final class TemporaryFolder {
    private let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "pkix-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }
    func write(_ bytes: [UInt8], _ name: String) throws { try Data(bytes).write(to: url.appending(path: name)) }
    func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url.appending(path: name))) }
}
