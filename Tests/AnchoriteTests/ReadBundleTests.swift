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
            (["--anchor", "@/G1.cer", "--renderings", "/nowhere"], "BUNDLE-RENDERINGS"),
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
}
