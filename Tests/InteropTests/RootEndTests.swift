import Authority
import Foundation
import Groundwork
import PKIX
import Testing

/// The end of a root by the ready ceremonies: its last CRL, and its key.
@Suite struct RootEndTests {
    private static let ended = Result { () throws -> RehearsedAuthority in
        func ready(_ name: String) -> String { Repository.path("Ceremonies/\(name).yaml") }
        return try RehearsedAuthority(
            "root-end", policy: DurableFile.read(Repository.path("Policies/production.yaml")),
            ceremonies: [
                ready("root-g1-with-successor"), ready("yearly-crl-series"), ready("root-g2"), ready("root-g1-ends"),
                ready("root-g1-destroyed"),
            ])
    }

    @Test func `the ready ceremonies for a root's end can be held, and the record verifies`() throws {
        let authority = try Self.ended.get()
        let report = try Verifier.verify(authority.directory, root: authority.state.roots.first?.fingerprint)
        #expect(report.holds, "\(report.failures)")
        #expect(authority.state.keys["G1"]?.isDestroyed == true)
        #expect(authority.state.retiredLists(of: "G1").map(\.planned.number) == [3, 4, 5])
    }

    @Test func `openssl reads the last CRL as one that never ends, and verifies it`() async throws {
        let authority = try Self.ended.get()
        let last = try #require(authority.state.lists["G1"]?.last?.planned)
        let file = authority.directory.absolute(last.path)
        let read = try await Judge.ask(
            "openssl",
            ["crl", "-inform", "DER", "-in", file, "-noout", "-nextupdate", "-CAfile", AuthorityPaths.pem(beside: try authority.path("G1"))])
        #expect(read.accepted && read.text.contains("verify OK"), "\(read.text)")
        #expect(read.text.contains("nextUpdate=Dec 31 23:59:59 9999 GMT"), "\(read.text)")
    }

    @Test(.enabled(if: Judge.isInstalled("certtool"), "certtool is not installed (Debian: gnutls-bin)"))
    func `certtool reads the last CRL as one that never ends, and verifies it`() async throws {
        let authority = try Self.ended.get()
        let last = try #require(authority.state.lists["G1"]?.last?.planned)
        let scratch = try ScratchFolder()
        let bytes = try authority.directory.read(last.path)
        let list = try scratch.write(Array(PEM.encode(PEM.certificateList, bytes).utf8), "last.pem")
        let read = try await Judge.ask("certtool", ["--crl-info", "--infile", list])
        #expect(read.accepted && read.text.contains("Next at: Fri Dec 31 23:59:59 UTC 9999"), "\(read.text)")
        for (file, isGood) in [(list, true), (try scratch.writeBroken(bytes, PEM.certificateList), false)] {
            let verdict = try await Judge.ask(
                "certtool", ["--verify-crl", "--load-ca-certificate", try authority.pem("G1"), "--infile", file], printsOutput: false)
            #expect(verdict.accepted == isGood, "\(verdict.text)")
            #expect(verdict.text.contains("Verification output: \(isGood ? "Verified" : "Not verified")."), "\(verdict.text)")
        }
    }

    @Test(.enabled(if: PythonEnvironment.judges != nil, PythonEnvironment.notice))
    func `pyca reads every CRL up to the last as it was planned, and verifies it`() async throws {
        let authority = try Self.ended.get()
        let verdict = try await PycaTests.judge(try authority.work(chains: []))
        #expect(verdict.accepted, "\(verdict.text)")
        let findings = try JSONDecoder().decode(PycaTests.Findings.self, from: Data(verdict.output.utf8))
        let planned = authority.lists.map(\.planned)
        #expect(findings.lists.map(\.number) == planned.map(\.number))
        #expect(findings.lists.map(\.nextUpdate) == planned.map(\.nextUpdate.rfc3339))
        let last = findings.lists.filter { $0.nextUpdate == "9999-12-31T23:59:59Z" }
        #expect(last.map(\.number) == [7] && last.map(\.revoked.count) == [3])
    }

    /// G1 vouches for G2 by a certificate, which its last CRL revokes.
    @Test(arguments: DeviceLibrary.installed.filter { $0 != .bearssl })
    func `a device refuses by the last CRL what it revokes, and not by the one before`(library: DeviceLibrary) async throws {
        let authority = try Self.ended.get()
        let lists = try #require(authority.state.lists["G1"]).map(\.planned)
        let own = try #require(authority.state.lists["G2"]?.last?.planned)
        let chain = try ["G1", "G2-by-G1", "G2-bundle-signer"].map(authority.path)
        for (list, isLast) in zip(lists.suffix(2), [false, true]) {
            let verdict = try await library.judge(
                chain + [authority.directory.absolute(list.path), authority.directory.absolute(own.path)])
            #expect(verdict.status == (isLast ? 1 : 0), "\(verdict.text)")
            #expect(verdict.output.lowercased().contains("revoked") == isLast, "\(verdict.text)")
        }
    }
}
