import Testing

@Suite("anchorite approve")
struct ApproveTests {
    /// Everything but the key is right, and the words cannot be typed: without a terminal they would be asked for in
    /// vain, so what is said first is what was found first.
    private func approve(_ desk: Desk, _ key: String, _ more: String...) async throws -> BuiltCommand.Outcome {
        try await desk.run(["approve", "ceremony.plan/plan.json", "--key", key] + more)
    }

    private func planned() async throws -> Desk {
        let desk = try await Desk()
        #expect(try await desk.run("plan", "ceremony.yaml").code == 0)
        return desk
    }

    @Test func `a key that is nobody's is refused before any words are asked for`() async throws {
        let desk = try await planned()
        for key in ["stranger", "stranger.pub"] {
            let outcome = try await approve(desk, key)
            #expect(outcome.code == 1)
            #expect(outcome.talk.contains("APPROVAL-OPERATOR: \(key) holds the key SHA256:"))
            #expect(outcome.talk.hasSuffix("nothing was signed.\n"))
        }
        let right = try await approve(desk, "you")
        #expect(right.code == 64)
        #expect(
            right.talk.hasSuffix(
                "There is no terminal to ask at. Run from a terminal, or read the plan with anchorite show, "
                    + "and approve it with --yes.\n"))
        #expect(!desk.exists("ceremony.plan/you.approval"))
        #expect(try await approve(desk, "you", "--yes").code == 0)
        #expect(desk.exists("ceremony.plan/you.approval"))
    }

    @Test func `a key with a passphrase tells whose it is without it`() async throws {
        let desk = try await planned()
        #expect(try await desk.shell("ssh-keygen -q -p -N secret -f stranger").code == 0)
        #expect(try await desk.shell("rm stranger.pub").code == 0)
        #expect(try await approve(desk, "stranger").talk.contains("APPROVAL-OPERATOR"))
    }

    @Test func `a file that is no key is refused before any words are asked for`() async throws {
        let desk = try await planned()
        for key in ["policy.yaml", "ceremony.plan/plan.json"] {
            let outcome = try await approve(desk, key)
            #expect(outcome.code == 65)
            #expect(outcome.talk.contains("anchorite: \(key) is not an SSH key that can be used."))
        }
        #expect(try await approve(desk, "nothing").code == 65)
    }

    private static let other =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHSzmlyXXgJtmLH59ne09Z+02fwAaNd+3LEimW16PYfH other"

    @Test func `the one who asked is refused by the key, not by a file that is not there`() async throws {
        let desk = try await Desk()
        let policy = String(decoding: try contents("\(desk.path)/policy.yaml"), as: UTF8.self)
        try desk.write(
            "policy.yaml",
            policy.replacing("requester-may-approve: yes", with: "requester-may-approve: no")
                .replacing("owner: 1 of 1", with: "owner: 1 of 2")
                .replacing("\ntokens:", with: "\n  other:\n    name: Other\n    roles: [owner]\n    keys: [\(Self.other)]\n\ntokens:"))
        try desk.write("ceremony.yaml", desk.ceremony("requester: you\n" + Desk.founding))
        #expect(try await desk.run("plan", "ceremony.yaml").code == 0)
        let outcome = try await approve(desk, "you", "--yes")
        #expect(outcome.code == 1)
        #expect(outcome.talk.contains("APPROVAL-OPERATOR: you is the key of You, who asked for the ceremony."))
        #expect(!outcome.talk.contains("out of the folder"))
    }

    @Test func `what ssh-keygen says is told without its control characters`() async throws {
        let desk = try await planned()
        #expect(try await desk.shell("ssh-keygen -q -p -N secret -f you").code == 0)
        let outcome = try await approve(desk, "you", "--yes")
        #expect(outcome.code == 65)
        #expect(outcome.talk.contains("ssh-keygen did not sign with you: "))
        #expect(!outcome.talk.contains("<U+") && !outcome.talk.contains("\r"))
    }
}
