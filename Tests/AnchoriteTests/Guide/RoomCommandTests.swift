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

        // Once is enough, and nobody approves and rejects.
        try await fixture.command(
            "approve", "root.plan/plan.json", "--key", "bo", "--reject", "--because", why, "--yes", code: 73)
        let both = try await fixture.command(
            "approve", "root.plan/plan.json", "--key", "ana", "--reject", "--because", why, "--yes", code: 1)
        #expect(both.talk.contains("REJECTION: root.plan/ana.approval is an approval by Ana Kuusk"))
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

        let early = try fixture.run("crl.plan/plan.json", "--yes")
        try early.expect("CLOSING: the checkpoint of ceremony 1 needs the signature of 1 more owner and 1 more witness.")
        #expect(try early.end() == 1)

        let signed = try await fixture.command("witness", "authority", "--key", "ana", "--yes")
        #expect(signed.output == "authority/checkpoints/0001/ana.sig\n")
        #expect(signed.talk.contains("Before the next ceremony: 1 more witness."))
        try await fixture.command("witness", "authority", "--key", "ana", "--yes", code: 73)
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
        try await fixture.command("verify", "authority")

        for person in ["ana", "bo"] { try await fixture.command("witness", "authority", "--key", person, "--yes") }
        try fixture.write("crl.yaml", fixture.ceremony("A CRL", "  - operation: issue-crl\n    issuer: G1\n"))
        try await fixture.command("plan", "crl.yaml")
        try await fixture.command("approve", "crl.plan/plan.json", "--key", "ana", "--yes")
        try await hold("crl.plan/plan.json", fixture)
        #expect(try fixture.events().contains { $0["text"] as? String == what && $0["by"] as? String == "bo" })
        try await fixture.command("verify", "authority")
    }

    private func hold(_ plan: String, _ fixture: RoomFixture) async throws {
        let terminal = try fixture.run(plan, "--yes")
        try fixture.typePIN(terminal)
        try terminal.expect("closed    ceremony")
        #expect(try terminal.end() == 0)
    }
}
