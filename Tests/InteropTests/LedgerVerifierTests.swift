import Authority
import Foundation
import Groundwork
import Rehearsal
import RehearsalToken
import Testing

/// `Support/verify_ledger.py` is an independent verifier, written from docs/file-formats.md without our code: the proof
/// that somebody else can write one.
@Suite(.enabled(if: PythonEnvironment.judges != nil, PythonEnvironment.notice))
struct LedgerVerifierTests {
    let authority: RehearsedAuthority
    let root: String

    init() throws {
        authority = try RehearsedAuthority.firstYear.get()
        root = try #require(authority.state.roots.first?.fingerprint).hex
    }

    private func verify(_ path: String, root: String) async throws -> Judge.Verdict {
        let script = Repository.support.appending(path: "verify_ledger.py").path
        return try await #require(PythonEnvironment.judges).ask(script, [path, root])
    }

    @Test func `an independent verifier accepts the authority`() async throws {
        let verdict = try await verify(authority.directory.path, root: root)
        #expect(verdict.accepted && verdict.output.hasSuffix("2 checkpoints: all hold\n"), "\(verdict.text)")
        let report = try Verifier.verify(authority.directory, root: try #require(Digest(hex: root)))
        #expect(report.holds && verdict.output.hasPrefix("\(report.lines) lines, "))
        #expect(try await !verify(authority.directory.path, root: String(repeating: "0", count: 64)).accepted)
    }

    @Test(arguments: [
        "ledger.jsonl", "policies/0001.yaml", "ceremonies/0001/plan.json", "ceremonies/0002/ceremony.yaml",
        "certificates/G1.cer", "crls/G1-000002.crl", "bundles/000001/bundle.cose", "checkpoints/0002.note",
    ])
    func `an independent verifier refuses a file with one bit changed`(path: String) async throws {
        let scratch = try ScratchFolder()
        let copy = AuthorityDirectory("\(scratch.path)/authority")
        try FileManager.default.copyItem(atPath: authority.directory.path, toPath: copy.path)
        var bytes = try copy.read(path)
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(filePath: copy.absolute(path)))
        let verdict = try await verify(copy.path, root: root)
        #expect(!verdict.accepted, "\(verdict.text)")
        #expect(try !Verifier.verify(copy, root: try #require(Digest(hex: root))).holds)
    }

    @Test func `an independent verifier knows the events of the format, and no others`() async throws {
        let script = try String(contentsOf: Repository.support.appending(path: "verify_ledger.py"), encoding: .utf8)
        let known = try #require(script.firstMatch(of: /EVENTS = set\("{3}([a-z\-\s]+)"{3}/))
        let source = try String(contentsOf: Repository.root.appending(path: "Sources/Authority/State/Event.swift"), encoding: .utf8)
        let events = source.matches(of: /case \.[A-Za-z]+: "([a-z\-]+)"/).map { String($0.1) }
        #expect(events.count > 20 && Set(known.1.split(whereSeparator: \.isWhitespace).map(String.init)) == Set(events))
        let format = try String(contentsOf: Repository.root.appending(path: "docs/file-formats.md"), encoding: .utf8)
        for event in events { #expect(format.contains("**`\(event)`**"), "\(event)") }

        let scratch = try ScratchFolder()
        let copy = AuthorityDirectory("\(scratch.path)/authority")
        try FileManager.default.copyItem(atPath: authority.directory.path, toPath: copy.path)
        let ledger = try copy.read("ledger.jsonl")
        let lines = ledger.split(separator: 0x0a)
        let line: JSONValue = [
            "event": "surprise", "index": .integer(Int64(lines.count)), "time": "2099-01-01T00:00:00Z",
            "previous": .string(Digest(of: Array(try #require(lines.last))).hex),
        ]
        try Data(ledger + line.canonicalBytes + [0x0a]).write(to: URL(filePath: copy.ledgerPath))
        let verdict = try await verify(copy.path, root: root)
        #expect(!verdict.accepted && verdict.text.contains("an event of the format"), "\(verdict.text)")
    }

    // MARK: Break-glass

    /// An authority with packages, one of which is opened later and then entered by a ceremony; a copy of each.
    private struct Packages: Sendable {
        let scratch: ScratchFolder
        let root: String
        static let stages = ["prepared", "opened", "entered"]
        /// Of what was opened, beside the package.
        let files: [String]

        static let shared = Result { () throws -> Packages in
            let tokens = try SoftHSMFolder.processWide()
            let rehearsal = try Rehearsal(
                "\(tokens.path)/interop-packages", policyBytes: DurableFile.read(Repository.path("Policies/production.yaml")),
                policyFile: "production.yaml", tokens: tokens)
            let scratch = try ScratchFolder()
            func keep(_ stage: String) throws {
                try FileManager.default.copyItem(atPath: rehearsal.directory.path, toPath: "\(scratch.path)/\(stage)")
            }
            let prepare = Repository.path("Ceremonies/prepare-break-glass.yaml")
            try RehearsedAuthority.hold(Repository.path("Ceremonies/first-year.yaml"), rehearsal)
            try RehearsedAuthority.hold(prepare, rehearsal)
            try keep("prepared")
            let now = try rehearsal.nextMoment()
            let outcome = try BreakGlassOpener(
                rehearsal.directory, package: "G1-3", at: now.adding(seconds: 10) ?? now).run(rehearsal.desk)
            try keep("opened")
            // CRLs of packages begin seconds after one another, and the next one after them.
            while try Timestamp.now() <= #require(now.adding(seconds: 10)) { usleep(100_000) }
            try RehearsedAuthority.hold(prepare, rehearsal)
            try keep("entered")
            let root = try #require(AuthorityReading.state(of: rehearsal.directory).state?.roots.first?.fingerprint)
            return Packages(scratch: scratch, root: root.hex, files: outcome.paths)
        }
    }

    @Test(arguments: ["prepared", "opened", "entered"])
    func `an independent verifier accepts break-glass packages, sealed, opened and entered`(stage: String) async throws {
        let packages = try Packages.shared.get()
        let path = "\(packages.scratch.path)/\(stage)"
        let verdict = try await verify(path, root: packages.root)
        #expect(verdict.accepted, "\(verdict.text)")
        let report = try Verifier.verify(AuthorityDirectory(path), root: try #require(Digest(hex: packages.root)))
        #expect(report.holds && verdict.output.hasPrefix("\(report.lines) lines, "), "\(report.failures)")
        #expect(report.state?.packages.count == (stage == "entered" ? 4 : 3))
    }

    @Test(arguments: [
        ("prepared", "break-glass/G1-3.sealed"), ("prepared", "break-glass/G1-5.sealed"), ("opened", "crls/G1-000003.crl"),
        ("opened", "break-glass/G1-3.opened"), ("entered", "crls/G1-000003.crl"), ("entered", "break-glass/G1-3.opened"),
        ("entered", "bundles/000003/bundle.cose"), ("entered", "break-glass/G1-4.sealed"),
    ])
    func `an independent verifier refuses a package, or what came out of it, with one bit changed`(
        stage: String, path: String
    ) async throws {
        let packages = try Packages.shared.get()
        let scratch = try ScratchFolder()
        let copy = AuthorityDirectory("\(scratch.path)/authority")
        try FileManager.default.copyItem(atPath: "\(packages.scratch.path)/\(stage)", toPath: copy.path)
        var bytes = try copy.read(path)
        bytes[bytes.count - 40] ^= 1
        try Data(bytes).write(to: URL(filePath: copy.absolute(path)))
        let verdict = try await verify(copy.path, root: packages.root)
        #expect(!verdict.accepted, "\(verdict.text)")
        #expect(try !Verifier.verify(copy, root: try #require(Digest(hex: packages.root))).holds)
    }

    @Test func `an independent verifier refuses files of a package that nobody opened`() async throws {
        let packages = try Packages.shared.get()
        #expect(packages.files.contains("crls/G1-000003.crl") && packages.files.contains("bundles/000003/bundle.cose"))
        for path in packages.files where path == "crls/G1-000003.crl" || path == "bundles/000003/bundle.cose" {
            let scratch = try ScratchFolder()
            let copy = AuthorityDirectory("\(scratch.path)/authority")
            try FileManager.default.copyItem(atPath: "\(packages.scratch.path)/prepared", toPath: copy.path)
            try copy.makeFolder(for: path)
            try FileManager.default.copyItem(
                atPath: "\(packages.scratch.path)/opened/\(path)", toPath: copy.absolute(path))
            let verdict = try await verify(copy.path, root: packages.root)
            #expect(!verdict.accepted && verdict.text.contains(path), "\(verdict.text)")
        }
    }

    @Test func `an independent verifier refuses a file that the ledger does not name`() async throws {
        let scratch = try ScratchFolder()
        try FileManager.default.copyItem(atPath: authority.directory.path, toPath: "\(scratch.path)/authority")
        try scratch.write([0], "authority/certificates/extra.cer")
        let verdict = try await verify("\(scratch.path)/authority", root: root)
        #expect(!verdict.accepted && verdict.text.contains("certificates/extra.cer"), "\(verdict.text)")
    }
}
