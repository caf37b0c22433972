import Foundation
import Testing

/// From a blank token to renewed shares, at a terminal.
@Suite struct CustodyTests {
    private static let clear = "\u{1b}[2J\u{1b}[3J\u{1b}[H"

    @Test(.timeLimit(.minutes(60)))
    func `a token whose PIN nobody knows is initialized, unlocked, checked and renewed at a terminal`() async throws {
        let room = try await CustodyFixture()
        try initialize(room)

        // A run with shares, in another order than they were handed out.
        try await room.plan("root")
        let run = try room.run("root")
        try run.expect("0 of 3 shares are here. Missing: 2 of officer (ana, bo, cy) and 1 of witness (dot, eve).")
        try room.bring(run, "eve")
        try run.expect("1 of 3 shares are here. Missing: 2 of officer (ana, bo, cy).")
        try room.bring(run, "cy", "ana")
        #expect(try run.end() == 0)
        let login = try #require(try room.events("login").first)
        #expect(login["method"] as? String == "shares")
        #expect(login["custodians"] as? [String] == ["ana", "cy", "eve"])
        // Who brought a share was there, whether anybody said so or not.
        try #require(run.screen.contains("present   Cy, who brought a share of the token desk"))
        let people = try #require(try room.events("ceremony-opened").first?["participants"] as? [[String: String]])
        #expect(people.compactMap { $0["operator"] } == ["ana", "cy", "eve"])
        let custody = try #require(try room.events("custody").first)
        #expect(login["set"] as? Int == custody["set"] as? Int)
        try await room.command("verify", "authority")

        // Whoever travels to the vault may try the shares before.
        let doctor = try room.terminal(
            "doctor", "--policy", "policy.yaml", "--site", "site.yaml", "--authority", "authority", "--login")
        try room.bring(doctor, "dot", "ana", "bo")
        try doctor.expect("It was unlocked by shares of ana, bo and dot, and is locked again.")
        #expect(try doctor.end() == 0)

        let shown = try await room.command("show", "authority/custody/desk-0001.json")
        #expect(shown.output.contains("2 of 3 officers: ana, bo or cy") && shown.output.contains("1 of 2 witnesses: dot or eve"))
        let name = try #require(room.paper["ana"]).prefix(2).joined(separator: " ")
        #expect(shown.output.contains("whose shares begin with \"\(name)\""))
        #expect(run.screen.contains("those that begin with \"\(name)\""))

        // The annual audit.
        let check = try room.terminal("custody", "check")
        try room.type(try #require(room.paper["bo"]), check)
        try check.expect("is one of those in force")
        try check.expect("officer, held by bo; 2 of this role are needed")
        #expect(try check.end() == 0)

        // New shares; the old ones are worthless.
        let old = room.paper
        try await room.plan("reshare")
        try await room.command("script", "reshare.plan/plan.json", "--authority", "authority")
        let script = String(decoding: try contents("\(room.path)/reshare.plan/script.html"), as: UTF8.self)
        #expect(script.contains("id=\"hand-out-desk\"") && script.contains("New shares of desk are handed out"))
        #expect(script.contains("their papers are destroyed") && !script.contains("holders of the cards"))
        let renewal = try room.run("reshare")
        try room.bring(renewal, "bo", "dot", "cy")
        for person in CustodyFixture.persons { try room.receive(renewal, person) }
        // The new shares are tried before the old ones are void.
        try renewal.expect("rehearsal enough custodians")
        try room.bring(renewal, "ana", "cy", "eve")
        try renewal.expect("login     the token desk, with the new shares of ana, cy and eve")
        try renewal.expect("renewed")
        #expect(try renewal.end() == 0)
        #expect(try room.events("custody").map { $0["file"] as? [String: Any] }.compactMap { $0?["path"] as? String }
            == ["custody/desk-0001.json", "custody/desk-0002.json"])
        try await room.command("verify", "authority")
        #expect(old.keys.allSatisfy { old[$0] != room.paper[$0] })
        let worthless = try room.terminal("custody", "check")
        try room.type(try #require(old["bo"]), worthless)
        try worthless.expect("that was renewed, and worthless")
        #expect(try worthless.end() == 1)

        // No word of any share, in this order, stands in any file.
        let text = try room.allText()
        for words in Array(old.values) + Array(room.paper.values) {
            #expect(!text.contains(words.prefix(5).joined(separator: " ")))
        }
    }

    private func initialize(_ room: CustodyFixture) throws {
        let terminal = try room.initialize()
        try terminal.expect("found     a blank token")
        try room.receive(terminal, "ana")
        try room.receive(terminal, "bo", abbreviating: true)
        for person in ["cy", "dot", "eve"] { try room.receive(terminal, person) }
        #expect(room.paper["dot"] == room.paper["eve"])
        try terminal.expect("confirmed all 5 shares")
        #expect(room.exists("authority/custody/desk-0001.unfinished"))
        #expect(!room.exists("authority/custody/desk-0001.json"))
        try room.bring(terminal, "ana", "dot", "bo")
        try terminal.expect("login     Ana (ana), Bo (bo) and Dot (dot): as security officer and as user")
        try terminal.expect("Should other custodians try, too?")
        terminal.enter("yes")
        try room.bring(terminal, "cy", "bo", "eve")
        try terminal.expect("Should other custodians try, too?")
        terminal.enter("no")
        try terminal.expect("finished")
        #expect(try terminal.end() == 0)
        #expect(room.exists("authority/custody/desk-0001.json"))
        #expect(!room.exists("authority/custody/desk-0001.unfinished"))
        // Each share was shown once, on a screen that was cleared before and after.
        let screens = terminal.screen.components(separatedBy: Self.clear)
        let showing = screens.filter { $0.contains("Write down all words") }
        #expect(showing.count == 5)
        // Nothing that was typed is on the screen.
        let rest = screens.filter { !$0.contains("Write down all words") }.joined()
        for words in room.paper.values { #expect(!rest.contains(words[4...5].joined(separator: " "))) }
    }

    @Test(.timeLimit(.minutes(60)))
    func `an initialization that is interrupted goes on with its shares, or begins anew`() async throws {
        let room = try await CustodyFixture()
        // While shares are handed out: the screen is cleared, and the token is still blank.
        let first = try room.initialize()
        try room.receive(first, "ana")
        try first.expect("Press Enter to see the words.")
        usleep(50_000)
        first.enter()
        try first.expect("Press Enter when they are written down")
        usleep(50_000)
        first.type("\u{03}")
        try first.expect(Self.clear)
        try first.expect("nothing on the token was changed, and the shares shown so far are void. Run the same command again")
        #expect(try first.end() == 130)
        #expect(room.exists("authority/custody/desk-0001.unfinished"))
        let doctor = try await room.command(
            "doctor", "--policy", "policy.yaml", "--site", "site.yaml", "--authority", "authority", code: 69)
        #expect(doctor.output.contains("was not finished"), Comment(rawValue: doctor.output))

        // After all were confirmed, and the token has its PINs.
        let second = try room.initialize()
        try second.expect("void      the shares that were handed out on ")
        for person in CustodyFixture.persons { try room.receive(second, person) }
        try second.expect("has its PINs")
        try second.expect("comes to the terminal.")
        usleep(100_000)
        second.type("\u{03}")
        #expect(try second.end() == 130)
        #expect(!room.exists("authority/custody/desk-0001.json"))

        // It goes on with those shares.
        let third = try room.initialize()
        try third.expect("after all shares had been handed out")
        try third.expect("[yes/no]")
        third.enter("yes")
        try room.bring(third, "ana", "bo", "dot")
        try third.expect("rehearsal")
        try room.bring(third, "ana", "cy", "eve")
        try third.expect("Should other custodians try, too?")
        third.enter("no")
        #expect(try third.end() == 0)
        #expect(room.exists("authority/custody/desk-0001.json"))

        // And a token that is done is not begun again by mistake.
        let fourth = try await room.command("token", "init", "desk", "--policy", "policy.yaml", "--site", "site.yaml", code: 1)
        #expect(fourth.talk.contains("CUSTODY: custody/desk-0001.json says that the shares of the token desk were handed out."))
    }

    @Test(.timeLimit(.minutes(60)))
    func `whoever mistypes is told what is wrong, in words, and types again`() async throws {
        let room = try await CustodyFixture()
        try initialize(room)
        try await room.plan("root")
        let run = try room.run("root")
        let ana = try #require(room.paper["ana"])
        try run.expect("comes to the terminal.")
        try run.expect(" 0 of 20")
        usleep(50_000)
        run.type("\(ana[0]) xyzz")
        try run.expect("Word 2 is none of the words of shares. Type it again.")
        usleep(500_000)
        // Enter after a word is as good as a space.
        run.type("\(ana[1])\n\(ana[2].prefix(4))\n")
        try run.expect("3 of 20")
        run.enter(ana.dropFirst(3).reversed().joined(separator: " "))
        try run.expect("The share's checksum is wrong.")
        usleep(500_000)
        try room.type(ana, run)
        try run.expect("The share of Ana (ana) is right.")
        try run.expect("comes to the terminal.")
        try room.type(ana, run)
        try run.expect("The share of ana is here already. Another one is needed.")
        try room.bring(run, "bo")
        try run.expect("comes to the terminal.")
        try room.type(try #require(room.paper["cy"]), run)
        try run.expect("2 shares of officer are here, and no more can be used. Missing: 1 of witness (dot, eve).")
        try room.bring(run, "dot")
        #expect(try run.end() == 0)
        #expect(!run.screen.contains(ana[4...5].joined(separator: " ")))
    }

    @Test(.timeLimit(.minutes(60)))
    func `sheets are printed from memory only, and gone when the next custodian comes`() async throws {
        let room = try await CustodyFixture()
        let onDisk = try await room.command(
            "token", "init", "desk", "--policy", "policy.yaml", "--site", "site.yaml", "--sheets", "/usr", code: 65)
        #expect(onDisk.talk.contains("/usr is on a disk"), Comment(rawValue: onDisk.talk))
        #expect(onDisk.talk.contains("a disk does not forget what is deleted. Name a folder in memory, such as one in /dev/shm."))

        let folder = "/dev/shm/anchorite-sheets-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let terminal = try room.initialize("--sheets", folder)
        for (index, person) in CustodyFixture.persons.enumerated() {
            try terminal.expect("(\(person)), as ")
            try terminal.expect("The sheet is \(folder)/share-desk-\(index + 1).html.")
            let sheet = try String(contentsOfFile: "\(folder)/share-desk-\(index + 1).html", encoding: .utf8)
            let words = sheet.matches(of: /<li[^>]*>([a-z]+)<\/li>/).map { String($0.1) }
            try #require(words.count == 20)
            #expect(sheet.contains("<svg") && sheet.contains("held by"))
            try terminal.expect("Press Enter when it is printed")
            usleep(50_000)
            terminal.enter()
            try terminal.expect("Type the words back from the paper.")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
            try room.type(words, terminal)
            try terminal.expect("All words are right.")
            usleep(50_000)
            terminal.enter()
            room.keep(words, of: person)
        }
        try room.bring(terminal, "bo", "eve", "cy")
        try terminal.expect("Should other custodians try, too?")
        terminal.enter("no")
        #expect(try terminal.end() == 0)
    }

    @Test func `shares are asked for only where there are some, and where there is a terminal`() async throws {
        let room = try await CustodyFixture()
        let nothing = try await room.command("custody", "check", code: 65)
        #expect(nothing.talk.contains("There is no authority in"))
        let unknown = try await room.command("token", "init", "desc", "--policy", "policy.yaml", "--site", "site.yaml", code: 69)
        #expect(unknown.talk.contains("TOKEN-IDENTITY: the policy has no token desc; did you mean desk? It has desk."))
        let help = try await room.command("token", "init", "--help")
        #expect(help.output.contains("anchorite token init vault --policy") && help.output.contains("Exit: 0 done;"))
    }
}
