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
}
