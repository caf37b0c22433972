import Foundation
import Testing

@testable import anchorite

/// Commands whose other options are the fields of the policy's scopes know their own by name, for what is mistyped.
@Suite struct OwnOptionsTests {
    /// The long options of a command, as its parser has them.
    private func declared(_ command: String) async throws -> Set<String> {
        let outcome = try await BuiltCommand.run(command, "--experimental-dump-help")
        let arguments = try #require((outcome.json?["command"] as? [String: Any])?["arguments"] as? [[String: Any]])
        let names = arguments.flatMap { $0["names"] as? [[String: String]] ?? [] }
        // Every command has these two.
        return Set(names.filter { $0["kind"] == "long" }.compactMap { $0["name"].map { "--\($0)" } }).subtracting(["--help", "--version"])
    }

    @Test(arguments: [("revoke", RevokeCommand.options), ("handover", HandoverCommand.options)])
    func `a command knows all of its own options, and no others`(command: String, options: [String]) async throws {
        let declared = try await declared(command)
        #expect(declared.contains("--authority"))
        #expect(Set(options) == declared)
        #expect(Set(options).count == options.count)
    }
}
