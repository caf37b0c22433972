import Groundwork
import Testing

@testable import Authority

/// Who gains and who loses power by a change of policy.
@Suite struct PowerTests {
    private func power(_ edits: (old: String, new: String)...) throws -> [String] {
        try PolicyDifferenceTests.difference(edits).sentences(on: .power)
    }

    @Test func `fewer or more persons for an act are counted aloud`() throws {
        let root = "create-root: {security-officer: 2 of 3, witness: 1 of 2}"
        #expect(
            try power((root, "create-root: {security-officer: 2 of 3}")) == [
                "two persons can now approve create-root; it took three",
                "Bo Lindqvist (bo) loses the part in: approve create-root",
                "Leila Haddad (leila) loses the part in: approve create-root",
            ])
        #expect(
            try power((root, "create-root: {security-officer: 3 of 3, witness: 1 of 2}")) == [
                "it now takes four persons to approve create-root; it took three",
                "nobody can approve create-root without Ingrid Solberg (ingrid)",
                "nobody can approve create-root without Mateus Carvalho (mateus)",
                "nobody can approve create-root without Yuki Tanabe (yuki)",
            ])
        #expect(
            try power(("    custody: {security-officer: 2 of 3, witness: 1 of 2}", "    custody: {security-officer: 1 of 3, witness: 1 of 2}"))
                == ["two persons can now unlock the token vault; it took three"])
    }

    @Test func `an act that comes or goes is told`() throws {
        #expect(
            try power(("  publish-bundle: {security-officer: 1 of 3, incident-responder: 1 of 2}\n", "")).first
                == "no quorum of its own is there any more to approve publish-bundle")
        #expect(
            try power(("closing: {security-officer: 1 of 3, witness: 1 of 2}\n", "")).first
                == "no quorum of its own is there any more to close a ceremony")
        #expect(
            try power(("    tallinn:\n", "    penang:\n      revoke: {security-officer: 2 of 3}\n    tallinn:\n"))
                == [
                    "two persons can now approve revoke for factory penang",
                    "Ingrid Solberg (ingrid) gains a part in: approve revoke for factory penang",
                    "Mateus Carvalho (mateus) gains a part in: approve revoke for factory penang",
                    "Yuki Tanabe (yuki) gains a part in: approve revoke for factory penang",
                ])
    }

    @Test func `a role that is given to a person is a gain of power, and their leaving a loss`() throws {
        let gained = try power(
            ("name: Priya Raman\n    roles: [incident-responder]", "name: Priya Raman\n    roles: [incident-responder, tallinn-engineer]"),
            ("tallinn-engineer: 1 of 2", "tallinn-engineer: 1 of 3"))
        #expect(gained == ["Priya Raman (priya) gains a part in: approve issue-intermediate for factory tallinn"])
        let old = try PolicyDifferenceTests.production()
        let new = try ReadyFiles.policy("production-2028")
        let sentences = PolicyDifference(PolicyChange(old: old, new: new)).sentences(on: .power)
        #expect(sentences.contains("Ines Duarte (ines) gains a part in: approve issue-end-entity, approve issue-intermediate"))
        #expect(sentences.contains("Tomas Novak (tomas) loses the part in: approve issue-end-entity, approve issue-intermediate"))
    }

    @Test func `who asks for a ceremony and may approve it is a gain of power`() throws {
        #expect(
            try power(("requester-may-approve: no", "requester-may-approve: yes"))
                == ["who asks for a ceremony can now be one of those who approve it"])
    }

    @Test func `a person who holds shares in two groups makes a custody smaller`() throws {
        let custody = "    custody: {security-officer: 2 of 3, witness: 1 of 2}"
        let both = try power(
            ("name: Bo Lindqvist\n    roles: [witness]", "name: Bo Lindqvist\n    roles: [witness, auditor]"),
            (custody, "    custody: {auditor: 1 of 1, witness: 2 of 2}"))
        #expect(both.contains("two persons can now unlock the token vault; it took three"))
        #expect(both.contains("nobody can unlock the token vault without Bo Lindqvist (bo)"))
    }
}
