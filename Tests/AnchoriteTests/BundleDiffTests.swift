import Foundation
import Testing

@Suite("anchorite bundle diff, inspect and verify --as-device")
struct BundleDiffTests {
    private func run(_ arguments: String...) async throws -> BuiltCommand.Outcome {
        let authority = try await ReadFolder.shared.path() + "/authority"
        return try await BuiltCommand.run(
            ["bundle"] + arguments.map {
                $0.replacing("#", with: "\(authority)/bundles/00000").replacing("@", with: "\(authority)/certificates")
                    .replacing("%", with: "\(authority)/crls")
            })
    }

    @Test func `a revoked intermediate goes, its replacement comes, and the old one is denied`() async throws {
        let outcome = try await run("diff", "#1/bundle.cose", "#2/bundle.cose", "--json")
        #expect(outcome.code == 0)
        let entries = try #require(outcome.json?["differences"] as? [[String: Any]])
        func words(_ change: String, _ field: String) -> [String] {
            entries.filter { $0["change"] as? String == change && $0["field"] as? String == field }
                .compactMap { $0["sentence"] as? String }
        }
        #expect(words("loses", "intermediate").contains { $0.contains("shenzhen-2") })
        #expect(words("gains", "denied").count == 1)
        #expect(words("changes", "sequence") == ["the sequence rises from 1 to 2"])
        #expect(words("changes", "minimum-crl").contains { $0.hasSuffix("rises from 1 to 2") })
        #expect(words("changes", "previous") == [] && words("gains", "anchor") == [] && words("loses", "anchor") == [])
        #expect(outcome.json?["equal"] as? Bool == false)

        let talk = try await run("diff", "#1/bundle.cose", "#2/bundle.cose", "--exit-code")
        #expect(talk.code == 1)
        #expect(talk.output.contains("is refused from now on"))
    }

    @Test func `the way back is a fall that a device refuses`() async throws {
        let outcome = try await run("diff", "#2/bundle.cose", "#1/bundle.cose")
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("the sequence falls from 2 to 1: a device that has the former refuses the latter"))
        #expect(outcome.output.contains("is no longer refused"))
    }

    @Test func `a bundle differs in nothing from itself`() async throws {
        let outcome = try await run("diff", "#1/bundle.cose", "#1/bundle.cose", "--exit-code", "--json")
        #expect(outcome.code == 0)
        #expect(outcome.json?["equal"] as? Bool == true)
        #expect((outcome.json?["differences"] as? [Any])?.isEmpty == true)
        #expect(try await run("diff", "#1/bundle.cose", "@/G1.cer").code == 65)
        #expect(try await run("diff", "#1/bundle.cose", "/nowhere").code == 65)
        #expect(try await run("diff", "#1/bundle.cose").code == 64)
    }

    @Test func `inspect tells in words, JSON and CBOR what a bundle holds`() async throws {
        let words = try await run("inspect", "#2/bundle.cose")
        #expect(words.code == 0)
        for part in ["acme/device-trust", "G1: ", "denies", "bytes"] { #expect(words.output.contains(part), "\(part)") }
        let json = try await run("inspect", "#2/bundle.cose", "--json")
        #expect(json.json?["sequence"] as? Int == 2)
        #expect((json.json?["denied"] as? [Any])?.count == 1)
        let cbor = try await run("inspect", "#2/bundle.cose", "--cbor")
        #expect(cbor.output.hasPrefix("18([") && cbor.output.contains("/ sequence / 2: 2"))
        #expect(try await run("inspect", "@/G1.cer").code == 65)
        #expect(try await run("inspect", "#2/bundle.cose", "--cbor", "--json").code == 64)
    }

    @Test func `a stack that takes everything is told so, with what it ignores`() async throws {
        let outcome = try await run(
            "verify", "#2/bundle.cose", "--anchor", "@/G1.cer", "--json", "--as-device", "mbedtls-2.28", "--as-device",
            "bearssl")
        #expect(outcome.code == 0)
        let devices = try #require(outcome.json?["devices"] as? [[String: Any]])
        #expect(devices.compactMap { $0["device"] as? String } == ["mbedtls-2.28", "bearssl-0.6"])
        #expect(devices.allSatisfy { $0["rejects"] as? Bool == false })
        #expect(outcome.output.contains("On mbedTLS 2.28, the name constraints of the certificate "))
        #expect(outcome.output.contains("On BearSSL 0.6, CRLs are not read"))
        #expect(try await run("verify", "#2/bundle.cose", "--anchor", "@/G1.cer").output.contains("mbedTLS") == false)
    }

    @Test func `a stack that refuses an anchor or intermediate ends with 1`() async throws {
        let outcome = try await run(
            "verify", "#2/bundle.cose", "--anchor", "@/G1.cer", "--as-device", "swift-certificates", "--as-device", "openssl")
        #expect(outcome.code == 1)
        #expect(outcome.output.contains("REJECTS  swift-certificates 1.19"))
        #expect(outcome.output.contains("accepts  OpenSSL 3.0"))
        #expect(outcome.output.contains("DEVICE-NAME-CONSTRAINTS-DIRECTORY"))
    }

    @Test func `CRLs beside the bundle are judged too, and stacks must exist`() async throws {
        func verify(_ name: String) async throws -> BuiltCommand.Outcome {
            try await run("verify", "#2/bundle.cose", "--anchor", "@/G1.cer", "--as-device", "wolfssl-5.7", "--crl", "%/\(name)", "--json")
        }
        let outcome = try await verify("G1-000002.crl")
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("\"CRL "))
        let judged = try #require((outcome.json?["crls"] as? [[String: String]])?.first)
        #expect(judged["result"] == "ok")
        // The bundle demands CRL 2: the one before lacks the revocation.
        let old = try await verify("G1-000001.crl")
        #expect(old.code == 1)
        #expect((old.json?["crls"] as? [[String: String]])?.first?["sentence"]?.contains("below the least (2)") == true)
        let unknown = try await run("verify", "#2/bundle.cose", "--anchor", "@/G1.cer", "--as-device", "mbedtls-2.82")
        #expect(unknown.code == 64)
        #expect(unknown.talk.contains("Did you mean \"mbedtls-2.28\"?"))
        #expect(try await run("verify", "#2/bundle.cose", "--anchor", "@/G1.cer", "--crl", "%/G1-000002.crl").code == 64)
    }

    @Test func `a CRL with another signature is not the issuer's`() async throws {
        let authority = try await ReadFolder.shared.path() + "/authority"
        var bytes = try contents("\(authority)/crls/G1-000002.crl")
        bytes[bytes.count - 1] ^= 1
        let scratch = try ReadScratch()
        let outcome = try await run(
            "verify", "#2/bundle.cose", "--anchor", "@/G1.cer", "--as-device", "wolfssl-5.7", "--crl",
            try scratch.write("forged.crl", bytes))
        #expect(outcome.code == 1 && outcome.output.contains("does not bear the signature"))
    }
}
