import Foundation
import Testing

/// What people do before and after a ceremony: reject, witness, write down deviations.
@Suite("anchorite approve --reject, witness and deviation", .serialized)
struct RoomCommandTests {
    @Test func `a rejection is made, shown, told by status and run, and recorded`() async throws {
        let fixture = try await RoomFixture()
        let why = "the window is too long"
        let made = try await fixture.command(
            "approve", "root.plan/plan.json", "--key", "bo", "--reject", "--because", why, "--yes")
        #expect(made.output == "root.plan/bo.rejection\n")
        let shown = try await fixture.command("show", "root.plan/bo.rejection")
        #expect(shown.output.contains(why) && shown.output.contains("by Bo Lindqvist (witness)"))
        let status = try await fixture.command("status", "--plan", "root.plan/plan.json")
        #expect(status.output.contains("Bo Lindqvist: \(why)"))
        // A reason that is none is told before anything is shown or signed.
        for reason in ["", "two\nlines"] {
            let empty = try await fixture.command(
                "approve", "root.plan/plan.json", "--key", "ana", "--reject", "--because", reason, "--yes", code: 64)
            #expect(empty.talk.hasSuffix("Say in one sentence why; nothing was signed.\n") && !empty.talk.contains("Plan for"))
        }

        // Once is enough, and nobody approves and rejects.
        try await fixture.command(
            "approve", "root.plan/plan.json", "--key", "bo", "--reject", "--because", why, "--yes", code: 73)
        let both = try await fixture.command(
            "approve", "root.plan/plan.json", "--key", "ana", "--reject", "--because", why, "--yes", code: 1)
        #expect(both.talk.hasPrefix("anchorite: REJECTION: root.plan/ana.approval is an approval by Ana Kuusk"))
        try await fixture.command("approve", "root.plan/plan.json", "--key", "ana", "--reject", "--yes", code: 64)
        try await fixture.command("approve", "root.plan/plan.json", "--key", "bo", "--because", why, "--yes", code: 64)

        let terminal = try fixture.run("root.plan/plan.json", "--yes")
        try terminal.expect("rejected  by Bo Lindqvist: \(why)")
        try fixture.typePIN(terminal)
        #expect(try terminal.end() == 0)
        let rejection = try #require(try fixture.events().first { $0["event"] as? String == "rejection" })
        #expect(rejection["operator"] as? String == "bo" && rejection["because"] as? String == why)
        try await fixture.command("verify", "authority")
    }

    @Test func `who rejected the plan is not among those who could still approve it`() async throws {
        let fixture = try await RoomFixture()
        try FileManager.default.removeItem(atPath: "\(fixture.path)/root.plan/ana.approval")
        let before = try await fixture.command("status", "--plan", "root.plan/plan.json", code: 1)
        #expect(before.output.contains("1 person") && before.output.contains("Ana Kuusk"))
        #expect(before.output.contains("create-root, operation 1"))
        try await fixture.command(
            "approve", "root.plan/plan.json", "--key", "ana", "--reject", "--because", "too long", "--yes")
        let after = try await fixture.command("status", "--plan", "root.plan/plan.json", code: 1)
        #expect(after.output.contains("NOBODY"))
    }

    @Test func `a changed rejection does not hold`() async throws {
        let fixture = try await RoomFixture()
        try await fixture.command(
            "approve", "root.plan/plan.json", "--key", "bo", "--reject", "--because", "too long", "--yes")
        try fixture.write(
            "root.plan/bo.rejection",
            try fixture.read("root.plan/bo.rejection").replacing("too long", with: "too late"))
        let shown = try await fixture.command("show", "root.plan/bo.rejection", code: 1)
        #expect(shown.output.contains("REJECTION"))
        try await fixture.command("status", "--plan", "root.plan/plan.json", code: 1)
    }

    @Test func `the checkpoint is signed by us and by ssh-keygen, and the next ceremony waits for both`() async throws {
        let fixture = try await RoomFixture()
        try await hold("root.plan/plan.json", fixture)
        try fixture.write("crl.yaml", fixture.ceremony("A CRL", "  - operation: issue-crl\n    issuer: G1\n"))
        try await fixture.command("plan", "crl.yaml")
        try await fixture.command("approve", "crl.plan/plan.json", "--key", "ana", "--yes")

        // Everything that is asked before people travel says the same.
        let missing = "the checkpoint of ceremony 1 needs the signature of 1 more owner and 1 more witness"
        let due = try await fixture.command("status", "authority", code: 1)
        #expect(due.output.contains(missing.dropFirst(1)) && !due.output.contains("Nothing is due."))
        let ready = try await fixture.command("status", "authority", "--plan", "crl.plan/plan.json", code: 1)
        #expect(Self.flat(ready.output).contains("CLOSING: \(missing)"))
        #expect(ready.output.hasSuffix("It cannot be run: see what is refused above.\n"))
        let doctor = try await fixture.command("doctor", "--policy", "policy.yaml", "--authority", "authority", code: 1)
        #expect(Self.flat(doctor.output).contains("CLOSING: \(missing)"))
        #expect(doctor.output.contains("skipped  memory of desk") || !doctor.output.contains("memory of desk"))

        let early = try fixture.run("crl.plan/plan.json", "--yes")
        try early.expect("CLOSING: the checkpoint of ceremony 1 needs the signature of 1 more owner and 1 more witness.")
        #expect(try early.end() == 1)

        let signed = try await fixture.command("witness", "authority", "--key", "ana", "--yes")
        #expect(signed.output == "authority/checkpoints/0001/ana.sig\n")
        #expect(signed.talk.contains("Before the next ceremony: 1 more witness."))
        let again = try await fixture.command("witness", "authority", "--key", "ana", "--yes", code: 73)
        #expect(again.talk == "anchorite: OUTPUT-NEW: Ana Kuusk has signed the checkpoint of ceremony 1 already. Nothing more is to be done.\n"
            || again.talk.hasSuffix("Ana Kuusk has signed the checkpoint of ceremony 1 already. Nothing more is to be done.\n"))
        try await fixture.tool("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(fixture.path)/mallory")
        let stranger = try await fixture.command("witness", "authority", "--key", "mallory", "--yes", code: 1)
        #expect(stranger.talk.contains("mallory holds the key SHA256:") && !stranger.talk.contains("out of the folder"))
        let note = "\(fixture.path)/authority/checkpoints/0001.note"
        try FileManager.default.copyItem(atPath: note, toPath: "\(fixture.path)/0001.note")
        try await fixture.tool(
            "ssh-keygen", "-Y", "sign", "-q", "-n", "file", "-f", "\(fixture.path)/bo", "\(fixture.path)/0001.note")
        let other = try await fixture.command("witness", "authority", "--signature", "0001.note.sig", code: 1)
        #expect(other.talk.contains("is signed under the namespace file"))
        try FileManager.default.removeItem(atPath: "\(fixture.path)/0001.note.sig")
        try await fixture.tool(
            "ssh-keygen", "-Y", "sign", "-q", "-n", "anchorite-checkpoint", "-f", "\(fixture.path)/bo",
            "\(fixture.path)/0001.note")
        let entered = try await fixture.command("witness", "authority", "--signature", "0001.note.sig")
        #expect(entered.talk.contains("Enough persons have signed for the next ceremony."))
        // Only Ana was named as present; nobody can check more.
        #expect(entered.talk.contains("Notice: Bo Lindqvist is not on record as present at ceremony 1."))
        #expect(!signed.talk.contains("Notice:"))
        #expect(try await fixture.command("status", "authority", "--plan", "crl.plan/plan.json").output.hasSuffix("The quorum is there.\n"))
        let verified = try await fixture.command("verify", "authority")
        #expect(verified.talk.contains("Bo Lindqvist signed the last checkpoint") || verified.output.contains("Bo Lindqvist signed"))

        // OpenSSH agrees with what we made.
        let key = try fixture.read("ana.pub")
        try fixture.write("signers", "ana namespaces=\"anchorite-checkpoint\" \(key)")
        try await fixture.tool(
            "sh", "-c",
            "ssh-keygen -Y verify -f \(fixture.path)/signers -I ana -n anchorite-checkpoint "
                + "-s \(fixture.path)/authority/checkpoints/0001/ana.sig < \(note)")

        try await hold("crl.plan/plan.json", fixture)
        #expect(try fixture.events().filter { $0["event"] as? String == "witnessed" }.count == 2)
        try await fixture.command("verify", "authority")
    }

    @Test func `a deviation is written down, shown, and recorded by the next run`() async throws {
        let fixture = try await RoomFixture()
        try await fixture.command("deviation", "x", "--because", "y", "--by", "ana", code: 65)
        try await hold("root.plan/plan.json", fixture)
        let what = "bag 7 was torn"
        let made = try await fixture.command("deviation", what, "--because", "it fell", "--by", "bo")
        let file = made.output.trimmingCharacters(in: .newlines)
        #expect(file.hasPrefix("authority/deviations/"))
        #expect(try await fixture.command("show", file).output.contains(what))
        try await fixture.command("deviation", "two\nlines", "--because", "y", "--by", "ana", code: 65)
        let nobody = try await fixture.command("deviation", "x", "--because", "y", "--by", "boo", code: 65)
        #expect(nobody.talk.contains("DEVIATION: no operator is called boo; did you mean bo?"))
        // Whoever writes Ana means ana; and what is not recorded yet is taken back by deleting it.
        let other = try await fixture.command("deviation", "x", "--because", "y", "--by", "Ana")
        let slip = other.output.trimmingCharacters(in: .newlines)
        #expect(try fixture.read(slip).contains("\"by\":\"ana\""))
        try FileManager.default.removeItem(atPath: "\(fixture.path)/\(slip)")
        try await fixture.command("verify", "authority")
        let waiting = try await fixture.command("status", "authority", code: 1)
        #expect(waiting.output.contains("deviation by Bo Lindqvist: \(what)"))

        for person in ["ana", "bo"] { try await fixture.command("witness", "authority", "--key", person, "--yes") }
        try fixture.write("crl.yaml", fixture.ceremony("A CRL", "  - operation: issue-crl\n    issuer: G1\n"))
        try await fixture.command("plan", "crl.yaml")
        try await fixture.command("approve", "crl.plan/plan.json", "--key", "ana", "--yes")
        try await hold("crl.plan/plan.json", fixture)
        #expect(try fixture.events().contains { $0["text"] as? String == what && $0["by"] as? String == "bo" })
        try await fixture.command("verify", "authority")
    }

    /// Without the line ends of a table's cell.
    private static func flat(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test func `a plan that can never be run any more is approved by nobody`() async throws {
        let fixture = try await RoomFixture()
        try FileManager.default.copyItem(atPath: "\(fixture.path)/root.plan", toPath: "\(fixture.path)/copy.plan")
        try FileManager.default.removeItem(atPath: "\(fixture.path)/copy.plan/ana.approval")
        try await fixture.command("plan", "root.yaml", "--output", "second.plan")
        try await hold("root.plan/plan.json", fixture)
        let spent = try await fixture.command("approve", "copy.plan/plan.json", "--key", "ana", "--yes", code: 1)
        #expect(spent.talk.hasPrefix("anchorite: PLAN-ONCE: ceremony 1 was held already with this plan"))
        let run = try await fixture.command("status", "authority", "--plan", "root.plan/plan.json", code: 1)
        #expect(run.output.hasSuffix("It was run, and a plan is run once.\n"))
        // Another first plan is refused only where the authority is named: it may be for another directory.
        let moved = try await fixture.command(
            "approve", "second.plan/plan.json", "--key", "ana", "--yes", "--authority", "authority", code: 1)
        #expect(moved.talk.contains("PLAN-HEAD"))
        try await fixture.command("approve", "second.plan/plan.json", "--key", "ana", "--yes")

        // As it will be when its window is over.
        var old = try fixture.read("second.plan/plan.json")
        old = old.replacing(/"closes":"[^"]*"/, with: "\"closes\":\"2001-01-01T00:00:00Z\"")
        try FileManager.default.createDirectory(atPath: "\(fixture.path)/short.plan", withIntermediateDirectories: false)
        try fixture.write("short.plan/plan.json", old)
        let late = try await fixture.command(
            "approve", "short.plan/plan.json", "--key", "ana", "--yes", "--authority", "nowhere", code: 1)
        #expect(late.talk.hasPrefix("anchorite: PLAN-WINDOW: the plan's window closed at "))
        let closed = try await fixture.command(
            "status", "--plan", "second.plan/plan.json", "--at", "2090-01-01T00:00:00Z", code: 1)
        #expect(closed.output.hasSuffix("Too late: its window is over. Plan again, and have it approved again.\n"))
    }

    @Test func `after a change of policy the script names the one in force`() async throws {
        let fixture = try await RoomFixture()
        try fixture.write(
            "policy.yaml",
            try fixture.read("policy.yaml").replacing("quorums:\n", with: "quorums:\n  change-policy: {owner: 1 of 1}\n"))
        try await fixture.command("plan", "root.yaml", "--output", "first.plan")
        try await fixture.command("approve", "first.plan/plan.json", "--key", "ana", "--yes")
        try await hold("first.plan/plan.json", fixture)
        try fixture.write("next.yaml", try fixture.read("policy.yaml").replacing("window: 1d", with: "window: 2d"))
        try fixture.write("change.yaml", fixture.ceremony("Longer", "  - operation: change-policy\n    policy: next.yaml\n"))
        try await prepare("change", fixture)
        try await fixture.command("script", "change.plan/plan.json", "--authority", "authority")
        let before = try fixture.read("change.plan/script.html")
        #expect(before.contains("--policy authority/policies/0001.yaml") && !before.contains("0002.yaml --site"))
        try await hold("change.plan/plan.json", fixture)
        try fixture.write(
            "crl.yaml",
            fixture.ceremony("A CRL", "  - operation: issue-crl\n    issuer: G1\n").replacing("policy.yaml", with: "next.yaml"))
        try await prepare("crl", fixture)
        try await fixture.command("script", "crl.plan/plan.json", "--authority", "authority")
        let after = try fixture.read("crl.plan/script.html")
        #expect(after.contains("--policy authority/policies/0002.yaml") && !after.contains("policies/0001.yaml"))
        // What it has people type holds.
        try await fixture.command("doctor", "--policy", "authority/policies/0002.yaml", "--authority", "authority")
        try await fixture.command(
            "doctor", "--policy", "authority/policies/0001.yaml", "--authority", "authority", code: 1)
    }

    @Test func `a time before the certificate began is asked about`() async throws {
        let fixture = try await RoomFixture()
        try await hold("root.plan/plan.json", fixture)
        try fixture.write(
            "revoke.yaml",
            fixture.ceremony(
                "Revoke", "  - {operation: revoke, scope: {product: lamp}, reason: keyCompromise, since: 2020-01-01T00:00:00Z}\n"
                    + "  - {operation: issue-crl, issuer: G1}\n"))
        try fixture.write(
            "lamp.yaml",
            fixture.ceremony(
                "A lamp", "  - {operation: issue-intermediate, profile: product, issuer: G1, scope: {product: lamp}, generate: {token: desk}}\n"))
        try await prepare("lamp", fixture)
        try await hold("lamp.plan/plan.json", fixture)
        for person in ["ana", "bo"] { try await fixture.command("witness", "authority", "--key", person, "--yes") }
        let planned = try await fixture.command("plan", "revoke.yaml")
        #expect(planned.talk.contains("and it began only on") && planned.talk.contains("If the year is wrong"))
        let shown = try await fixture.command("show", "revoke.plan/plan.json", "--authority", "authority")
        #expect(Self.flat(shown.output).contains("that is before the certificate began, on"))
        #expect(planned.talk.contains(": 2 operations are planned"))
    }

    /// Has the last checkpoint signed, and a ceremony planned and approved.
    private func prepare(_ name: String, _ fixture: RoomFixture) async throws {
        for person in ["ana", "bo"] { try await fixture.command("witness", "authority", "--key", person, "--yes") }
        try await fixture.command("plan", "\(name).yaml")
        try await fixture.command("approve", "\(name).plan/plan.json", "--key", "ana", "--yes")
    }

    @Test func `a second approval by one person is counted once, and said`() async throws {
        let fixture = try await RoomFixture()
        try FileManager.default.copyItem(
            atPath: "\(fixture.path)/root.plan/ana.approval", toPath: "\(fixture.path)/root.plan/ana2.approval")
        let status = try await fixture.command("status", "--plan", "root.plan/plan.json")
        #expect(status.output.contains("ana2.approval: a second approval by Ana Kuusk"))
        let terminal = try fixture.run()
        try terminal.expect("once      ana2.approval: a second approval by Ana Kuusk, counted once")
        terminal.type("\u{03}")
        _ = try terminal.end()
        // Who fills no seat is told so before anybody types words.
        let bo = try await fixture.command("approve", "root.plan/plan.json", "--key", "bo", "--yes")
        #expect(bo.talk.contains("Notice: no operation of this plan has a seat for Bo Lindqvist (witness)."))
    }

    private func hold(_ plan: String, _ fixture: RoomFixture) async throws {
        let terminal = try fixture.run(plan, "--yes", "--participant", "ana")
        try fixture.typePIN(terminal)
        try terminal.expect("closed    ceremony")
        #expect(try terminal.end() == 0)
    }
}
