import Authority
import Foundation
import PKIX
import Testing

/// CRLs that are split: who reads them, and what they make of a part.
@Suite struct ShardTests {
    private static let made = Result { try RehearsedAuthority.revokingDevice("shards", "shards: 3") }

    private let authority: RehearsedAuthority

    init() throws { authority = try Self.made.get() }

    private func device(_ name: String) throws -> AuthorityState.CertificateRecord {
        try #require(authority.certificates.first { $0.planned.kind == .endEntity && $0.planned.scope["device"] == name })
    }

    /// The newest CRLs: those that speak of a certificate, and those that do not.
    private func lists(for record: AuthorityState.CertificateRecord) -> (own: [PlannedCertificateList], others: [PlannedCertificateList]) {
        let all = authority.state.listsInForce(of: record.planned.issuer, at: .latest).map(\.planned)
        let own = all.filter { $0.shard?.holds(record.fields.serial) == true }
        return (own, all.filter { !own.contains($0) })
    }

    private func openssl(_ record: AuthorityState.CertificateRecord, _ lists: [PlannedCertificateList]) async throws -> Judge.Verdict {
        let scratch = try ScratchFolder()
        return try await Judge.ask(
            "openssl",
            [
                "verify", "-x509_strict", "-crl_check", "-extended_crl", "-CAfile", try authority.pem("G1"), "-untrusted",
                try authority.pem(record.planned.issuer), "-CRLfile", try authority.pem(lists, scratch), try authority.pem(record.planned.name),
            ])
    }

    @Test func `openssl goes by the shard that the certificate names, and by no other`() async throws {
        for (name, isRevoked) in [("L1", false), ("L2", true)] {
            let record = try device(name)
            let (own, others) = lists(for: record)
            #expect(own.count == 1 && others.count == 2)
            for given in [own, own + others, others + own] {
                let verdict = try await openssl(record, given)
                #expect(verdict.accepted != isRevoked, "\(verdict.text)")
                #expect(!isRevoked || verdict.text.contains("certificate revoked"), "\(verdict.text)")
            }
            let verdict = try await openssl(record, others)
            #expect(!verdict.accepted && !verdict.text.contains("certificate revoked"), "\(verdict.text)")
        }
    }

    @Test(.enabled(if: PythonEnvironment.judges != nil, PythonEnvironment.notice))
    func `pyca reads the same place in certificate and CRL, critical there`() async throws {
        let verdict = try await PycaTests.judge(try authority.work(chains: []))
        #expect(verdict.accepted, "\(verdict.text)")
        let findings = try JSONDecoder().decode(PycaTests.Findings.self, from: Data(verdict.output.utf8))
        #expect(findings.lists.filter { $0.critical == ["2.5.29.28"] }.count == 12)
        #expect(findings.lists.filter { $0.critical.isEmpty }.count == 1)
        for name in ["L1", "L2"] {
            let record = try device(name)
            #expect(findings.certificates[record.planned.name]?.listURLs == lists(for: record).own.first?.addresses)
        }
    }

    @Test(.enabled(if: Judge.isInstalled("certtool"), "certtool is not installed (Debian: gnutls-bin)"))
    func `certtool verifies each shard, and finds what is revoked in it`() async throws {
        let scratch = try ScratchFolder()
        for record in authority.lists {
            let verdict = try await Judge.ask(
                "certtool",
                ["--verify-crl", "--load-ca-certificate", try authority.pem(record.planned.issuer), "--infile", try authority.pem([record.planned], scratch)],
                printsOutput: false)
            #expect(verdict.accepted, "\(verdict.text)")
        }
        func verify(_ name: String, _ lists: [PlannedCertificateList]) async throws -> Judge.Verdict {
            let record = try device(name)
            let chain = try [record.planned.name, record.planned.issuer].flatMap { try scratch.read(authority.pem($0)) }
            return try await Judge.ask(
                "certtool",
                [
                    "--verify", "--verify-profile", "medium", "--load-ca-certificate", try authority.pem("G1"), "--infile",
                    scratch.write(chain, "\(name).pem"), "--load-crl", try authority.pem(lists, scratch),
                ], printsOutput: false)
        }
        let (own, others) = lists(for: try device("L2"))
        #expect(try await !verify("L2", own).accepted)
        #expect(try await verify("L1", lists(for: try device("L1")).own).accepted)
        // It ignores the scope: who has another shard has nothing.
        #expect(try await verify("L2", others).accepted)
    }
}
