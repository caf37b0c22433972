import Foundation
import Groundwork
import Testing

/// The ready ceremonies for stolen keys, held one after the other, and what devices make of the bundles.
@Suite("stolen keys")
struct CompromiseTests {
    private final class Rehearsed {
        let scratch: ReadScratch
        var authority: String { "\(scratch.path)/r/authority" }

        convenience init(_ ceremonies: String...) async throws { try await self.init(ceremonies) }

        init(_ ceremonies: [String]) async throws {
            scratch = try ReadScratch()
            let outcome = try await BuiltCommand.run(
                ["rehearse", "--brief", "--folder", "\(scratch.path)/r"] + ceremonies.map { Repository.path("Ceremonies/\($0).yaml") })
            try #require(outcome.code == 0, Comment(rawValue: outcome.talk))
        }

        func bundle(_ sequence: Int) -> String { "\(authority)/bundles/00000\(sequence)/bundle.cose" }

        /// What a device that has one bundle says of another.
        func verify(_ bundle: Int, stored: Int) async throws -> BuiltCommand.Outcome {
            try await BuiltCommand.run("bundle", "verify", self.bundle(bundle), "--stored", self.bundle(stored), "--json")
        }

        func anchors(_ sequence: Int) async throws -> [[String: String]] {
            try await BuiltCommand.run("bundle", "inspect", bundle(sequence), "--json").json?["anchors"] as? [[String: String]] ?? []
        }
    }

    @Test func `a stolen bundle signer signs nothing that a device takes after the next bundle`() async throws {
        let rehearsed = try await Rehearsed("first-year", "bundle-signer-compromise")
        #expect(try await rehearsed.verify(2, stored: 1).code == 0)
        // Bundle 1 stands for what the thief signs: it has the old signer.
        let refused = try await rehearsed.verify(1, stored: 2)
        #expect(refused.code == 1 && refused.json?["device"] as? String == "ANCHORITE_ERROR_SIGNER_DENIED")
        #expect(refused.json?["unknown"] == nil)
        #expect(try await rehearsed.anchors(2).compactMap { $0["title"] } == ["G1"])
    }

    @Test func `a payload as the device stores it serves as well as the bundle`() async throws {
        let rehearsed = try await Rehearsed("first-year", "bundle-signer-compromise")
        let payload = try #require(Self.payload(of: try contents(rehearsed.bundle(2))))
        let path = try rehearsed.scratch.write("payload", payload)
        let refused = try await BuiltCommand.run("bundle", "verify", rehearsed.bundle(1), "--stored", path, "--json")
        #expect(refused.code == 1 && refused.json?["device"] as? String == "ANCHORITE_ERROR_SIGNER_DENIED")
    }

    /// The byte string after the two headers of a COSE_Sign1.
    private static func payload(of bundle: [UInt8]) -> [UInt8]? {
        func head(_ at: Int) -> (length: Int, next: Int)? {
            guard at < bundle.count else { return nil }
            let (kind, short) = (bundle[at] >> 5, Int(bundle[at] & 31))
            guard kind == 2 || kind == 4 || kind == 5 || kind == 6 else { return nil }
            switch short {
            case 0..<24: return (short, at + 1)
            case 24...26:
                let count = 1 << (short - 24)
                return (bundle[(at + 1)..<(at + 1 + count)].reduce(0) { $0 << 8 | Int($1) }, at + 1 + count)
            default: return nil
            }
        }
        guard bundle.starts(with: [0xd2, 0x84]), let headers = head(2), bundle[headers.next + headers.length] == 0xa0,
            let payload = head(headers.next + headers.length + 1)
        else { return nil }
        return Array(bundle[payload.next..<(payload.next + payload.length)])
    }

    @Test(arguments: [
        ["first-year", "root-compromise"], ["root-g1-with-successor", "root-compromise-activate", "root-compromise-end"],
    ])
    func `after the bundle for a stolen root, a device trusts nothing of the old one`(ceremonies: [String]) async throws {
        let rehearsed = try await Rehearsed(ceremonies)
        #expect(try await rehearsed.verify(2, stored: 1).code == 0)
        let refused = try await rehearsed.verify(1, stored: 2)
        #expect(refused.code == 1 && refused.json?["device"] as? String == "ANCHORITE_ERROR_SIGNER_UNTRUSTED")
        let anchors = try await rehearsed.anchors(2)
        let certificate = try contents("\(rehearsed.authority)/certificates/G2.cer")
        #expect(anchors.count == 1 && anchors.first?["title"] == "G2")
        #expect(anchors.first?["sha256"] == SHA256Digest.hex(certificate) && anchors.first?["form"] == "certificate")
        #expect(anchors.first?["key-identifier"]?.count == 40)
        #expect(anchors.first?["not-after"]?.hasSuffix("Z") == true && anchors.first?["subject"]?.hasPrefix("CN=") == true)
        let words = try await BuiltCommand.run("bundle", "inspect", rehearsed.bundle(2)).output
        #expect(words.contains("SHA-256 \(SHA256Digest.hex(certificate))"))
        // The new root has vouched for the old one in a certificate: it is denied.
        let denied = try await BuiltCommand.run("bundle", "inspect", rehearsed.bundle(2), "--json").json?["denied"] as? [[String: String]]
        #expect(denied?.count == ceremonies.count - 2)
    }

    @Test func `a cross-certificate is published with the certificates, and is no root`() async throws {
        let rehearsed = try await Rehearsed("root-g1-with-successor", "root-g2")
        let target = "\(rehearsed.scratch.path)/target"
        let fingerprint = SHA256Digest.hex(try contents("\(rehearsed.authority)/certificates/G1.cer"))
        let outcome = try await BuiltCommand.run("publish", rehearsed.authority, target, "--root", fingerprint)
        #expect(outcome.code == 0, Comment(rawValue: outcome.talk))
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(target)/current/roots").sorted()
        #expect(names == ["G1.cer", "G1.pem", "G2.cer", "G2.pem", "fingerprints.txt"])
        for name in ["G1-by-G2", "G2-by-G1"] {
            #expect(FileManager.default.fileExists(atPath: "\(target)/current/certificates/\(name).cer"))
        }
        let papers = String(decoding: try contents("\(target)/current/roots/fingerprints.txt"), as: UTF8.self)
        #expect(!papers.contains("-by-") && papers.contains("G2"))
    }
}
