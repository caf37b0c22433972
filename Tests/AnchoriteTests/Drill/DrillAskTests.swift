import Foundation
import Glibc
import Testing

/// A drill that waits for people, at a terminal.
@Suite(.serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/sbin/nginx"), "there is no nginx"))
struct DrillAskTests {
    /// - Parameter people: as in a drill file.
    private func drill(_ scratch: ReadScratch, _ people: String) throws {
        let text = """
            anchorite: drill/1
            title: People are asked
            policy: \(Repository.path("Policies/production.yaml"))
            before: [\(Repository.path("Ceremonies/first-year.yaml"))]
            incident: {scope: {factory: shenzhen-2, year: 2027}}
            people: \(people)
            targets: {total: 24h}

            """
        _ = try scratch.write("drill.yaml", Array(text.utf8))
    }

    private func terminal(_ scratch: ReadScratch) throws -> PseudoTerminal {
        try PseudoTerminal(BuiltCommand.path, ["drill", "drill.yaml"], environment: [:], folder: scratch.path)
    }

    /// The people's part of a phase, in milliseconds.
    private func people(_ scratch: ReadScratch, _ phase: String) throws -> (people: Int, machine: Int) {
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(try contents("\(scratch.path)/drill/report.json"))) as? [String: Any])
        let phases = try #require(report["phases"] as? [[String: Any]])
        let found = try #require(phases.first { $0["phase"] as? String == phase })
        return (try #require(found["people-milliseconds"] as? Int), try #require(found["machine-milliseconds"] as? Int))
    }

    /// Whether the web server of the drill has gone.
    private func isServerGone(_ scratch: ReadScratch) throws -> Bool {
        let text = String(decoding: try contents("\(scratch.path)/drill/server/nginx.pid"), as: UTF8.self)
        let process = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        for _ in 0..<100 {
            if kill(process, 0) != 0 { return true }
            usleep(100_000)
        }
        return false
    }

    @Test func `the time of those who are asked is taken until they have answered`() throws {
        let scratch = try ReadScratch()
        try drill(scratch, "{written: ask, approvals: {priya: ask, erik: 3h, ingrid: ask}, signed: ask}")
        let terminal = try terminal(scratch)
        try terminal.expect("crl-reader: accepted", seconds: 180)
        // Somebody leans on the keyboard before it is their turn.
        terminal.enter()
        try terminal.expect("Before the ceremony is written: Enter as soon as people have done their part. ")
        sleep(2)
        terminal.enter()
        try terminal.expect("Who has approved (ingrid, priya)?")
        sleep(1)
        terminal.enter("inge")
        try terminal.expect("\"inge\" is none of them.")
        try terminal.expect("Who has approved (ingrid, priya)?")
        terminal.enter(" ingrid ")
        try terminal.expect("approved    by Ingrid Solberg after ")
        try terminal.expect("Who has approved (priya)?")
        terminal.enter("priya")
        try terminal.expect("Before it is signed and on record: ")
        terminal.enter()
        #expect(try terminal.end(seconds: 180) == 0, "\(terminal.screen)")
        let written = try people(scratch, "written")
        #expect(written.people >= 2000 && written.people < 60_000)
        let approved = try people(scratch, "approved")
        // Waiting is no work of the machine's.
        #expect(approved.people >= 1000 && approved.people < 60_000 && approved.machine < approved.people)
        #expect(try people(scratch, "published").people == 0)
        #expect(terminal.screen.contains("bundle-reader: refused"))
        #expect(try isServerGone(scratch))
    }

    @Test func `who is simulated does not wait for those who are asked`() throws {
        let scratch = try ReadScratch()
        try drill(scratch, "{approvals: {priya: 0m, ingrid: 1h, mateus: ask}}")
        let terminal = try terminal(scratch)
        try terminal.expect("Who has approved (mateus)?", seconds: 180)
        #expect(terminal.screen.contains("approved    by Priya Raman after 0"))
        terminal.enter("nobody")
        try terminal.expect("approved    by Ingrid Solberg after 1 hour")
        #expect(try terminal.end(seconds: 180) == 0, "\(terminal.screen)")
        #expect(try people(scratch, "approved").people == 3_600_000)
    }

    @Test func `nobody at the terminal is no answer, and nothing is left running`() throws {
        let scratch = try ReadScratch()
        try drill(scratch, "{approvals: {priya: ask, ingrid: ask}}")
        let terminal = try terminal(scratch)
        try terminal.expect("Who has approved (ingrid, priya)?", seconds: 180)
        // Ctrl-D.
        terminal.type("\u{4}")
        try terminal.expect("Nobody answers at the terminal. Run the same command again, or write a duration in place of ask")
        #expect(try terminal.end() == 64)
        #expect(try isServerGone(scratch))
    }

    @Test(arguments: [true, false])
    func `a terminal that goes away, and Ctrl-C, end the server too`(hangsUp: Bool) throws {
        let scratch = try ReadScratch()
        try drill(scratch, "{written: ask, approvals: {priya: 1h, ingrid: 1h}}")
        let terminal = try terminal(scratch)
        try terminal.expect("Before the ceremony is written: ", seconds: 180)
        if hangsUp { terminal.hangUp() } else { terminal.type("\u{3}") }
        #expect(try terminal.end() != 0)
        #expect(try isServerGone(scratch))
    }

    @Test func `without a terminal a drill that asks does not begin`() async throws {
        let scratch = try ReadScratch()
        try drill(scratch, "{approvals: {priya: ask, ingrid: 1h}}")
        let outcome = try await BuiltCommand.run(
            program: "/usr/bin/setsid", ["--wait", BuiltCommand.path, "drill", "drill.yaml"], folder: scratch.path)
        #expect(outcome.code == 64)
        #expect(outcome.talk.contains("There is no terminal to ask at. Run from a terminal, or write a duration in place of ask"))
        #expect(!FileManager.default.fileExists(atPath: "\(scratch.path)/drill"))
    }
}
