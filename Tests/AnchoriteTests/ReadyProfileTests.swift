import Foundation
import Testing

/// The ready policies for particular kinds of devices, rehearsed on SoftHSM, and their certificates field by field.
@Suite("ready profiles")
struct ReadyProfileTests {
    private func rehearse(_ ceremonies: String..., look: (String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "anchorite-profile-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let outcome = try await BuiltCommand.run(
            ["rehearse", "--brief", "--folder", folder] + ceremonies.map { Repository.path("Ceremonies/\($0).yaml") })
        try #require(outcome.code == 0, Comment(rawValue: outcome.talk))
        try await look(folder + "/authority")
    }

    /// What `openssl x509` tells, a line each, trimmed.
    private func lines(_ certificate: String) async throws -> [String] {
        let outcome = try await BuiltCommand.run(
            program: "/usr/bin/openssl",
            [
                "x509", "-inform", "der", "-in", certificate, "-noout", "-text", "-subject", "-nameopt", "RFC2253",
                "-certopt", "no_sigdump",
            ])
        try #require(outcome.code == 0)
        return outcome.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private func file(_ authority: String, _ prefix: String) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: authority + "/certificates")
        let name = try #require(names.first { $0.hasPrefix(prefix) && $0.hasSuffix(".cer") }, "no \(prefix) in \(names)")
        return "\(authority)/certificates/\(name)"
    }

    private func extensions(_ lines: [String]) -> [String] {
        lines.filter { $0.hasPrefix("X509v3 ") && $0 != "X509v3 extensions:" }.map { String($0.dropFirst(7)) }
    }

    private let never = "Not After : Dec 31 23:59:59 9999 GMT"

    @Test func `IDevID certificates have no end, a serial number and a hardware module`() async throws {
        try await rehearse("idevid-first") { authority in
            for name in ["G1.", "factory-tallinn", "idevid-"] {
                let lines = try await lines(try file(authority, name))
                #expect(lines.contains(never), "\(name)")
            }
            let device = try await lines(try file(authority, "idevid-"))
            #expect(device.contains("subject=serialNumber=TLL-000001,OU=tallinn,O=Acme Devices"))
            #expect(
                extensions(device) == [
                    "Basic Constraints: critical", "Key Usage: critical", "Subject Key Identifier:",
                    "Authority Key Identifier:", "Subject Alternative Name:",
                ])
            let inspected = try await BuiltCommand.run("inspect", try file(authority, "idevid-"), "--json")
            #expect(inspected.code == 0)
            // otherName { 1.3.6.1.5.5.7.8.4, { 1.3.6.1.4.1.32473.5.1, 'TLL-000001' } }
            #expect(inspected.output.contains("3028a02606082b06010505070804a01a3018060a2b0601040181fd590501040a544c4c2d303030303031"))
        }
    }

    @Test(arguments: [
        ("idevid-first", ["mbedtls", "wolfssl", "bearssl"], ["x509_crt_bundle.5.4", "x509_crt_bundle.legacy"]),
        ("dice-first", ["mbedtls", "wolfssl"], []),
    ])
    func `a bundle has the anchors for the stacks that its policy's profiles name`(
        ceremony: String, libraries: [String], files: [String]
    ) async throws {
        try await rehearse(ceremony) { authority in
            let bundle = authority + "/bundles/000001"
            let sources = libraries.flatMap { ["anchorite_anchors_\($0).c", "anchorite_anchors_\($0).h"] }
            let written = try FileManager.default.contentsOfDirectory(atPath: bundle + "/c")
            #expect(written.sorted() == sources.sorted())
            let images = (try? FileManager.default.contentsOfDirectory(atPath: bundle + "/esp-idf")) ?? []
            #expect(images.sorted() == files)
        }
    }

    @Test func `Matter certificates are what the specification wants, field by field`() async throws {
        try await rehearse("matter-first") { authority in
            let vid = "1.3.6.1.4.1.37244.2.1=FFF1"
            for (name, subject, constraints, usage, isRoot) in [
                ("G1.", "\(vid),CN=Acme Development Matter PAA G1", "CA:TRUE, pathlen:1", "Certificate Sign, CRL Sign", true),
                (
                    "pai-8000", "1.3.6.1.4.1.37244.2.2=8000,\(vid),CN=Acme Development Matter PAI 8000",
                    "CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", false
                ),
                (
                    "dac-8000-0001", "1.3.6.1.4.1.37244.2.2=8000,\(vid),CN=Acme 8000 0001", "CA:FALSE",
                    "Digital Signature", false
                ),
            ] {
                let path = try file(authority, name)
                let lines = try await lines(path)
                func after(_ line: String) -> String? {
                    lines.firstIndex(of: line).flatMap { lines.indices.contains($0 + 1) ? lines[$0 + 1] : nil }
                }
                #expect(lines.contains("Version: 3 (0x2)"))
                #expect(lines.contains("Signature Algorithm: ecdsa-with-SHA256"))
                #expect(lines.contains("ASN1 OID: prime256v1"))
                #expect(lines.contains(never))
                // OpenSSL shows strings under unknown types as #0C…, a UTF8String in DER.
                let shown = subject.replacing("=FFF1", with: "=#0C0446464631").replacing("=8000,", with: "=#0C0438303030,")
                #expect(lines.contains("subject=\(shown)"), "\(lines)")
                #expect(after("X509v3 Basic Constraints: critical") == constraints)
                #expect(after("X509v3 Key Usage: critical") == usage)
                #expect(
                    extensions(lines) == [
                        "Basic Constraints: critical", "Key Usage: critical", "Subject Key Identifier:",
                    ] + (isRoot ? [] : ["Authority Key Identifier:"]))
                #expect(try contents(path).count <= 600)
            }
            let bundle = "\(authority)/bundles/000001/bundle.cose"
            let device = try await BuiltCommand.run(
                "bundle", "verify", bundle, "--anchor", try file(authority, "G1."), "--as-device", "matter")
            #expect(device.code == 0)
            #expect(device.output.contains("accepts  Matter 1"))
        }
    }

    @Test func `a factory for DICE may have CAs below it`() async throws {
        try await rehearse("dice-first") { authority in
            #expect(try await lines(try file(authority, "G1.")).contains("CA:TRUE, pathlen:2"))
            let factory = try await lines(try file(authority, "factory-tallinn"))
            #expect(factory.contains("CA:TRUE, pathlen:1"))
            for policy in [6, 8, 12] { #expect(factory.contains("Policy: 2.23.133.5.4.100.\(policy)")) }
            #expect(extensions(factory).contains("Certificate Policies:"))
        }
    }

    @Test func `a cloud gets its code, signed by the factory, for a week`() async throws {
        try await rehearse("first-year", "cloud-registration") { authority in
            let path = try file(authority, "cloud-registration-")
            let lines = try await lines(path)
            let code = "3a2f5c9e8d7b6a4f1e0d9c8b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e2d1c0b9a8f"
            #expect(lines.contains("subject=CN=\(code),OU=tallinn,O=Acme Devices"))
            #expect(lines.contains("CA:FALSE"))
            let inGeneral = try await BuiltCommand.run(
                program: "/usr/bin/openssl",
                [
                    "verify", "-x509_strict", "-CAfile", "\(authority)/certificates/G1.pem", "-untrusted",
                    "\(authority)/certificates/factory-tallinn-2027.pem", path.replacing(".cer", with: ".pem"),
                ])
            #expect(inGeneral.code == 0, "\(inGeneral.talk)")
            let ends = try await BuiltCommand.run(
                program: "/usr/bin/openssl", ["x509", "-inform", "der", "-in", path, "-noout", "-checkend", "\(7 * 86400 + 60)"])
            #expect(ends.code == 1)
        }
    }
}
