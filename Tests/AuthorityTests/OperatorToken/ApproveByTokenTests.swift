import Authority
import Foundation
import PKCS11
import Testing

/// `anchorite approve` and `anchorite inspect` with a key on a token.
@Suite(.enabled(if: Program.isBuilt, "the command is not built beside the tests"))
struct ApproveByTokenTests {
    private let bench: OperatorBench
    private let folder: TemporaryFolder

    init() throws {
        bench = try OperatorBench(.ecP256)
        folder = try TemporaryFolder()
    }

    /// Runs the command with the PIN in a file that is open as descriptor 3.
    private func run(_ arguments: [String], pin: String? = nil) throws -> Program.Outcome {
        try Files.write(Array("\(pin ?? bench.token.pin)\n".utf8), to: "\(folder.path)/pin")
        return try Program.run(
            "/bin/sh", ["-c", "chmod 600 pin && exec \"$0\" \"$@\" 3< pin", Program.path] + arguments,
            environment: ["SOFTHSM2_CONF": bench.folder.configurationPath], in: folder.path)
    }

    private func writePlan(by line: String) throws -> Plan {
        let policy = try TestPolicy.text(try TestPolicy.key("ana").publicKey.authorizedKeysLine, line)
        let plan = try PaperAuthority(policy).plan(Operations.root)
        try Files.write(plan.canonicalBytes, to: "\(folder.path)/plan.json")
        return plan
    }

    @Test func `the line that inspect prints goes into the policy, and approve signs as its operator`() throws {
        let inspected = try run(["inspect", bench.uri(), "--pin-fd", "3"])
        #expect(inspected.status == 0, "\(inspected.errors)")
        let line = inspected.output.trimmingCharacters(in: .newlines)
        #expect(try line == bench.open().authorizedKeysLine)
        #expect(inspected.errors.contains(bench.token.token.serial))

        let plan = try writePlan(by: line)
        let approved = try run(["approve", "plan.json", "--yes", "--key", bench.uri(), "--pin-fd", "3"])
        #expect(approved.status == 0, "\(approved.errors)")
        let approval = try Approval(path: "ana.approval", bytes: try Files.read("\(folder.path)/ana.approval"))
        #expect(
            try approval.approver(
                of: plan.canonicalBytes, requestedBy: "dee", under: plan.establishedPolicy(), at: plan.created
            ).operator == "ana")
    }

    @Test func `as JSON, inspect tells the same`() throws {
        let outcome = try run(["inspect", bench.uri(), "--pin-fd", "3", "--json"])
        let line = try bench.open().authorizedKeysLine
        #expect(outcome.status == 0 && outcome.output.contains(line))
        #expect(outcome.output.contains("\"source\": \"public-key-object\""), "\(outcome.output)")
    }

    @Test func `on failure no approval exists`() throws {
        _ = try writePlan(by: try bench.open().authorizedKeysLine)
        let uri = bench.uri()
        let cases: [([String], pin: String?, status: Int32, core: String)] = [
            (["--key", uri, "--pin-fd", "3"], "wrong-pin", 69, "CKR_PIN_INCORRECT"),
            (["--key", uri], nil, 64, "terminal"),
            (["--key", uri.replacing("id=%01", with: "id=%02"), "--pin-fd", "3"], nil, 69, "no private key"),
            (["--key", "pkcs11:token=\(bench.token.label);id=%01"], nil, 65, "module-path"),
            (["--key", "pkcs11:token=none;id=%01", "--module", bench.folder.libraryPath], nil, 69, "\"none\""),
            (["--key", "pin", "--pin-fd", "3"], nil, 64, "--pin-fd"),
            (["--key", "absent"], nil, 65, "absent"),
        ]
        for (arguments, pin, status, core) in cases {
            let outcome = try run(["approve", "plan.json", "--yes"] + arguments, pin: pin)
            #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
            #expect(outcome.errors.contains(core), "\(outcome.errors)")
            #expect(try Files.list(folder.path) == ["pin", "plan.json"])
        }
    }

    @Test func `a key that is nobody's approves nothing`() throws {
        _ = try writePlan(by: try TestPolicy.key("ana").publicKey.authorizedKeysLine)
        let outcome = try run(["approve", "plan.json", "--yes", "--key", bench.uri(), "--pin-fd", "3"])
        #expect(outcome.status == 1 && outcome.errors.contains("APPROVAL-OPERATOR"), "\(outcome.errors)")
        #expect(try Files.list(folder.path) == ["pin", "plan.json"])
    }
}
