import Foundation
import Testing

@Suite("anchorite bundle verify")
struct ReadBundleTests {
    private func verify(_ arguments: String...) async throws -> BuiltCommand.Outcome {
        let folder = try await ReadFolder.shared.path()
        return try await BuiltCommand.run(
            ["bundle", "verify", "\(folder)/authority/bundles/000002/bundle.cose", "--json"]
                + arguments.map { $0.replacing("@", with: "\(folder)/authority/certificates") })
    }

    private func result(_ outcome: BuiltCommand.Outcome, _ control: String) -> String? {
        (outcome.json?["controls"] as? [[String: String]])?.first { $0["control"] == control }?["result"]
    }

    @Test func `a device that trusts the root accepts the next bundle, and each control is named`() async throws {
        let accepted = try await verify(
            "--anchor", "@/G1.cer", "--minimum-sequence", "2", "--store", "acme/device-trust", "--environment",
            "development")
        #expect(accepted.code == 0)
        for control in ["ENCODING", "SIGNER", "SIGNATURE", "STORE", "ENVIRONMENT", "SEQUENCE", "RENDERINGS"] {
            #expect(result(accepted, "BUNDLE-\(control)") == "ok")
        }
    }

    @Test func `an older sequence, another store, environment or anchor is refused`() async throws {
        for (arguments, control) in [
            (["--anchor", "@/G1.cer", "--minimum-sequence", "3"], "BUNDLE-SEQUENCE"),
            (["--anchor", "@/G1.cer", "--store", "acme/other"], "BUNDLE-STORE"),
            (["--anchor", "@/G1.cer", "--environment", "production"], "BUNDLE-ENVIRONMENT"),
            (["--anchor", "@/factory-tallinn-2027.pem"], "BUNDLE-SIGNER"),
            (["--anchor", "@/G1.cer", "--at", "2040-01-01T00:00:00Z"], "BUNDLE-SIGNER"),
        ] {
            let folder = try await ReadFolder.shared.path()
            let refused = try await BuiltCommand.run(
                ["bundle", "verify", "\(folder)/authority/bundles/000002/bundle.cose", "--json"]
                    + arguments.map { $0.replacing("@", with: "\(folder)/authority/certificates") })
            #expect(refused.code == 1)
            #expect(result(refused, control) == "failed", "\(control)")
        }
    }

    @Test func `what was not given is not checked`() async throws {
        let accepted = try await verify("--anchor", "@/G1.pem", "--alone")
        #expect(accepted.code == 0)
        for control in ["STORE", "ENVIRONMENT", "RENDERINGS"] {
            #expect(result(accepted, "BUNDLE-\(control)") == "unchecked")
        }
        #expect(try await verify().code == 64)
    }

    @Test func `a flipped byte is refused`() async throws {
        let folder = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        let bytes = try contents("\(folder)/authority/bundles/000002/bundle.cose")
        for position in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 30)) {
            var damaged = bytes
            damaged[position] ^= 1
            let outcome = try await BuiltCommand.run(
                "bundle", "verify", try scratch.write("bundle.cose", damaged), "--alone", "--anchor",
                "\(folder)/authority/certificates/G1.cer")
            #expect(outcome.code == 1, "byte \(position)")
        }
    }

    /// A copy of the newest bundle with its folder.
    private func copy(_ scratch: ReadScratch) async throws -> (bundle: String, anchor: String) {
        let authority = try await ReadFolder.shared.path() + "/authority"
        let folder = try scratch.copy("\(authority)/bundles/000002", as: "bundle")
        return ("\(folder)/bundle.cose", "\(authority)/certificates/G1.cer")
    }

    @Test func `a file beside the bundle that it does not list is refused`() async throws {
        let scratch = try ReadScratch()
        let (bundle, anchor) = try await copy(scratch)
        #expect(try await BuiltCommand.run("bundle", "verify", bundle, "--anchor", anchor).code == 0)
        let folder = URL(filePath: bundle).deletingLastPathComponent().path
        for (path, folders) in [("c/evil.c", "c"), ("anchors/old/g0.pem", "anchors/old")] {
            try FileManager.default.createDirectory(atPath: "\(folder)/\(folders)", withIntermediateDirectories: true)
            try Data("evil".utf8).write(to: URL(filePath: "\(folder)/\(path)"))
            let refused = try await BuiltCommand.run("bundle", "verify", bundle, "--anchor", anchor, "--json")
            #expect(refused.code == 1 && result(refused, "BUNDLE-RENDERINGS") == "failed")
            #expect((refused.json?["reason"] as? String)?.contains(path) == true)
            #expect(try await BuiltCommand.run("bundle", "verify", bundle, "--anchor", anchor, "--alone").code == 0)
            try FileManager.default.removeItem(atPath: "\(folder)/\(path)")
        }
        try FileManager.default.removeItem(atPath: "\(folder)/c/anchorite_anchors_mbedtls.c")
        let missing = try await BuiltCommand.run("bundle", "verify", bundle, "--anchor", anchor)
        #expect(missing.code == 1 && missing.output.contains("then"))
    }

    @Test func `what a device has stored decides, and what is not known of it is told`() async throws {
        let folder = try await ReadFolder.shared.path() + "/authority/bundles/00000"
        func verify(_ new: Int, _ old: Int, _ more: String...) async throws -> BuiltCommand.Outcome {
            try await BuiltCommand.run(
                ["bundle", "verify", "\(folder)\(new)/bundle.cose", "--stored", "\(folder)\(old)/bundle.cose", "--json"] + more)
        }
        let taken = try await verify(2, 1)
        #expect(taken.code == 0 && result(taken, "BUNDLE-STORE") == "ok" && taken.json?["warning"] == nil)
        #expect(result(try await verify(1, 2), "BUNDLE-SEQUENCE") == "failed")
        #expect(result(try await verify(2, 2), "BUNDLE-SEQUENCE") == "failed")
        #expect(try await verify(2, 1, "--store", "acme/other").code == 64)
        #expect(try await verify(2, 1, "--minimum-sequence", "1").code == 64)
        let guessed = try await self.verify("--anchor", "@/G1.cer")
        #expect(guessed.json?["unknown"] as? [String] == ["threshold", "deny-list", "previous-payload"])
    }

    @Test func `options that cannot be meant are refused with the way to write them`() async throws {
        for (arguments, words) in [
            (["--environment", "prod"], "Did you mean \"production\"?"), (["--at", "2035-01-01"], "2027-03-02T10:00:00Z"),
            (["--minimum-sequence", "-1"], "'-1' is no whole number from 0"), (["--alone", "--renderings", "."], "exclude each other"),
            (["--as-device", "zephyr"], "Say \"mbedtls\""), (["--as-device", "mbedtlss"], "\"mbedtlss\". Did you mean \"mbedtls\"? Known: "),
        ] {
            let folder = try await ReadFolder.shared.path() + "/authority"
            let refused = try await BuiltCommand.run(
                ["bundle", "verify", "\(folder)/bundles/000002/bundle.cose", "--anchor", "\(folder)/certificates/G1.cer"] + arguments)
            #expect(refused.code == 64 && refused.talk.contains(words), "\(arguments): \(refused.talk)")
        }
    }

    @Test func `a file that is something else is named, with what it is`() async throws {
        let folder = try await ReadFolder.shared.path() + "/authority"
        let (bundle, anchor, list) = (
            "\(folder)/bundles/000002/bundle.cose", "\(folder)/certificates/G1.cer", "\(folder)/crls/G1-000002.crl"
        )
        let scratch = try ReadScratch()
        let (empty, cut) = (
            try scratch.write("empty.cose", []), try scratch.write("cut.cose", Array(try contents(bundle).prefix(400)))
        )
        for (arguments, words) in [
            (["bundle", "verify", anchor, "--anchor", anchor], "\(anchor) is a certificate, not a bundle"),
            (["bundle", "verify", empty, "--anchor", anchor], "\(empty) is empty"),
            (["bundle", "verify", bundle, "--anchor", bundle], "\(bundle) is a bundle, not a certificate"),
            (["bundle", "verify", bundle, "--stored", anchor], "\(anchor) is a certificate, not a bundle"),
            (["bundle", "verify", bundle, "--anchor", anchor, "--as-device", "wolfssl", "--crl", anchor], "is a certificate, not a CRL"),
            (["bundle", "verify", bundle, "--anchor", anchor, "--renderings", "/nowhere"], "/nowhere is no folder"),
            (["bundle", "inspect", list], "\(list) is a CRL, not a bundle"),
            (["bundle", "inspect", cut], "\(cut) cannot be read as a bundle: "), (["inspect", cut], "\(cut) cannot be read as a bundle: "),
        ] {
            let refused = try await BuiltCommand.run(arguments)
            #expect(refused.code == 65 && refused.talk.contains(words), "\(arguments): \(refused.code) \(refused.talk)")
            #expect(refused.output == "")
        }
    }
}
