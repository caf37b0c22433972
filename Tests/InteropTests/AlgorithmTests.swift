import Authority
import Foundation
import PKIX
import Testing

/// The same judges on roots of other algorithms: RSA with PKCS #1 v1.5 and with PSS, and Ed25519.
@Suite struct AlgorithmTests {
    @Test(arguments: AlgorithmCase.allCases)
    func `openssl accepts the live device and refuses the revoked one`(algorithm: AlgorithmCase) async throws {
        let authority = try algorithm.authority()
        for record in authority.certificates where record.planned.issuer == "G1" {
            let text = try await Judge.ask(
                "openssl", ["x509", "-in", try authority.pem(record.planned.name), "-noout", "-text"],
                printsOutput: false)
            #expect(text.output.contains("Signature Algorithm: \(algorithm.opensslName)\n"), "\(text.text)")
        }
        let (live, revoked) = try devices(authority)
        for (files, isLive) in [(live, true), (revoked, false)] {
            let verdict = try await Judge.ask(
                "openssl",
                [
                    "verify", "-x509_strict", "-crl_check_all", "-CAfile", "\(files.root).pem", "-CRLfile",
                    "\(files.rootList).pem", "-CRLfile", "\(files.intermediateList).pem", "-untrusted",
                    "\(files.intermediate).pem", "\(files.device).pem",
                ])
            #expect(verdict.accepted == isLive, "\(verdict.text)")
            #expect(isLive || verdict.text.contains("certificate revoked"))
            let list = try await Judge.ask(
                "openssl", ["crl", "-in", "\(files.rootList).pem", "-CAfile", "\(files.root).pem", "-verify", "-noout"])
            #expect(list.text.contains("verify OK"), "\(list.text)")
        }
    }

    private func devices(
        _ authority: RehearsedAuthority
    ) throws -> (live: RehearsedAuthority.DeviceFiles, revoked: RehearsedAuthority.DeviceFiles) {
        let names = authority.certificates.filter { $0.planned.kind == .intermediate }.map(\.planned.name)
        try #require(names.count == 2)
        return (try authority.device(under: names[0]), try authority.device(under: names[1]))
    }

    @Test(
        .enabled(if: Judge.isInstalled("certtool"), "certtool is not installed (Debian: gnutls-bin)"),
        arguments: AlgorithmCase.allCases)
    func `certtool accepts the live device and refuses the revoked one`(algorithm: AlgorithmCase) async throws {
        let (live, revoked) = try devices(algorithm.authority())
        #expect(try await GnuTLSTests.verify(live).accepted)
        let verdict = try await GnuTLSTests.verify(revoked)
        #expect(!verdict.accepted && verdict.output.contains("revoked"), "\(verdict.text)")
    }

    @Test(
        .enabled(if: PythonEnvironment.judges != nil, PythonEnvironment.notice),
        arguments: AlgorithmCase.allCases)
    func `pyca verifies every certificate and every CRL`(algorithm: AlgorithmCase) async throws {
        let authority = try algorithm.authority()
        let verdict = try await PycaTests.judge(try authority.work(chains: []))
        try #require(verdict.accepted, "\(verdict.text)")
        let findings = try JSONDecoder().decode(PycaTests.Findings.self, from: Data(verdict.output.utf8))
        #expect(findings.certificates.count == 7 && findings.lists.count == 4)
        for record in authority.certificates where record.planned.issuer == "G1" {
            #expect(findings.certificates[record.planned.name]?.algorithm == algorithm.oid)
        }
    }

    @Test(
        .enabled(if: PythonEnvironment.judges != nil, PythonEnvironment.notice),
        arguments: AlgorithmCase.allCases)
    func `pkilint finds no error that is not justified in writing`(algorithm: AlgorithmCase) async throws {
        let calls = try PkilintTests.calls(try algorithm.authority())
        for (call, findings) in zip(calls, try await PkilintTests.findings(calls)) {
            for finding in findings where finding.isError {
                let isExcused = algorithm == .pss && PkilintTests.justifiedForPSS.contains(finding.code)
                #expect(isExcused, "\(call.joined(separator: " ")): \(finding)")
            }
        }
    }

    /// What the libraries of devices make of each algorithm: policies name them in their targets. mbedTLS does not know
    /// Ed25519, BearSSL neither Ed25519 nor PSS, and wolfSSL takes no CRL that is signed with PSS.
    @Test(arguments: DeviceLibrary.installed, AlgorithmCase.allCases)
    func `device libraries judge what they can`(library: DeviceLibrary, algorithm: AlgorithmCase) async throws {
        let (live, revoked) = try devices(algorithm.authority())
        let verdicts = try await [library.judge(live.arguments).status, library.judge(revoked.arguments).status]
        let expected =
            switch (library, algorithm) {
            case (.mbedtls, .pkcs1), (.mbedtls, .pss), (.wolfssl, .pkcs1), (.wolfssl, .ed25519): [0, 1]
            case (.bearssl, .pkcs1): [0, 0]
            case (.bearssl, .pss), (.wolfssl, .pss): [1, 1]
            case (.mbedtls, .ed25519), (.bearssl, .ed25519): [2, 2]
            }
        #expect(verdicts == expected)
    }
}
