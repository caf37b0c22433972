import Authority
import Foundation
import Groundwork
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

    @Test func `an independent verifier refuses a file that the ledger does not name`() async throws {
        let scratch = try ScratchFolder()
        try FileManager.default.copyItem(atPath: authority.directory.path, toPath: "\(scratch.path)/authority")
        try scratch.write([0], "authority/certificates/extra.cer")
        let verdict = try await verify("\(scratch.path)/authority", root: root)
        #expect(!verdict.accepted && verdict.text.contains("certificates/extra.cer"), "\(verdict.text)")
    }
}
