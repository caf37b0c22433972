import Foundation
import Groundwork
import Testing

/// The walk of the README in a folder of its own: the smallest policy, one operator with an SSH key, a SoftHSM token.
final class Desk {
    let scratch: ReadScratch
    var path: String { scratch.path }

    static let founding = """
        operations:
          - {operation: create-root, name: G1, profile: root, token: desk}
          - {operation: issue-intermediate, profile: product, issuer: G1, scope: {product: lamp}, generate: {token: desk}}
          - {operation: publish-bundle}

        """

    init() async throws {
        scratch = try ReadScratch()
        for name in ["you", "stranger"] {
            let made = try await shell("ssh-keygen -q -t ed25519 -N '' -C \(name)@desk -f \(name)")
            try #require(made.code == 0, "\(made.talk)")
        }
        let policy = String(decoding: try contents(Repository.path("Policies/minimal.yaml")), as: UTF8.self)
        let key = String(decoding: try contents("\(path)/you.pub"), as: UTF8.self).trimmingCharacters(in: .newlines)
        let line = try #require(policy.split(separator: "\n").first { $0.contains("- ssh-ed25519") })
        try write("policy.yaml", policy.replacingOccurrences(of: line, with: "      - \(key)"))
        try write("ceremony.yaml", ceremony(Self.founding))
    }

    func ceremony(_ operations: String, policy: String = "policy.yaml") -> String {
        """
        anchorite: ceremony/1
        title: A test
        authority: example
        environment: development
        policy: \(policy)
        \(operations)
        """
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try scratch.write(name, Array(text.utf8)) }

    /// Runs the command in the folder, without a terminal.
    func run(_ arguments: String...) async throws -> BuiltCommand.Outcome { try await run(arguments) }

    func run(_ arguments: [String]) async throws -> BuiltCommand.Outcome {
        try await shell("\(Self.quoted(BuiltCommand.path)) \(arguments.map(Self.quoted).joined(separator: " "))")
    }

    /// Runs a script in the folder, in a session of its own, so that it has no terminal.
    func shell(_ script: String) async throws -> BuiltCommand.Outcome {
        try await BuiltCommand.run(
            program: "/usr/bin/setsid", ["--wait", "bash", "-c", "cd \(Self.quoted(path)) && \(script)"],
            environment: ["SOFTHSM2_CONF": "\(path)/softhsm2.conf"])
    }

    /// Makes the token, and a site file for it.
    func makeToken(_ label: String = "anchorite-desk") async throws {
        try FileManager.default.createDirectory(atPath: "\(path)/tokens", withIntermediateDirectories: true)
        try write("softhsm2.conf", "directories.tokendir = \(path)/tokens\nlog.level = ERROR\n")
        try write("pin", "123456\n")
        try write("site.yaml", "anchorite: site/1\ntokens:\n  desk:\n    module: softhsm2\n")
        let made = try await shell(
            "chmod 600 pin && softhsm2-util --init-token --free --label \(label) --so-pin 12345678 --pin 123456")
        try #require(made.code == 0, "\(made.talk)")
    }

    /// Runs a plan with the PIN from a file.
    func hold(_ plan: String) async throws -> BuiltCommand.Outcome {
        try await shell("\(Self.quoted(BuiltCommand.path)) run \(plan) --site site.yaml --pin-fd 3 3< pin")
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(path)/\(name)") }

    private static func quoted(_ text: String) -> String {
        "'\(text.replacingOccurrences(of: "'", with: "'\\''"))'"
    }
}
