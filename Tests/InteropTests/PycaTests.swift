import Authority
import Foundation
import PKIX
import Testing

/// pyca/cryptography (the library under most of Python's PKI tools) reads and verifies everything, and builds chains.
@Suite(.enabled(if: PythonEnvironment.judges != nil, PythonEnvironment.notice))
struct PycaTests {
    struct Work: Encodable {
        struct Object: Encodable {
            let path: String
            let issuer: String
        }
        var certificates: [String: Object]
        var lists: [Object]
        var chains: [[String]]
    }

    struct Findings: Decodable {
        let version: String
        let certificates: [String: CertificateFacts]
        let lists: [ListFacts]
        let chains: [[String]]
    }

    let authority: RehearsedAuthority

    init() throws { authority = try RehearsedAuthority.firstYear.get() }

    static func judge(_ work: Work) async throws -> Judge.Verdict {
        let scratch = try ScratchFolder()
        let file = try scratch.write(Array(JSONEncoder().encode(work)), "work.json")
        return try await #require(PythonEnvironment.judges).ask(Repository.judge("pyca.py"), [file])
    }

    @Test func `pyca reads in certificates and CRLs what was planned, verifies each, and builds chains`() async throws {
        let chains = try authority.certificates.map { try authority.chain(of: $0) }.filter { $0.count > 1 }
        let verdict = try await Self.judge(try authority.work(chains: chains))
        #expect(verdict.accepted, "\(verdict.text)")
        let findings = try JSONDecoder().decode(Findings.self, from: Data(verdict.output.utf8))
        #expect(findings.certificates == (try authority.expectedFacts()))
        #expect(findings.lists == (try authority.expectedListFacts()))
        let subjects = try authority.expectedFacts().mapValues(\.subject)
        #expect(findings.chains == chains.map { $0.compactMap { subjects[$0] } })
    }

    @Test func `pyca refuses a certificate and a CRL with a broken signature, and a chain that does not hold`()
        async throws
    {
        let scratch = try ScratchFolder()
        let work = try authority.work(chains: [])
        for broken in [authority.certificates[0].planned.path, authority.lists[0].planned.path] {
            var bytes = try authority.directory.read(broken)
            bytes[bytes.count - 1] ^= 1
            let file = try scratch.write(bytes, "broken")
            var changed = work
            changed.certificates = work.certificates.mapValues {
                $0.path.hasSuffix(broken) ? .init(path: file, issuer: $0.issuer) : $0
            }
            changed.lists = work.lists.map { $0.path.hasSuffix(broken) ? .init(path: file, issuer: $0.issuer) : $0 }
            #expect(try await !Self.judge(changed).accepted)
        }

        let device = try #require(authority.certificates.first { $0.planned.kind == .endEntity })
        let shenzhen = try #require(authority.certificates.first { $0.planned.scope["factory"] == "shenzhen-2" })
        let crossed = try await Self.judge(
            try authority.work(chains: [[device.planned.name, shenzhen.planned.name, "G1"]]))
        let findings = try JSONDecoder().decode(Findings.self, from: Data(crossed.output.utf8))
        #expect(findings.chains.count == 1 && findings.chains[0].count == 1, "\(crossed.text)")
    }
}

extension RehearsedAuthority {
    /// From a certificate to its root, by name.
    func chain(of record: AuthorityState.CertificateRecord) throws -> [String] {
        var names = [record.planned.name]
        var current = record
        while current.planned.issuer != current.planned.name, names.count < 8 {
            current = try #require(state.certificates[current.planned.issuer])
            names.append(current.planned.name)
        }
        return names
    }

    /// All certificates and CRLs, for pyca.
    func work(chains: [[String]]) throws -> PycaTests.Work {
        PycaTests.Work(
            certificates: state.certificates.mapValues {
                PycaTests.Work.Object(path: directory.absolute($0.planned.path), issuer: $0.planned.issuer)
            },
            lists: lists.map {
                PycaTests.Work.Object(path: directory.absolute($0.planned.path), issuer: $0.planned.issuer)
            },
            chains: chains)
    }
}
