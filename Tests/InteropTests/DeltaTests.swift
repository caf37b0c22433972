import Authority
import Foundation
import PKIX
import Testing

/// Delta CRLs: who reads them, and what they make of them.
@Suite struct DeltaTests {
    private static let made = Result { try RehearsedAuthority.revokingDevice("deltas", "delta: 7d") }

    private let authority: RehearsedAuthority

    init() throws { authority = try Self.made.get() }

    private struct Lists {
        var issuer: String
        var base, delta, whole: PlannedCertificateList
    }

    private func lists(of product: String) throws -> Lists {
        let issuer = try #require(
            authority.certificates.first { $0.planned.kind == .intermediate && $0.planned.scope["product"] == product }
        ).planned.name
        let lists = try #require(authority.state.lists[issuer]).map(\.planned)
        let delta = try #require(authority.state.deltas[issuer]?.last).planned
        #expect(lists.count == 2)
        return Lists(issuer: issuer, base: lists[0], delta: delta, whole: lists[1])
    }

    @Test func `openssl learns from a delta what the CRL that a device holds does not say`() async throws {
        let scratch = try ScratchFolder()
        let lists = try lists(of: "lock")
        let lamps = try self.lists(of: "lamp")
        func verify(_ name: String, _ given: [PlannedCertificateList], _ options: String...) async throws -> Judge.Verdict {
            let device = try #require(
                authority.certificates.first { $0.planned.kind == .endEntity && $0.planned.scope["device"] == name })
            return try await Judge.ask(
                "openssl",
                [
                    "verify", "-x509_strict", "-crl_check", "-CAfile", try authority.pem("G1"), "-untrusted",
                    try authority.pem(given[0].issuer), "-CRLfile", try authority.pem(given, scratch),
                ] + options + [try authority.pem(device.planned.name)])
        }
        let both = [lists.base, lists.delta]
        let revoked = try await verify("L2", both, "-use_deltas")
        #expect(!revoked.accepted && revoked.text.contains("certificate revoked"), "\(revoked.text)")
        #expect(try await verify("L1", [lamps.base, lamps.delta], "-use_deltas").accepted)
        // Who reads no deltas has what its CRL says, and with the new CRL everything.
        #expect(try await verify("L2", both).accepted)
        #expect(try await !verify("L2", [lists.whole]).accepted)
    }

    @Test(.enabled(if: PythonEnvironment.judges != nil, PythonEnvironment.notice))
    func `pyca puts a delta on top of its base and has the CRL that it goes with`() async throws {
        for (product, added) in [("lock", 1), ("lamp", 0)] {
            let lists = try lists(of: product)
            let files = [lists.base, lists.delta, lists.whole].map { authority.directory.absolute($0.path) }
            func ask(_ files: [String]) async throws -> Judge.Verdict {
                try await #require(PythonEnvironment.judges).ask(
                    Repository.judge("delta.py"), [try authority.path(lists.issuer)] + files)
            }
            let verdict = try await ask(files)
            #expect(verdict.accepted, "\(verdict.text)")
            let found = try #require(JSONSerialization.jsonObject(with: Data(verdict.output.utf8)) as? [String: Any])
            #expect(found["base"] as? Int == 1 && found["number"] as? Int == 2 && found["added"] as? Int == added)
            #expect(found["critical"] as? [String] == ["2.5.29.27"])
            #expect(found["freshest"] as? [String] == lists.base.deltaAddresses && lists.base.deltaAddresses.count == 1)
            // The CRL of another issuer, and one that is no base.
            let other = try self.lists(of: product == "lock" ? "lamp" : "lock")
            #expect(try await !ask([authority.directory.absolute(other.base.path)] + files.dropFirst()).accepted)
            if added > 0 { #expect(try await !ask([files[0], files[0], files[2]]).accepted) }
        }
    }

    @Test(.enabled(if: Judge.isInstalled("certtool"), "certtool is not installed (Debian: gnutls-bin)"))
    func `certtool verifies the signature of a delta`() async throws {
        let scratch = try ScratchFolder()
        let lists = try lists(of: "lock")
        let verdict = try await Judge.ask(
            "certtool",
            ["--verify-crl", "--load-ca-certificate", try authority.pem(lists.issuer), "--infile", try authority.pem([lists.delta], scratch)],
            printsOutput: false)
        #expect(verdict.accepted, "\(verdict.text)")
    }
}
