import Foundation
import Testing

/// What the command says when something is wrong, and that it does not when nothing is: a whole life at a desk.
@Suite("the desk")
struct DeskTests {
    @Test func `a whole life at the desk, told step by step`() async throws {
        let desk = try await Desk()
        try await desk.makeToken()
        let planned = try await desk.run("plan", "ceremony.yaml")
        #expect(planned.code == 0, "\(planned.talk)")
        #expect(planned.output == "ceremony.plan/plan.json\n")
        #expect(!planned.talk.contains("Notice:"))
        let approved = try await desk.run("approve", "ceremony.plan/plan.json", "--key", "you", "--yes")
        #expect(approved.code == 0, "\(approved.talk)")
        let held = try await desk.hold("ceremony.plan/plan.json")
        #expect(held.code == 0, "\(held.talk)")
        // The fingerprint is written down; what checks against it is not ready to be copied.
        let root = try #require(held.talk.firstMatch(of: #/the fingerprint of G1: ([0-9a-f]{64})\n/#)).1
        #expect(held.talk.contains("Next: anchorite verify authority --root FINGERPRINT\n"))
        #expect(SHA256Digest.hex(try contents("\(desk.path)/authority/certificates/G1.cer")) == root)
        #expect(try await desk.run("verify", "authority", "--root", String(root)).code == 0)

        // A later ceremony that revokes and publishes no bundle is planned, with a notice.
        try desk.write(
            "revoke.yaml",
            desk.ceremony(
                """
                operations:
                  - {operation: revoke, scope: {product: lamp}, reason: superseded}
                  - {operation: issue-crl, issuer: G1}

                """))
        let revoked = try await desk.run("plan", "revoke.yaml")
        #expect(revoked.code == 0, "\(revoked.talk)")
        #expect(revoked.talk.contains("Notice: the ceremony revokes, and publishes no bundle."))
        try desk.write(
            "both.yaml",
            desk.ceremony(
                """
                operations:
                  - {operation: revoke, scope: {product: lamp}, reason: superseded}
                  - {operation: issue-crl, issuer: G1}
                  - {operation: publish-bundle}

                """))
        let both = try await desk.run("plan", "both.yaml")
        #expect(both.code == 0)
        #expect(!both.talk.contains("Notice:"))

        // What a policy refuses ends with 1, and says where.
        try desk.write(
            "unknown.yaml",
            desk.ceremony("operations:\n  - {operation: revoke, scope: {product: lump}, reason: superseded}\n"))
        let unknown = try await desk.run("plan", "unknown.yaml")
        #expect(unknown.code == 1)
        #expect(
            unknown.talk
                == "anchorite: REVOCATION-TARGET: unknown.yaml:7:5: operations[0]: "
                + "there is no certificate for product lump. Live are product lamp.\n")

        // A later ceremony relies on the policy that it names.
        try desk.write("gone.yaml", desk.ceremony("operations:\n  - {operation: publish-bundle}\n", policy: "no.yaml"))
        let gone = try await desk.run("plan", "gone.yaml")
        #expect(gone.code == 65)
        #expect(gone.talk.contains("gone.yaml:5:9: policy: ./no.yaml: cannot be opened"))
        #expect(gone.talk.contains("the policy in force is authority/policies/0001.yaml."))
        try desk.write("other.yaml", try String(contentsOfFile: "\(desk.path)/policy.yaml", encoding: .utf8) + "# x\n")
        try desk.write("changed.yaml", desk.ceremony("operations:\n  - {operation: publish-bundle}\n", policy: "other.yaml"))
        let changed = try await desk.run("plan", "changed.yaml")
        #expect(changed.code == 1)
        #expect(changed.talk.contains("PLAN-POLICY: changed.yaml:5:9: policy: ./other.yaml is not the policy in force"))
        #expect(
            try await desk.run("plan", "both.yaml", "--output", "again").talk.contains("Next: anchorite show again"))

        // In another folder, the plan that goes on is not begun anew.
        let elsewhere = try await desk.shell(
            "mkdir elsewhere && cd elsewhere && '\(BuiltCommand.path)' run ../both.plan/plan.json --site ../site.yaml")
        #expect(elsewhere.code == 65)
        #expect(elsewhere.talk.contains("There is no authority in \(desk.path)/elsewhere/authority: it holds no ledger"))
        #expect(elsewhere.talk.contains("--authority DIR."))
        #expect(!desk.exists("elsewhere/authority"))
    }

    @Test func `a later ceremony without its authority is refused, and so is status`() async throws {
        let desk = try await Desk()
        try desk.write("later.yaml", desk.ceremony("operations:\n  - {operation: publish-bundle}\n"))
        let plan = try await desk.run("plan", "later.yaml")
        #expect(plan.code == 65)
        #expect(
            plan.talk
                == "anchorite: There is no authority in \(desk.path)/authority: it holds no ledger.jsonl. "
                + "Name its directory with --authority DIR; only a ceremony with create-root begins one.\n")
        for command in ["status", "verify"] {
            let outcome = try await desk.run(command, "nowhere")
            #expect(outcome.code == 65)
            #expect(outcome.talk.contains("There is no authority in \(desk.path)/nowhere"))
            #expect(outcome.talk.contains("as in anchorite \(command) DIR."))
        }
    }

    @Test func `what exists is not overwritten, and the option for another place is named`() async throws {
        let desk = try await Desk()
        #expect(try await desk.run("plan", "ceremony.yaml").code == 0)
        let again = try await desk.run("plan", "ceremony.yaml")
        #expect(again.code == 73)
        #expect(
            again.talk
                == "anchorite: OUTPUT-NEW: ceremony.plan/plan.json exists already, and nothing is overwritten. "
                + "Name another place with --output, or move it away.\n")
        #expect(try await desk.run("plan", "ceremony.yaml", "--output", "second").code == 0)
        #expect(try await desk.run("approve", "second/plan.json", "--key", "you", "--yes").code == 0)
        let twice = try await desk.run("approve", "second/plan.json", "--key", "you", "--yes")
        #expect(twice.code == 73)
        #expect(twice.talk.contains("second/you.approval exists already"))
        #expect(twice.talk.contains("--output"))
        let rehearsal = try await desk.run(
            "rehearse", Repository.path("Ceremonies/first-year.yaml"), "--folder", "second")
        #expect(rehearsal.code == 73)
        #expect(rehearsal.talk.contains("--folder"))
    }

    @Test func `a folder in place of the plan is refused, and the plan in it is named`() async throws {
        let desk = try await Desk()
        #expect(try await desk.run("plan", "ceremony.yaml").code == 0)
        for command in [["show"], ["approve", "--yes", "--key", "you"], ["status", "--plan"]] {
            let outcome = try await desk.run(command + ["ceremony.plan"])
            #expect(outcome.code == 65, "\(outcome.talk)")
            #expect(outcome.talk.hasSuffix("Did you mean ceremony.plan/plan.json?\n"), "\(outcome.talk)")
        }
        try FileManager.default.createDirectory(atPath: "\(desk.path)/empty", withIntermediateDirectories: false)
        let empty = try await desk.run("show", "empty")
        #expect(empty.code == 65)
        #expect(empty.talk.hasSuffix("Name a regular file.\n"))
        #expect(try await desk.run("show", "ceremony.plan/plan.json").code == 0)
    }

    @Test func `a plan that was edited is named, with where to get it from`() async throws {
        let desk = try await Desk()
        #expect(try await desk.run("plan", "ceremony.yaml").code == 0)
        let text = String(decoding: try contents("\(desk.path)/ceremony.plan/plan.json"), as: UTF8.self)
        try desk.write("spaced.json", text.replacing(":", with: ": ", maxReplacements: 1))
        try desk.write("changed.json", text.replacing("certificates/G1.cer", with: "certificates/G9.cer"))
        for (file, control, code) in [("spaced.json", "PLAN-FORM", 65), ("changed.json", "PLAN-DERIVED", 1)] {
            let approve = try await desk.run("approve", file, "--key", "you", "--yes")
            #expect(approve.code == code)
            #expect(approve.talk.contains("anchorite: \(control): \(file): "))
            #expect(approve.talk.contains("Fetch the file as anchorite plan wrote it, or plan again"))
        }
        #expect(try await desk.run("show", "spaced.json").talk.contains("spaced.json"))
    }

    @Test func `where no PIN can come from is said, with the ways that there are`() async throws {
        let desk = try await Desk()
        try await desk.makeToken()
        #expect(try await desk.run("plan", "ceremony.yaml").code == 0)
        #expect(try await desk.run("approve", "ceremony.plan/plan.json", "--key", "you", "--yes").code == 0)
        let plan = ["run", "ceremony.plan/plan.json", "--site", "site.yaml"]
        let terminal = try await desk.run(plan)
        #expect(terminal.code == 64)
        #expect(terminal.talk.contains("There is no terminal to ask at. Run from a terminal, or give the PIN with --pin-fd 3"))
        let input = try await desk.run(plan + ["--pin-fd", "0"])
        #expect(input.code == 64)
        #expect(input.talk.contains("The PIN cannot come through file descriptor 0, which is standard input. Open another"))
        let closed = try await desk.run(plan + ["--pin-fd", "9"])
        #expect(closed.code == 64)
        #expect(closed.talk.contains("File descriptor 9 is not open. Open another in the shell, as in --pin-fd 3"))
        #expect(try await desk.hold("ceremony.plan/plan.json").code == 0)
    }

    @Test func `a token that is not there is told with the labels and serials of those that are`() async throws {
        let desk = try await Desk()
        try await desk.makeToken("another")
        #expect(try await desk.run("plan", "ceremony.yaml").code == 0)
        #expect(try await desk.run("approve", "ceremony.plan/plan.json", "--key", "you", "--yes").code == 0)
        let run = try await desk.hold("ceremony.plan/plan.json")
        #expect(run.code == 69)
        #expect(run.talk.contains("has no token labelled \"anchorite-desk\". Present: \"another\" with the serial \""))
    }

    @Test func `a later ceremony is not rehearsed alone, and the one before it is named`() async throws {
        let desk = try await Desk()
        let (first, later) = (Repository.path("Ceremonies/first-year.yaml"), Repository.path("Ceremonies/yearly-crl.yaml"))
        let alone = try await desk.run("rehearse", later)
        #expect(alone.code == 64)
        #expect(alone.talk.hasSuffix("anchorite rehearse \(first) \(later).\n"))
        #expect(!desk.exists("rehearsal"))
    }
}
