import Authority
import Foundation
import Groundwork
import PKIX
import Testing

/// A device of TCG DICE below the ready policy's factory: its DeviceID key is a CA that signs alias certificates.
/// OpenSSL makes both, with the factory's key on its token, and judges them.
@Suite(
    .enabled(
        if: TokenSigner.isInstalled,
        "OpenSSL's PKCS#11 engine is not installed (Debian: libengine-pkcs11-openssl)"))
struct DICETests {
    /// The ready ceremony, with the factory's key on a token that the test can use.
    private static let authority = Result {
        let text = try String(contentsOfFile: Repository.path("Ceremonies/dice-first.yaml"), encoding: .utf8)
        let changed = text.replacing("    csr: requests/dice-tallinn.csr\n", with: "    generate: {token: vault}\n")
            .replacing("../Policies/", with: Repository.path("Policies/"))
        guard changed.contains("    generate: {token: vault}\n  - operation: publish-bundle") else {
            throw CocoaError(.fileReadCorruptFile)
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "dice-\(UUID().uuidString).yaml")
        try changed.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return try RehearsedAuthority(
            "dice", policy: DurableFile.read(Repository.path("Policies/dice.yaml")), ceremonies: [file.path])
    }

    /// DiceTcbInfo (2.23.133.5.4.1) with vendor, model and one FWID of SHA-256, and TCG DICE's key purposes.
    private static func extensions(isAuthority: Bool) -> String {
        """
        basicConstraints = critical, \(isAuthority ? "CA:TRUE, pathlen:0" : "CA:FALSE")
        keyUsage = critical, \(isAuthority ? "keyCertSign" : "digitalSignature")
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid
        extendedKeyUsage = \(isAuthority ? "2.23.133.5.4.100.6, 2.23.133.5.4.100.12" : "2.23.133.5.4.100.8")
        2.23.133.5.4.1 = critical, ASN1:SEQUENCE:tcb
        [tcb]
        vendor = IMPLICIT:0, UTF8String:Acme
        model = IMPLICIT:1, UTF8String:Kettle
        fwids = IMPLICIT:6, SEQUENCE:fwids
        [fwids]
        fwid = SEQUENCE:fwid
        [fwid]
        algorithm = OID:2.16.840.1.101.3.4.2.1
        digest = FORMAT:HEX, OCTETSTRING:\(String(repeating: "ab", count: 32))

        """
    }

    /// Signs a certificate with the key in a file, and gives its PEM.
    private func sign(
        _ name: String, by issuer: String, key: String, isAuthority: Bool, in scratch: ScratchFolder
    ) async throws -> String {
        let path = { (suffix: String) in "\(scratch.path)/\(name).\(suffix)" }
        let request = try await Judge.ask(
            "openssl",
            [
                "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path("key"),
                "-subj", "/CN=\(name)", "-out", path("request"),
            ], printsOutput: false)
        try #require(request.accepted, "\(request.text)")
        try scratch.write(Array(Self.extensions(isAuthority: isAuthority).utf8), "\(name).extensions")
        let signed = try await Judge.ask(
            "openssl",
            [
                "x509", "-req", "-in", path("request"), "-CA", issuer, "-CAkey", key, "-set_serial", "0x5001", "-days",
                "30", "-sha256", "-extfile", path("extensions"), "-out", path("pem"),
            ], printsOutput: false)
        try #require(signed.accepted, "\(signed.text)")
        return path("pem")
    }

    private func verify(_ leaf: String, _ intermediates: [String], root: String) async throws -> Judge.Verdict {
        // OpenSSL does not know DiceTcbInfo; a verifier of evidence does.
        try await Judge.ask(
            "openssl",
            ["verify", "-x509_strict", "-ignore_critical", "-CAfile", root]
                + intermediates.flatMap { ["-untrusted", $0] } + [leaf])
    }

    @Test func `openssl takes root, factory, DeviceID and alias, and no CA below the DeviceID`() async throws {
        let authority = try Self.authority.get()
        let scratch = try ScratchFolder()
        let factory = try #require(authority.certificates.first { $0.planned.kind == .intermediate })
        let key = try #require(factory.planned.subjectKey.flatMap { authority.state.keys[$0] })
        let pem = { (name: String) in try authority.path(name).replacing(".cer", with: ".pem") }
        let (root, factoryFile) = (try pem("G1"), try pem(factory.planned.name))

        let device = try await TokenSigner(authority.token, keyID: key.planned.id, scratch).certificate(
            subject: "/CN=DeviceID TLL-000001", issuer: factoryFile, extensions: Self.extensions(isAuthority: true))
        let deviceKey = "\(scratch.path)/key"
        let alias = try await sign(
            "alias", by: "\(device).pem", key: deviceKey, isAuthority: false, in: scratch)
        let accepted = try await verify(alias, [factoryFile, "\(device).pem"], root: root)
        #expect(accepted.accepted, "\(accepted.text)")

        let authorityBelow = try await sign("below", by: "\(device).pem", key: deviceKey, isAuthority: true, in: scratch)
        let leaf = try await sign(
            "leaf", by: authorityBelow, key: "\(scratch.path)/below.key", isAuthority: false, in: scratch)
        let refused = try await verify(leaf, [factoryFile, "\(device).pem", authorityBelow], root: root)
        #expect(!refused.accepted && refused.text.contains("path length constraint exceeded"), "\(refused.text)")
    }
}
