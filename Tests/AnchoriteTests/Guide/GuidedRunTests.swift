import Foundation
import Testing

/// Ceremonies at a real pseudo-terminal, as people hold them.
@Suite("anchorite run, guided", .serialized)
struct GuidedRunTests {
    @Test func `a ceremony is guided from the first screen to the close`() async throws {
        let fixture = try await RoomFixture()
        let terminal = try fixture.run()
        try terminal.expect("Ceremony 1: The first root")
        try terminal.expect("read its words aloud")
        try terminal.expect("approved  by Ana Kuusk")

        // Nothing is checked before the room has compared the words.
        try terminal.expect("Enter when all have compared, d or ? ")
        usleep(300_000)
        #expect(!terminal.screen.contains("checked "))
        terminal.enter("s")
        try terminal.expect("Nothing was begun that could be suspended")
        terminal.enter("yes")
        try terminal.expect("\"yes\" is none of the keys here")
        terminal.enter()
        try terminal.expect("checked ")

        // Who is in the room; what is typed wrong is explained and asked again.
        try terminal.expect("Who is in the room?")
        try terminal.expect("who? ")
        terminal.enter()
        try terminal.expect("Nobody is named yet")
        for (answer, reply) in [
            ("anna", "is no operator's id"), ("Ana", "Ana Kuusk (owner)"), ("ana", "is named already"),
            ("Bo Lindqvist, guest", "and is not named as such. Name bo."), ("?", "ids"), ("Jane Doe, auditor", "Jane Doe (auditor)"),
        ] {
            try terminal.expect("who? ")
            terminal.enter(answer)
            try terminal.expect(reply)
        }
        try terminal.expect("who? ")
        terminal.enter()
        try terminal.expect("needed  who knows the PIN of desk")
        // A PIN that the token cannot have costs no try.
        try terminal.expect("PIN of the token room-desk")
        usleep(100_000)
        terminal.enter("123")
        try terminal.expect("The PIN was not sent: the token takes 4 to 255 characters. Type it again.")
        try fixture.typePIN(terminal)

        // The first step: what comes, who is needed, what is said, how far it is.
        try terminal.expect("── 1 of ")
        try terminal.expect("next    generate the key G1, ec-p256, on the token desk")
        try terminal.expect("needed  ")
        try terminal.expect("aloud   \u{201C}We generate the key G1.")
        try terminal.expect("? ")
        terminal.enter("?")
        try terminal.expect("writes down that something is not as planned")
        terminal.enter("yes")
        try terminal.expect("\"yes\" is none of the keys here")

        // A resize changes nothing.
        terminal.resize(rows: 50, columns: 60)
        terminal.enter()
        try terminal.expect("key       G1 (ec-p256)")
        terminal.resize(rows: 24, columns: 132)
        try terminal.expect("── 2 of ")

        // A deviation, with a person whom nobody knows first.
        terminal.enter("d")
        try terminal.expect("what happened? ")
        terminal.enter("the camera stopped")
        try terminal.expect("why, or what was done about it? ")
        terminal.enter("its card was full; it has a new one")
        try terminal.expect("who says so? ")
        terminal.enter("boo")
        try terminal.expect("No operator is called so; did you mean bo?")
        terminal.enter("its battery")
        try terminal.expect("Nobody here is called so. Type the name once more to put it on record.")
        terminal.enter("Bo")
        try terminal.expect("record  Bo Lindqvist says: the camera stopped (its card was full;")
        try terminal.expect("Enter puts it on record; no gives it up: ")
        terminal.enter()
        try terminal.expect("Written down.")
        try terminal.expect("Enter, d, s or ? ")
        terminal.enter()
        try terminal.expect("recorded  the deviation that bo wrote down: the camera stopped")

        try enterToTheClose(terminal)
        try readBack(terminal)
        try terminal.expect("Next: each who was here, anchorite witness")
        try terminal.expect("reached no device yet. Publish it:")
        try terminal.expect("anchorite publish authority TARGET --root FINGERPRINT")
        try terminal.expect("anchorite watch SERVER --authority authority --root FINGERPRINT --until-fresh")
        #expect(try terminal.end() == 0)

        let events = try fixture.events()
        let opening = try #require(events.first { $0["event"] as? String == "ceremony-opened" })
        let people = opening["participants"] as? [[String: String]]
        #expect(people?.map { $0["name"] } == ["Ana Kuusk", "Jane Doe"])
        #expect(people?.map { $0["operator"] } == ["ana", nil])
        let deviation = try #require(events.first { $0["event"] as? String == "deviation" })
        #expect(deviation["by"] as? String == "bo" && deviation["text"] as? String == "the camera stopped")
        try await fixture.command("verify", "authority")

        if ProcessInfo.processInfo.environment["SHOW"] != nil { print(terminal.screen) }
        // Everything fits, and the PIN was nowhere.
        let screen = terminal.screen
        #expect(!screen.contains(RoomFixture.pin))
        let talk = screen.split(whereSeparator: \.isNewline).prefix { !$0.hasPrefix("Next: ") }
        for line in talk { #expect(line.count <= 78, "\(line)") }
    }

    @Test func `a suspended ceremony says why, and is resumed with a reason`() async throws {
        let fixture = try await RoomFixture()
        let terminal = try fixture.run()
        try fixture.begin(terminal)
        try terminal.expect("── 1 of ")
        terminal.enter()
        try terminal.expect("── 2 of ")
        // What is given up is not on record.
        terminal.enter("s")
        try terminal.expect("why? ")
        terminal.enter("the fire alarm")
        try terminal.expect("who suspends? ")
        terminal.enter("ana")
        try terminal.expect("record  Ana Kuusk suspends: the fire alarm")
        try terminal.expect("Enter puts it on record; no gives it up: ")
        terminal.enter("no")
        try terminal.expect("Not suspended.")
        terminal.enter("s")
        try terminal.expect("why? ")
        terminal.enter("the fire alarm")
        try terminal.expect("who suspends? ")
        terminal.enter("ana")
        try terminal.expect("Enter puts it on record; no gives it up: ")
        terminal.enter()
        try terminal.expect("INTERRUPTED: ceremony 1 is suspended by ana, before operation 1, step 2: the fire alarm.")
        #expect(try terminal.end() == 1)
        #expect(try fixture.events().last?["event"] as? String == "ceremony-suspended")
        try await fixture.command("verify", "authority")

        let again = try fixture.run()
        try fixture.compare(again)
        try again.expect("Ceremony 1 is open: 1 of ")
        try again.expect("stopped by ana: the fire alarm")
        try again.expect("who goes on? ")
        again.enter("ana")
        try again.expect("why, and what was checked? ")
        again.enter("the room was not entered")
        try fixture.typePIN(again)
        try again.expect("resumed   ceremony 1")
        try again.expect("── 2 of ")
        try enterToTheClose(again)
        try readBack(again)
        #expect(try again.end() == 0)
        let resumed = try #require(try fixture.events().first { $0["event"] as? String == "ceremony-resumed" })
        #expect(resumed["by"] as? String == "ana" && resumed["reason"] as? String == "the room was not entered")
        try await fixture.command("verify", "authority")
    }

    @Test func `a lost terminal ends the run between two steps, and the same command goes on`() async throws {
        let fixture = try await RoomFixture()
        let terminal = try fixture.run()
        try fixture.begin(terminal)
        try terminal.expect("── 1 of ")
        terminal.enter()
        try terminal.expect("── 2 of ")
        terminal.hangUp()
        #expect(try terminal.end() == 1)
        // Nothing waits for its signature.
        let events = try fixture.events()
        #expect(events.count { $0["event"] as? String == "intent" } == events.count {
            ["key-generated", "signed"].contains($0["event"] as? String)
        })
        try await fixture.command("verify", "authority")

        let again = try fixture.run()
        try fixture.compare(again)
        try again.expect("stopped by an interruption")
        try again.expect("who goes on? ")
        again.enter("ana")
        try again.expect("why, and what was checked? ")
        again.enter("the connection broke")
        try fixture.typePIN(again)
        try again.expect("── 2 of ")
        try enterToTheClose(again)
        try readBack(again)
        #expect(try again.end() == 0)
        #expect(try fixture.events().allSatisfy { $0["repeats"] == nil })
        try await fixture.command("verify", "authority")
    }

    @Test func `Ctrl-C at a pause ends the run, and at the first screen nothing is written`() async throws {
        let fixture = try await RoomFixture()
        let first = try fixture.run()
        try first.expect("Enter when all have compared, d or ? ")
        first.type("\u{03}")
        try first.expect("INTERRUPTED: ceremony 1 was stopped on request before anything was checked.")
        #expect(try first.end() == 1)
        let terminal = try fixture.run()
        try fixture.compare(terminal)
        try terminal.expect("who? ")
        terminal.type("\u{03}")
        try terminal.expect("INTERRUPTED: ceremony 1 was stopped on request before it was opened.")
        #expect(try terminal.end() == 1)
        #expect(!FileManager.default.fileExists(atPath: "\(fixture.path)/authority/ledger.jsonl"))

        let again = try fixture.run()
        try fixture.begin(again)
        try again.expect("── 3 of ", after: 2)
        again.type("\u{03}")
        try again.expect("was stopped on request before operation 1, step 3.")
        #expect(try again.end() == 1)
    }

    @Test func `--yes asks for the PIN and for nothing else`() async throws {
        let fixture = try await RoomFixture()
        let terminal = try fixture.run("root.plan/plan.json", "--yes", "--participant", "ana")
        try fixture.typePIN(terminal)
        try terminal.expect("closed    ceremony 1")
        #expect(try terminal.end() == 0)
        #expect(!terminal.screen.contains("? "))
    }

    @Test func `four words are typed back, and a wrong one is asked again`() async throws {
        let fixture = try await RoomFixture()
        let terminal = try fixture.run()
        try fixture.begin(terminal)
        try enterToTheClose(terminal)
        let (words, numbers) = try closing(terminal)
        try terminal.expect("word \(numbers[0])? ")
        terminal.enter("aardwark")
        try terminal.expect("\"aardwark\" is not word \(numbers[0]).")
        try terminal.expect("word \(numbers[0])? ")
        let other = try #require(words.first { $0.lowercased() != words[numbers[0] - 1].lowercased() })
        terminal.enter(other)
        try terminal.expect("\"\(other)\" is word ")
        try terminal.expect("word \(numbers[0])? ")
        terminal.enter()
        try terminal.expect("It stands in row \((numbers[0] - 1) / 4 + 1), under the number \(numbers[0]).")
        for number in numbers {
            try terminal.expect("word \(number)? ")
            terminal.enter(words[number - 1].uppercased())
        }
        try terminal.expect("The words are the same on paper and here.")
        #expect(try terminal.end() == 0)
        // What was read aloud is what a verifier finds.
        let shown = try await fixture.command("show", "authority/checkpoints/0001.note").output
        for word in words { #expect(shown.contains(word)) }
    }

    // MARK: What every ceremony has

    /// Goes on until the ceremony is closed.
    private func enterToTheClose(_ terminal: PseudoTerminal) throws {
        while true {
            let heading = try terminal.expect("Enter, d, s or ? ")
            terminal.enter()
            if heading.contains("close ceremony") { return }
        }
    }

    /// The words that are shown at the close, and the numbers of those to be typed.
    private func closing(_ terminal: PseudoTerminal) throws -> (words: [String], numbers: [Int]) {
        let shown = try terminal.expect("Read these words aloud.")
        var rows: [[String]] = []
        for line in shown.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: " ").map(String.init)
            if parts.count == 8, Int(parts[0]) != nil, Int(parts[2]) != nil { rows.append(parts) }
        }
        var words: [String] = []
        for row in rows.suffix(8) { words += [row[1], row[3], row[5], row[7]] }
        let asked = try terminal.expect(" from paper.")
        let numbers = asked.split { !$0.isNumber }.compactMap { Int($0) }
        try #require(words.count == 32 && numbers.count == 4)
        return (words, numbers)
    }

    private func readBack(_ terminal: PseudoTerminal) throws {
        let (words, numbers) = try closing(terminal)
        for number in numbers {
            try terminal.expect("word \(number)? ")
            terminal.enter(words[number - 1])
        }
        try terminal.expect("The words are the same on paper and here.")
    }
}

extension PseudoTerminal {
    /// Waits for a text, and goes on at as many pauses before it.
    func expect(_ text: String, after pauses: Int) throws {
        for _ in 0..<pauses {
            try expect("Enter, d, s or ? ")
            enter()
        }
        try expect(text)
        try expect("Enter, d, s or ? ")
    }
}
