import Authority
import PKIX
import Testing

/// GnuTLS's certtool judges certificates, chains and CRLs.
@Suite(.enabled(if: Judge.isInstalled("certtool"), "certtool is not installed (Debian: gnutls-bin)"))
struct GnuTLSTests {
    let authority: RehearsedAuthority

    init() throws { authority = try RehearsedAuthority.firstYear.get() }

    private static func certtool(_ arguments: [String]) async throws -> Judge.Verdict {
        // certtool prints each object again; what it says is at the end.
        let verdict = try await Judge.ask("certtool", arguments, printsOutput: false)
        print(
            verdict.text.split(separator: "\n").filter { $0.contains("utput:") }.map { "    \($0)" }.joined(
                separator: "\n"))
        return verdict
    }

    static func verify(_ files: RehearsedAuthority.DeviceFiles) async throws -> Judge.Verdict {
        let scratch = try ScratchFolder()
        let chain = try [files.device, files.intermediate].flatMap { try scratch.read("\($0).pem") }
        let lists = try files.lists.flatMap { try scratch.read("\($0).pem") }
        return try await certtool([
            "--verify", "--verify-profile", "medium", "--load-ca-certificate", "\(files.root).pem", "--infile",
            scratch.write(chain, "chain.pem"), "--load-crl", scratch.write(lists, "lists.pem"),
        ])
    }

    @Test func `certtool --verify accepts a device under a live intermediate and refuses one under a revoked one`()
        async throws
    {
        let good = try await Self.verify(authority.device(ofFactory: "tallinn"))
        #expect(
            good.accepted && good.output.contains("Chain verification output: Verified. The certificate is trusted."),
            "\(good.text)")
        let bad = try await Self.verify(authority.device(ofFactory: "shenzhen-2"))
        #expect(!bad.accepted && bad.output.contains("The certificate chain is revoked."), "\(bad.text)")
    }

    @Test func `certtool --verify-crl accepts every CRL from its issuer only`() async throws {
        for record in authority.lists {
            let scratch = try ScratchFolder()
            let bytes = try authority.directory.read(record.planned.path)
            let list = try scratch.write(Array(PEM.encode(PEM.certificateList, bytes).utf8), "list.pem")
            let issuer = try authority.pem(record.planned.issuer)
            let good = try await Self.certtool(["--verify-crl", "--load-ca-certificate", issuer, "--infile", list])
            #expect(good.accepted && good.output.contains("Verified. The certificate is trusted."), "\(good.text)")

            for (ca, file) in [
                (try authority.pem("record"), list), (issuer, try scratch.writeBroken(bytes, PEM.certificateList)),
            ] {
                let bad = try await Self.certtool(["--verify-crl", "--load-ca-certificate", ca, "--infile", file])
                #expect(!bad.accepted && bad.output.contains("Not verified."), "\(bad.text)")
            }
        }
    }

    @Test func `certtool -i reads in every certificate what the policy promises`() async throws {
        for (name, facts) in try authority.expectedFacts() {
            let verdict = try await Judge.ask(
                "certtool", ["-i", "--infile", try authority.pem(name)], printsOutput: false)
            let lines = Set(verdict.output.split(separator: "\n").map { $0.drop { $0 == "\t" } })
            let criticality = { (oid: String) in facts.critical.contains(oid) ? "(critical)" : "(not critical)" }
            var expected = [
                "Version: 3", "Serial Number (hex): \(facts.serial)", "Subject: \(facts.subject)",
                "Issuer: \(facts.issuer)",
                "Basic Constraints \(criticality("2.5.29.19")):", "Key Usage \(criticality("2.5.29.15")):",
                "Certificate Authority (CA): \(facts.isCA ? "TRUE" : "FALSE")",
                "Subject Key Identifier (not critical):", facts.subjectKeyIdentifier,
                "Signature Algorithm: \(facts.isP384Signed ? "ECDSA-SHA384" : "ECDSA-SHA256")",
            ]
            if let pathLength = facts.pathLength { expected.append("Path Length Constraint: \(pathLength)") }
            if let identifier = facts.authorityKeyIdentifier {
                expected += ["Authority Key Identifier (not critical):", identifier]
            }
            if !facts.permitted.isEmpty { expected.append("Name Constraints (not critical):") }
            expected +=
                facts.policies + facts.permitted.map { "directoryName: \($0)" } + facts.listURLs.map { "URI: \($0)" }
            expected += facts.issuerURLs.map { "Access Location URI: \($0)" }
            for line in expected { #expect(lines.contains(line[...]), "\(name): \(line) is not in \(verdict.text)") }
        }
    }
}
