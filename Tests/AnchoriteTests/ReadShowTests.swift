import Foundation
import Testing

@Suite("anchorite show")
struct ReadShowTests {
    @Test func `a plan says who gets what power until when, and who may approve it`() async throws {
        let folder = try await ReadFolder.shared.path()
        let shown = try await BuiltCommand.run("show", "\(folder)/plans/1/plan.json")
        #expect(shown.code == 0)
        #expect(shown.talk.isEmpty)
        for sentence in [
            "Plan for ceremony 1 of acme-devices (development)",
            "yes: made again from its ceremony file, the policy and the ledger",
            "a CA with 2 levels of CAs beneath it (path length 2)",
            "a CA for devices; no CA may stand beneath it (path length 0)",
            "sign certificates and CRLs (keyCertSign, cRLSign)",
            "(25 years)",
            "only names under OU=tallinn,O=Acme Devices",
            "2 of 3 security-officers: Ingrid Solberg, Mateus Carvalho or Yuki Tanabe",
            "whose signature proves that its sender holds it",
            "the new key G1 (ec-p384) on the token vault",
        ] {
            #expect(shown.output.replacing(#/\s+/#, with: " ").contains(sentence), "missing: \(sentence)")
        }
    }

    @Test func `the digest of a plan is that of its file, as hex and as words`() async throws {
        let folder = try await ReadFolder.shared.path()
        let plan = "\(folder)/plans/1/plan.json"
        let shown = try await BuiltCommand.run("show", plan, "--json")
        let digest = SHA256Digest.hex(try contents(plan))
        #expect(shown.json?["digest"] as? String == digest)
        #expect((shown.json?["digest-words"] as? [String])?.count == 32)
        #expect(shown.json?["derived"] as? Bool == true)
        #expect((shown.json?["operations"] as? [[String: Any]])?.count == 5)
    }

    @Test func `a plan without its ledger says that it is not checked, and with another one is refused`() async throws {
        let folder = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        let plan = try scratch.copy("\(folder)/plans/2/plan.json", as: "plan.json")
        let alone = try await BuiltCommand.run("show", plan)
        #expect(alone.code == 0)
        #expect(alone.output.contains("not against the ledger"))
        let withLedger = try await BuiltCommand.run("show", plan, "--authority", "\(folder)/authority")
        #expect(withLedger.code == 0)
        #expect(withLedger.output.contains("Priya Raman, whose own approval does not count"))
        let without = try await BuiltCommand.run("show", plan, "--authority", scratch.path)
        #expect(without.code == 65)
        #expect(without.output.isEmpty)
    }

    @Test func `a plan whose certificate was changed is shown as refused`() async throws {
        let folder = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        let text = String(decoding: try contents("\(folder)/plans/1/plan.json"), as: UTF8.self)
        let changed = text.replacing("\"path\":\"certificates/G1.cer\"", with: "\"path\":\"certificates/G9.cer\"")
        #expect(changed != text)
        let shown = try await BuiltCommand.run("show", try scratch.write("plan.json", Array(changed.utf8)))
        #expect(shown.code == 1)
        #expect(shown.output.contains("NO: PLAN-DERIVED"))
        #expect(shown.output.contains("Do not approve it."))
    }

    @Test func `an approval names its operator, and one for another plan is refused`() async throws {
        let folder = try await ReadFolder.shared.path()
        let good = try await BuiltCommand.run("show", "\(folder)/plans/1/bo.approval")
        #expect(good.code == 0)
        #expect(good.output.contains("Bo Lindqvist (witness)"))
        let other = try await BuiltCommand.run(
            "show", "\(folder)/plans/2/erik.approval", "--plan", "\(folder)/plans/1/plan.json")
        #expect(other.code == 1)
        #expect(other.output.contains("NOT this plan"))
    }

    @Test(arguments: [
        ("authority/policies/0001.yaml", "Who must approve"),
        ("authority/ceremonies/0001/ceremony.yaml", "create the root G1"),
        ("authority/ledger.jsonl", "ceremony-closed"), ("authority/checkpoints/0001.note", "Merkle root"),
        ("authority/bundles/000001/bundle.cose", "Trust-anchor bundle 1"),
        ("authority/certificates/G1.pem", "Root certificate"),
        ("authority/crls/G1-000002.crl", "CRL 2 of"), ("authority/ceremonies/0002/plan.json", "yes: made again"),
    ])
    func `every file of ours is known by its content`(_ file: String, _ sentence: String) async throws {
        let folder = try await ReadFolder.shared.path()
        let shown = try await BuiltCommand.run("show", "\(folder)/\(file)")
        #expect(shown.code == 0)
        #expect(shown.output.contains(sentence))
        let json = try await BuiltCommand.run("show", "\(folder)/\(file)", "--json")
        #expect(json.code == 0)
        #expect(json.json?["file"] is String)
    }

    @Test func `a file that is none of ours is refused`() async throws {
        let scratch = try ReadScratch()
        for bytes in [
            [], Array("hello\n".utf8), Array("{\"a\":1}".utf8), [0xFF, 0x00], Array("-----BEGIN CAT-----\n".utf8),
        ] {
            let shown = try await BuiltCommand.run("show", try scratch.write("file", bytes))
            #expect(shown.code == 65)
            #expect(shown.output.isEmpty)
            #expect(shown.talk.hasPrefix("anchorite: "))
        }
        let missing = try await BuiltCommand.run("show", "\(scratch.path)/nothing")
        #expect(missing.code == 65)
    }

    @Test func `text from a file cannot move the cursor`() async throws {
        let folder = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        let text = String(decoding: try contents("\(folder)/plans/1/plan.json"), as: UTF8.self)
        let changed = text.replacing(
            "\"profile\":\"device-root\"", with: "\"profile\":\"device\\u001b[2J\u{202E}root\"")
        #expect(changed != text)
        let shown = try await BuiltCommand.run("show", try scratch.write("plan.json", Array(changed.utf8)))
        #expect(shown.code == 1)
        #expect(!shown.output.unicodeScalars.contains("\u{1b}"))
        #expect(!shown.output.unicodeScalars.contains("\u{202E}"))
        #expect(shown.output.contains("device<U+1B>[2J<U+202E>root"))
    }
}
