import Authority
import Foundation
import Testing

/// pkilint (DigiCert's linter) looks at every certificate, every CRL, and every pair of issuer and subject.
@Suite(.enabled(if: PythonEnvironment.judges != nil, PythonEnvironment.notice))
struct PkilintTests {
    struct Finding: Codable, Hashable, CustomStringConvertible {
        let code: String
        let severity: String
        let message: String

        var description: String { "\(code) (\(severity)) \(message)" }
        var isError: Bool { ["ERROR", "FATAL"].contains(severity) }
    }

    /// What stays, and why: docs/interop.md, "Findings that stay".
    static let justified: Set<String> = ["pkix.certificate_name_constraints_extension_not_critical"]

    /// The same for chains that are signed with RSA-PSS.
    static let justifiedForPSS: Set<String> = ["pkix.signature_verification_failed"]

    static func findings(_ calls: [[String]]) async throws -> [[Finding]] {
        let verdict = try await #require(PythonEnvironment.judges).ask(
            Repository.judge("lint.py"), input: Array(JSONEncoder().encode(calls)))
        try #require(verdict.accepted, "\(verdict.text)")
        let findings = try JSONDecoder().decode([[Finding]].self, from: Data(verdict.output.utf8))
        try #require(findings.count == calls.count)
        return findings
    }

    /// All that there is to lint in an authority.
    static func calls(_ authority: RehearsedAuthority) throws -> [[String]] {
        let certificates = try authority.certificates.map { ["lint_pkix_cert", try authority.path($0.planned.name)] }
        // Not the root with itself: a self-signed certificate may be without authorityKeyIdentifier (RFC 5280 4.2.1.1).
        let pairs = try authority.certificates.filter { $0.planned.kind != .root }.map {
            [
                "lint_pkix_signer_signee_cert_chain", try authority.path($0.planned.issuer),
                try authority.path($0.planned.name),
            ]
        }
        // The Baseline Requirements let a root's CRL live for a year. An intermediate's for ten days is for the web.
        let lists = authority.lists.flatMap { list in
            let path = authority.directory.absolute(list.planned.path)
            let isRoot = authority.state.certificates[list.planned.issuer]?.planned.kind == .root
            let profiles = isRoot ? ["PKIX", "BR"] : ["PKIX"]
            return profiles.map { ["lint_crl", path, "--type", isRoot ? "ARL" : "CRL", "--profile", $0] }
        }
        return certificates + pairs + lists
    }

    @Test func `pkilint finds no error that is not justified in writing`() async throws {
        let authority = try RehearsedAuthority.firstYear.get()
        let calls = try Self.calls(authority)
        let document = try String(contentsOfFile: Repository.path("docs/interop.md"), encoding: .utf8)
        var met: Set<String> = []
        for (call, findings) in zip(calls, try await Self.findings(calls)) {
            for finding in findings where finding.isError {
                met.insert(finding.code)
                #expect(Self.justified.contains(finding.code), "\(call.joined(separator: " ")): \(finding)")
            }
        }
        // Nothing is excused that does not happen, nor without its reason.
        #expect(met == Self.justified)
        for code in Self.justified.union(Self.justifiedForPSS) { #expect(document.contains("`\(code)`")) }
    }

    @Test func `pkilint sees what is wrong`() async throws {
        let authority = try RehearsedAuthority.firstYear.get()
        let calls = [
            [
                "lint_pkix_signer_signee_cert_chain", try authority.path("record"),
                try authority.path("G1-bundle-signer"),
            ]
        ]
        let findings = try await Self.findings(calls)[0]
        #expect(findings.contains { $0.isError })
    }
}
