import Foundation
import Testing

@Suite("anchorite inspect")
struct ReadInspectTests {
    @Test func `PEM and DER of a certificate give the same facts`() async throws {
        let folder = try await ReadFolder.shared.path()
        let base = "\(folder)/authority/certificates/factory-tallinn-2027"
        let der = try await BuiltCommand.run("inspect", "\(base).cer", "--json")
        let pem = try await BuiltCommand.run("inspect", "\(base).pem", "--json")
        #expect(der.code == 0)
        #expect(der.output == pem.output)
        #expect(der.json?["sha256"] as? String == SHA256Digest.hex(try contents("\(base).cer")))
        #expect(der.json?["signature"] as? String == "unchecked")
    }

    @Test func `a signature is checked by the issuer, and not by another`() async throws {
        let folder = try await ReadFolder.shared.path()
        let certificates = "\(folder)/authority/certificates"
        let good = try await BuiltCommand.run(
            "inspect", "\(certificates)/factory-tallinn-2027.cer", "--issuer", "\(certificates)/G1.pem")
        #expect(good.code == 0)
        #expect(good.output.contains("valid, by CN=Acme Development Device Root G1"))
        let bad = try await BuiltCommand.run(
            "inspect", "\(certificates)/factory-tallinn-2027.cer", "--issuer",
            "\(certificates)/factory-shenzhen-2-2027.pem")
        #expect(bad.code == 1)
        #expect(bad.output.contains("NOT valid"))
    }

    @Test func `a root is judged by itself, and with a flipped byte it fails`() async throws {
        let folder = try await ReadFolder.shared.path()
        let path = "\(folder)/authority/certificates/G1.cer"
        #expect(try await BuiltCommand.run("inspect", path).code == 0)
        let scratch = try ReadScratch()
        var bytes = try contents(path)
        bytes[bytes.count - 10] ^= 1
        let flipped = try await BuiltCommand.run("inspect", try scratch.write("G1.cer", bytes))
        #expect(flipped.code == 1)
        #expect(flipped.output.contains("NOT valid"))
    }

    @Test func `the linter speaks with the rule and its source`() async throws {
        let folder = try await ReadFolder.shared.path()
        let path = "\(folder)/authority/certificates/factory-tallinn-2027.cer"
        let fitting = try await BuiltCommand.run("inspect", path)
        #expect(fitting.output.contains("RFC5280-NAME-CONSTRAINTS-CRITICAL  [RFC 5280 4.2.1.10]"))
        // An intermediate is no bundle signer.
        let unfitting = try await BuiltCommand.run("inspect", path, "--role", "bundle-signer", "--json")
        #expect(unfitting.code == 1)
        let findings = unfitting.json?["lint"] as? [[String: String]] ?? []
        #expect(findings.contains { $0["severity"] == "error" })
    }

    @Test func `a plan is left to show`() async throws {
        let folder = try await ReadFolder.shared.path()
        let refused = try await BuiltCommand.run("inspect", "\(folder)/plans/1/plan.json")
        #expect(refused.code == 65)
        #expect(refused.talk == "anchorite: \(folder)/plans/1/plan.json is a plan. Read it with anchorite show.\n")
    }

    @Test(
        .timeLimit(.minutes(60)),
        arguments: [
            "authority/certificates/factory-tallinn-2027.cer", "authority/crls/G1-000002.crl",
            "authority/bundles/000002/bundle.cose", "plans/2/erik.approval", "plans/2/plan.json",
            "authority/policies/0001.yaml", "authority/ledger.jsonl",
        ])
    func `no damage makes the program fall over`(_ file: String) async throws {
        let folder = try await ReadFolder.shared.path()
        let scratch = try ReadScratch()
        let bytes = try contents("\(folder)/\(file)")
        for position in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
            var damaged = bytes
            damaged[position] ^= UInt8.random(in: 1...255)
            if position % 3 == 0 { damaged.removeSubrange(position...) }
            let shown = try await BuiltCommand.run("show", try scratch.write("damaged", damaged))
            #expect([0, 1, 65].contains(shown.code), "exit \(shown.code) with byte \(position): \(shown.talk)")
        }
    }
}
