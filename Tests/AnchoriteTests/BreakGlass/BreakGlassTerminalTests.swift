import Foundation
import Testing

/// Packages from the vault to the responder's terminal.
@Suite struct BreakGlassTerminalTests {
    @Test(.timeLimit(.minutes(60)))
    func `a package is sealed at one terminal and opened at another, and no word of its shares is in any file`() async throws {
        let room = try await CustodyFixture()
        let policy = try String(contentsOfFile: "\(room.path)/policy.yaml", encoding: .utf8)
            .replacing("quorums:\n", with: "quorums:\n  prepare-break-glass: {owner: 1 of 1}\n")
            .replacing("\nledger:\n", with: "\nbreak-glass:\n  responders: {officer: 2 of 3, witness: 1 of 2}\n  valid: 60d\n\nledger:\n")
            .replacing("unlock: [shares]\n    custody: {officer: 2 of 3, witness: 1 of 2}", with: "unlock: [prompt]")
        try room.write("policy.yaml", policy)
        let ready = policy.contains("break-glass:\n  responders")
        try #require(ready)
        let made = try await BuiltCommand.run(
            program: "/usr/bin/softhsm2-util",
            ["--init-token", "--free", "--label", "anchorite-desk", "--so-pin", "12345678", "--pin", "123456"],
            environment: room.environment)
        try #require(made.code == 0, Comment(rawValue: made.talk))
        try room.write(
            "first.yaml",
            room.ceremony(
                "Root and packages",
                """
                  - operation: create-root
                    name: G1
                    profile: root
                    token: desk
                  - operation: issue-intermediate
                    profile: product
                    issuer: G1
                    scope: {product: kettle}
                    generate: {token: desk}
                  - operation: publish-bundle
                  - operation: prepare-break-glass
                    root: G1

                """))
        try await room.plan("first")
        let shown = try await room.command("show", "first.plan/plan.json")
        #expect(shown.output.contains("Break-glass package G1-2: signed now, sealed, and perhaps never opened"))
        try await room.command("script", "first.plan/plan.json")

        let run = try room.run("first")
        try run.expect("PIN of the token")
        run.enter("123456")
        for person in CustodyFixture.persons { try room.receive(run, person, of: "package G1-2", words: 33) }
        try run.expect("sealed    package G1-2, which revokes product-kettle, for ana, bo, cy, dot and eve")
        #expect(try run.end() == 0)
        try await room.command("verify", "authority")

        let list = try await room.command("break-glass", "list")
        #expect(list.output.contains("product-kettle (product kettle)"))
        #expect(list.output.contains("2 of officer: ana, bo or cy"))
        let json = try await room.command("break-glass", "list", "--json")
        #expect(json.output.contains("\"can-be-opened\": true") || json.output.contains("\"can-be-opened\":true"))

        // Another phrase opens nothing.
        let hesitant = try room.terminal("break-glass", "open", "G1-2")
        try hesitant.expect("To go on, type in full: revoke product-kettle")
        hesitant.enter("revoke kettle")
        #expect(try hesitant.end() == 64)

        let open = try room.terminal("break-glass", "open", "G1-2")
        try open.expect("To go on, type in full: revoke product-kettle")
        open.enter("revoke product-kettle")
        try open.expect("The package G1-2 opens with shares")
        try open.expect("comes to the terminal.")
        try room.type(try #require(room.paper["package G1-2 dot"]), open)
        // Somebody goes on with the next share where a name is asked for.
        try open.expect("Who of them are you?")
        open.enter("academic acid acrobat romp")
        try open.expect("That is none of them. If it was words of a share")
        try open.expect("Who of them are you?")
        open.enter("dott")
        try open.expect("\"dott\" is none of them.")
        try open.expect("Who of them are you?")
        open.enter("dot")
        try open.expect("is right.")
        try room.bring(open, of: "package G1-2", "ana", "cy")
        try open.expect("The package G1-2 is open.")
        #expect(try open.end() == 0)
        #expect(room.exists("authority/crls/G1-000002.crl") && room.exists("authority/bundles/000002/bundle.cose"))
        let opening = try await room.command("show", "authority/break-glass/G1-2.opened")
        #expect(opening.output.contains("Opening of the break-glass package G1-2") && opening.output.contains("ana"))
        #expect(opening.output.contains("count them as published"))
        let verified = try await room.command("verify", "authority")
        #expect((verified.output + verified.talk).contains("The package G1-2 was opened at"))
        let after = try await room.command("break-glass", "list", code: 1)
        #expect(after.output.contains("None of 1 package can be opened any more."))
        #expect(after.output.contains("  opened        20") && after.output.contains("  by            ana\n"), "\(after.output)")
        let status = try await room.command("status", "authority", code: 1)
        #expect(status.output.contains("by ana, cy and dot, and the ledger does not know of"))

        // The next ceremony enters it.
        try room.write("next.yaml", room.ceremony("After it", "  - operation: issue-crl\n    issuer: G1\n  - operation: publish-bundle\n"))
        try await room.plan("next")
        let next = try room.run("next")
        try next.expect("PIN of the token")
        next.enter("123456")
        #expect(try next.end() == 0)
        #expect(try room.events("break-glass-opened").count == 1)
        try await room.command("verify", "authority")
        try await room.command("report", "authority", "--ceremony", "1", "--output", "report.html")

        let text = try room.allText()
        for (_, words) in room.paper { #expect(!text.contains(words.prefix(5).joined(separator: " "))) }
    }
}
