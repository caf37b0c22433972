import Foundation
import Glibc
import Testing

/// PINs, looked for wherever a run leaves anything.
@Suite struct SecretsTests {
    private static func randomPIN() -> String {
        String((0..<24).map { _ in "abcdefghijkmnpqrstuvwxyz23456789".randomElement() ?? "x" })
    }

    @Test func `the scanner finds what is planted, in every spelling and at every place`() throws {
        let secret = Self.randomPIN()
        let scanner = SecretScanner(["PIN": Array(secret.utf8)])
        let hex = secret.utf8.map { String(format: "%02x", $0) }.joined()
        for planted in [secret, hex, hex.uppercased()] {
            #expect(!scanner.find(in: Data("before \(planted) behind".utf8)).isEmpty, "\(planted)")
        }
        for before in ["", "a", "ab", "abc", "abcd"] {
            for behind in ["", "y", "yz"] {
                let text = Data("\(before)\(secret)\(behind)".utf8).base64EncodedString()
                #expect(!scanner.find(in: Data("x\(text)x".utf8)).isEmpty, "\(before)…\(behind)")
            }
        }
        let folder = try TemporaryFolder()
        try Data("nothing".utf8).write(to: URL(filePath: "\(folder.path)/a"))
        #expect(try scanner.find(inFolder: folder.path).isEmpty)
        try Data("PIN=\(secret)".utf8).write(to: URL(filePath: "\(folder.path)/b"))
        #expect(try scanner.find(inFolder: folder.path) == ["b: PIN"])
        #expect(scanner.find(in: Data(Self.randomPIN().utf8)).isEmpty)
    }

    /// The PINs of a rehearsal are drawn in the program; the odd module sees them on their way to the token.
    @Test func `a whole rehearsal leaves no PIN anywhere`() throws {
        let (folder, pins) = (try TemporaryFolder(), try TemporaryFolder())
        let outcome = try Shell.run(
            [
                Shell.anchorite, "rehearse", "--folder", "rehearsal",
                Repository.path("Ceremonies/first-year.yaml"), Repository.path("Ceremonies/factory-compromise.yaml"),
            ],
            environment: [
                "SOFTHSM2_MODULE": try OddModule.library.get().path, "ODD_REAL": SoftHSM.library,
                "ODD_PINS": "\(pins.path)/pins",
            ],
            in: folder.path)
        try #require(outcome.code == 0, "\(outcome.errors)")
        let secrets = Set(try String(contentsOfFile: "\(pins.path)/pins", encoding: .utf8).split(separator: "\n"))
        #expect(secrets.count >= 2)
        let scanner = SecretScanner(
            Dictionary(uniqueKeysWithValues: secrets.enumerated().map { ("PIN \($0.offset)", Array($0.element.utf8)) }))
        // The scanner would find them: this is where they are.
        #expect(try scanner.find(inFolder: pins.path).count == secrets.count)
        #expect(scanner.find(in: Data((outcome.output + outcome.errors).utf8)) == [])
        #expect(try scanner.find(inFolder: folder.path) == [])
    }

    @Test func `a run that is looked at, killed twice and resumed leaves no PIN anywhere`() throws {
        let stage = try World.grown.stage()
        let (_, scanner) = try Self.renewPIN(stage)
        let gate = stage.absolute("gate")
        try stage.edit("site.yaml", SoftHSM.library, try OddModule.library.get().path)
        let environment = ["ODD_REAL": SoftHSM.library, "ODD_GATE": gate]
        let arguments = ["run", "next/plan.json", "--authority", "authority", "--site", "site.yaml", "--pin-fd", "3"]

        for number in [SIGSEGV, SIGABRT] {
            // In the middle of the first signature, when the token is logged in.
            let run = try Running(stage, arguments, environment: environment, named: "killed-\(number)")
            try Self.wait(for: "\(gate).here")
            let seen = try run.seenFromOutside()
            #expect(scanner.find(in: seen) == [])
            let limits = String(decoding: seen, as: UTF8.self).split(separator: "\n")
            #expect(limits.contains { $0.hasPrefix("Max core file size        0 ") })
            run.signal(number)
            #expect(run.end() == -number)
            try stage.remove("gate.here")
        }
        #expect(try Self.cores(stage) == [])

        try stage.write("", "gate")
        #expect(try Running(stage, arguments, environment: environment, named: "resumed").end() == 0)
        _ = try Stage.need(try stage.verify())
        #expect(try scanner.find(inFolder: stage.path) == ["pin: PIN"])

        // A program that is not hardened leaves a core, where the system lets it, and the scanner finds what is in it.
        _ = try Shell.run(["sh", "-c", "ulimit -c unlimited; secret=$(cat pin); kill -SEGV $$"], in: stage.path)
        for core in try Self.cores(stage) { #expect(scanner.find(in: Data(try stage.read(core))).contains("PIN")) }
    }

    @Test func `a PIN that is typed is not on the screen, nor anywhere else`() throws {
        let stage = try World.grown.stage()
        let (pin, scanner) = try Self.renewPIN(stage)
        try stage.remove("pin")
        let terminal = try Terminal()
        defer { terminal.hangUp() }
        let run = try Running(
            stage, ["run", "next/plan.json", "--authority", "authority", "--site", "site.yaml", "--yes"], named: "typed",
            terminal: terminal)
        try terminal.wait(for: "PIN of the token vault")
        #expect(scanner.find(in: try run.seenFromOutside()) == [])
        terminal.type("\(pin)\n")
        let code = run.end()
        #expect(code == 0, "\(String(decoding: terminal.recording, as: UTF8.self))")
        #expect(scanner.find(in: terminal.recording) == [])
        #expect(try scanner.find(inFolder: stage.path) == [])
        try stage.write("", "pin")
        _ = try Stage.need(try stage.verify())

        // A terminal shows what is typed while nobody asks for secrets, and the scanner finds that.
        terminal.type("\(pin)\n")
        usleep(200_000)
        #expect(scanner.find(in: terminal.recording) == ["PIN"])
    }

    @Test func `shares that are typed, and what they give, are not on the screen, nor anywhere else`() throws {
        let stage = try World.custody.stage()
        let room = try CustodyRoom.shared.get()
        let scanner = SecretScanner(room.secrets)
        let run = try CustodyRun(stage)
        try run.bring(room.officers["bo"] ?? [])
        #expect(scanner.find(in: try run.running.seenFromOutside()) == [])
        try run.bringWitness(room.witness)
        try run.bring(room.officers["ana"] ?? [])
        let shown = run.end()
        #expect(shown.code == 0, "\(shown.talk)")
        #expect(scanner.find(in: run.terminal.recording) == [])
        #expect(try scanner.find(inFolder: stage.path) == [])

        // The scanner finds a share on the screen.
        run.terminal.type((room.officers["ana"] ?? []).joined(separator: " "))
        usleep(200_000)
        #expect(scanner.find(in: run.terminal.recording).contains("share of ana"))
    }

    @Test func `a wrong PIN is not told to anybody`() throws {
        let stage = try World.grown.stage()
        let wrong = Self.randomPIN()
        let scanner = SecretScanner(["PIN": Array(wrong.utf8)])
        try stage.write(wrong, "pin", mode: 0o600)
        let shown = try stage.run()
        #expect(shown.code == 69)
        #expect(scanner.find(in: Data((shown.output + shown.talk).utf8)) == [])
        #expect(try scanner.find(inFolder: stage.path) == ["pin: PIN"])
    }

    /// Gives the token a PIN that no other test has.
    private static func renewPIN(_ stage: Stage) throws -> (pin: String, scanner: SecretScanner) {
        let pin = randomPIN()
        try stage.pkcs11Tool("--change-pin", "--new-pin", pin)
        try stage.write(pin, "pin", mode: 0o600)
        return (pin, SecretScanner(["PIN": Array(pin.utf8)]))
    }

    private static func cores(_ stage: Stage) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: stage.path).filter { $0.hasPrefix("core") }
    }

    private static func wait(for path: String) throws {
        for _ in 0..<1500 where !FileManager.default.fileExists(atPath: path) { usleep(20_000) }
        guard FileManager.default.fileExists(atPath: path) else { throw Refusal(text: "the token was never asked to sign") }
    }
}
