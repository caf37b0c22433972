import Foundation
import Groundwork
import Handover
import Testing

/// A folder for Tallinn, packed from the rehearsed authority, in which Shenzhen is revoked.
@Suite("anchorite handover and device")
struct HandoverCommandTests {
    private struct Setting {
        var folder: String
        var authority: String
        var root: String
        let scratch: ReadScratch
        var handover: String { "\(scratch.path)/tallinn" }
        /// The device that the authority made by hand to prove a chain.
        var device: String { "\(authority)/certificates/sample-device-tallinn-TLL-000001.pem" }
        var key: String { "\(folder)/devices/TLL-000001-tallinn.key" }

        func pack(_ arguments: String...) async throws -> BuiltCommand.Outcome {
            try await BuiltCommand.run(
                ["handover", "--authority", authority, "--root", root, "--key", "\(folder)/operators/ingrid"] + arguments)
        }

        func verify(_ arguments: String...) async throws -> BuiltCommand.Outcome {
            try await BuiltCommand.run(["device", "verify", "--root", root] + arguments)
        }
    }

    private func setting() async throws -> Setting {
        let folder = try await ReadFolder.shared.path()
        let root = SHA256Digest.hex(try contents("\(folder)/authority/certificates/G1.cer"))
        return Setting(folder: folder, authority: "\(folder)/authority", root: root, scratch: try ReadScratch())
    }

    private func packed() async throws -> Setting {
        let setting = try await setting()
        let outcome = try await setting.pack("--factory", "tallinn", "--profile", "sample-device", "--to", setting.handover)
        try #require(outcome.code == 0, Comment(rawValue: outcome.talk))
        return setting
    }

    @Test func `a factory checks its folder and its devices from the fingerprint alone`() async throws {
        let setting = try await packed()
        let check = try await BuiltCommand.run("handover", "--check", setting.handover, "--root", setting.root, "--json")
        #expect(check.code == 0)
        #expect((check.json?["scope"] as? [String: String])?["factory"] == "tallinn")
        // In force as of which CRLs, and how old they are.
        let by = try #require(check.json?["in-force-by"] as? [[String: Any]])
        #expect(by.map { $0["issuer"] as? String } == ["G1"] && by.first?["number"] as? Int == 2)
        #expect(by.first?["age"] is String && by.first?["this-update"] is String && by.first?["next-update"] is String)
        let words = try await BuiltCommand.run("handover", "--check", setting.handover, "--root", setting.root)
        let said = words.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(said.contains("in force as far as its own CRLs tell"))
        #expect(said.contains(/in force by CRL 2 of G1, of 20[0-9TZ:-]+, [0-9]+ [a-z]+ old, good until 20/), "\(said)")
        #expect(said.contains("A newer CRL may be out") && said.contains("anchorite device verify with --crl"))

        let challenge = "\(setting.scratch.path)/challenge.json"
        #expect(try await BuiltCommand.run("device", "challenge", "--output", challenge).code == 0)
        let again = try await BuiltCommand.run("device", "challenge", "--output", challenge)
        #expect(again.code == 73 && again.talk.contains("OUTPUT-NEW"))
        let signature = "\(setting.scratch.path)/challenge.sig"
        let signed = try await BuiltCommand.run(
            program: "/usr/bin/openssl", ["dgst", "-sha256", "-sign", setting.key, "-out", signature, challenge])
        #expect(signed.code == 0, "\(signed.talk)")
        let good = try await setting.verify(
            "--chain", setting.device, "--handover", setting.handover, "--scope", "factory=tallinn", "--challenge", challenge,
            "--signature", signature, "--json")
        #expect(good.code == 0, "\(good.output)\(good.talk)")
        let checks = try #require(good.json?["checks"] as? [[String: String]])
        #expect(checks.map { $0["check"] } == DeviceCheck.allCases.map(\.rawValue))
        for check in checks { #expect(check["result"] == "ok", "\(check)") }
        let above = try #require(checks.first { $0["check"] == "DEVICE-REVOCATION" }?["sentence"])
        #expect(above.contains(/is revoked, by CRL 2 of .+, of 20[0-9TZ:-]+, [0-9]+ [a-z]+ old, good until 20/), "\(above)")
        let used = try #require(good.json?["crls"] as? [[String: Any]])
        #expect(used.count == 2 && used.first?["number"] as? Int == 2 && used.allSatisfy { $0["age-seconds"] is Int })

        // Another device's signature, another scope, another root.
        let swapped = try await setting.verify(
            "--chain", setting.device, "--handover", setting.handover, "--challenge", String(repeating: "ab", count: 16),
            "--signature", signature)
        #expect(swapped.code == 1 && swapped.output.contains("DEVICE-CHALLENGE"))
        let scope = try await setting.verify("--chain", setting.device, "--handover", setting.handover, "--scope", "factory=penang")
        #expect(scope.code == 1 && scope.output.contains("the scope is factory tallinn, not penang."))
        let record = "\(setting.authority)/certificates/record.cer"
        let root = try await BuiltCommand.run(
            "device", "verify", "--chain", setting.device, "--handover", setting.handover, "--root", record)
        #expect(root.code == 1 && root.output.contains("ROOT-FINGERPRINT"))
        let file = try await BuiltCommand.run(
            "device", "verify", "--chain", setting.device, "--handover", setting.handover, "--root",
            "\(setting.authority)/certificates/G1.pem")
        #expect(file.code == 0)
    }

    @Test func `mistakes in the call are told, and nothing is written`() async throws {
        let setting = try await packed()
        let target = "\(setting.scratch.path)/more"
        let unnamed = try await setting.pack("--factory", "tallinn", "--to", target)
        #expect(unnamed.code == 1 && unnamed.talk.contains("--profile: cloud-registration, sample-device"))
        let typo = try await setting.pack("--factory", "talinn", "--profile", "sample-device", "--to", target)
        #expect(typo.code == 64 && typo.talk.contains("did you mean tallinn?"))
        let option = try await setting.pack("--factori", "tallinn", "--to", target)
        #expect(option.code == 64 && option.talk.contains("did you mean --factory?"))
        let valueless = try await setting.pack("--to", target, "--factory")
        #expect(valueless.code == 64 && valueless.talk.contains("--factory has no value"))
        let twice = try await setting.pack("tallinn", "--factory=tallinn", "--to", target)
        #expect(twice.code == 64 && twice.talk.contains("the factory is given twice"))
        let nobody = try await setting.pack("--factory", "penang", "--to", target)
        #expect(nobody.code == 64 && nobody.talk.contains("Live are factory-tallinn-2027 (factory tallinn, year 2027)"))
        let revoked = try await setting.pack("shenzhen-2", "--profile", "sample-device", "--to", target)
        #expect(revoked.code == 1 && revoked.talk.contains("HANDOVER-CURRENT") && revoked.talk.contains("factory-shenzhen-2-2027"))
        let stranger = try await BuiltCommand.run(
            "handover", "tallinn", "--profile", "sample-device", "--authority", setting.authority, "--root", setting.root,
            "--key", "\(setting.folder)/operators/priya", "--to", target)
        #expect(stranger.code == 1 && stranger.talk.contains("Priya Raman has no seat"))
        let there = try await setting.pack("tallinn", "--profile", "sample-device", "--to", setting.handover)
        #expect(there.code == 73 && there.talk.contains("OUTPUT-NEW"))
        #expect(!FileManager.default.fileExists(atPath: target))
        #expect(try await BuiltCommand.run("handover", "--root", setting.root).code == 64)
        #expect(try await BuiltCommand.run("handover", "--check", "nowhere", "--root", setting.root).code == 65)
        #expect(try await setting.verify("--chain", "nowhere.pem").code == 65)
        #expect(try await setting.verify("--chain", setting.device, "--scope", "factory=x").code == 64)
        #expect(try await setting.verify("--chain", setting.device, "--challenge", "ab").code == 64)
        let policy = try await setting.verify("--chain", "\(setting.folder)/policy.yaml")
        #expect(policy.code == 65 && policy.talk.contains("policy.yaml"))
    }

    @Test func `the factory's page names every check with its claim`() throws {
        let page = String(decoding: try contents(Repository.path("docs/factory.md")), as: UTF8.self)
        for check in DeviceCheck.allCases { #expect(page.contains("| `\(check.rawValue)` | \(check.claim) |\n"), "\(check)") }
    }
}
