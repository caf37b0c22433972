import Authority
import Crypto
import Foundation
import Groundwork
import Handover
import PKIX
import Testing

/// Devices of openssl's making, judged with the folder that the factory got. The factory's key is in a CSR of ours.
@Suite struct DeviceVerificationTests {
    @Test func `a device as the contract wants it passes every check`() throws {
        let bench = try HandoverBench.shared.get()
        let device = try bench.device()
        let list = try bench.factoryList(revoking: [[0x41, 0x42]], in: device.folder)
        let challenge = Challenge(at: .now(), life: try #require(CalendarDuration(1, .minutes)))
        let results = try bench.verify(device) {
            $0.lists = [list]
            $0.scope = ["factory": "shenzhen-2", "year": "\(bench.year)"]
            $0.challenge = (challenge, try device.sign(challenge))
        }
        #expect(results.count == DeviceCheck.allCases.count)
        for check in DeviceCheck.allCases {
            let result = try #require(results[check])
            #expect(result.verdict == .ok, "\(check.rawValue): \(result.sentence)")
        }
        #expect(results[.identity]?.sentence == "device 0001.")
    }

    typealias Wish = HandoverBench.DeviceWish

    struct Refused: Sendable, CustomTestStringConvertible {
        var name: String
        var check: DeviceCheck
        var words: String
        var change: @Sendable (inout Wish) -> Void
        var testDescription: String { name }
    }

    static let refused: [Refused] = [
        Refused(name: "another organization", check: .identity, words: "the contract wants Test Devices") {
            $0.subject = "/O=Other Devices/OU=shenzhen-2/CN=Unit 0001/serialNumber=0001"
        },
        Refused(name: "another factory", check: .identity, words: "the contract wants shenzhen-2") {
            $0.subject = "/O=Test Devices/OU=tallinn/CN=Unit 0001/serialNumber=0001"
        },
        Refused(name: "two numbers in one name", check: .identity, words: "the contract wants {device}") {
            $0.subject = "/O=Test Devices/OU=shenzhen-2/CN=Unit 0001/serialNumber=0002"
        },
        Refused(name: "attributes in another order", check: .identity, words: "where the contract wants OU") {
            $0.subject = "/O=Test Devices/CN=Unit 0001/OU=shenzhen-2/serialNumber=0001"
        },
        Refused(name: "one attribute more", check: .identity, words: "the contract wants O=Test Devices, OU=shenzhen-2") {
            $0.subject += "/L=Shenzhen"
        },
        Refused(name: "no device at all", check: .identity, words: "the contract wants") {
            $0.subject = "/O=Test Devices/OU=shenzhen-2/CN=Unit/serialNumber=0001"
        },
        Refused(name: "a name for web servers", check: .identity, words: "there is a subjectAltName") {
            $0.extensions["subjectAltName"] = "DNS:www.example.com"
        },
        Refused(name: "a key of another type", check: .key, words: "the key is ec-p384, and the contract wants ec-p256") {
            $0.key = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]
        },
        Refused(name: "another hash", check: .key, words: "signed with ecdsa-with-SHA384") { $0.digest = "-sha384" },
        Refused(name: "too long a life", check: .term, words: "longer than 1y") { $0.days = 400 },
        Refused(name: "a device that is a CA", check: .usage, words: "the device is a CA") {
            $0.extensions["basicConstraints"] = "critical,CA:TRUE"
            $0.extensions["keyUsage"] = "critical,digitalSignature,keyCertSign"
        },
        Refused(name: "another key usage", check: .usage, words: "the contract wants digitalSignature") {
            $0.extensions["keyUsage"] = "critical,digitalSignature,keyEncipherment"
        },
        Refused(name: "a key usage that is not critical", check: .usage, words: "no critical keyUsage") {
            $0.extensions["keyUsage"] = "digitalSignature"
        },
        Refused(name: "another extended key usage", check: .usage, words: "extendedKeyUsage: the contract wants") {
            $0.extensions["extendedKeyUsage"] = "serverAuth"
        },
        Refused(name: "no extended key usage", check: .usage, words: "and there is none") { $0.extensions["extendedKeyUsage"] = nil },
        Refused(name: "another policy", check: .extensions, words: "certificatePolicies: the contract wants") {
            $0.extensions["certificatePolicies"] = "1.3.6.1.4.1.32473.1.2"
        },
        Refused(name: "another distribution point", check: .extensions, words: "cRLDistributionPoints: the contract wants") {
            $0.extensions["crlDistributionPoints"] = "URI:http://elsewhere.example/x.crl"
        },
        Refused(name: "an extension that nobody asked for", check: .extensions, words: "which the contract does not have") {
            $0.extensions["1.3.6.1.4.1.32473.99"] = "ASN1:NULL"
        },
        Refused(name: "a critical extension that nobody knows", check: .chain, words: "has the critical extension") {
            $0.extensions["1.3.6.1.4.1.32473.99"] = "critical,ASN1:NULL"
        },
        Refused(name: "no authorityKeyIdentifier", check: .extensions, words: "authorityKeyIdentifier") {
            $0.extensions["authorityKeyIdentifier"] = "none"
        },
        Refused(name: "no subjectKeyIdentifier", check: .extensions, words: "no subjectKeyIdentifier") {
            $0.extensions["subjectKeyIdentifier"] = "none"
        },
        Refused(name: "a serial number that can be guessed", check: .lint, words: "BR-SERIAL-ENTROPY") { $0.serial = "0107" },
    ]

    @Test(arguments: refused) func `a device that departs from the contract is refused by the check of that name`(
        _ refused: Refused
    ) throws {
        let bench = try HandoverBench.shared.get()
        var wish = Wish()
        refused.change(&wish)
        let results = try bench.verify(bench.device(wish))
        let result = try #require(results[refused.check])
        #expect(result.verdict == .failed, "\(result.sentence)")
        #expect(result.sentence.contains(refused.words), "\(result.sentence)")
    }

    @Test func `a device of somebody else's factory is refused`() throws {
        let bench = try HandoverBench.shared.get()
        let folder = try TemporaryFolder.inMemory
        let (key, certificate) = ("\(folder.path)/ca.key", "\(folder.path)/ca.pem")
        let name = try bench.read().chain[0].tbs.subject.attributes.map { "/\($0.type)=\($0.value ?? "")" }.joined()
        try HandoverBench.openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-subj", name,
            "-days", "30", "-out", certificate,
        ])
        var wish = Wish()
        wish.signer = (certificate, key)
        let device = try bench.device(wish)
        let alone = try bench.verify(device)
        #expect(alone[.chain]?.verdict == .failed)
        #expect(alone[.opinion]?.verdict == .skipped)
        // The forger's certificate beside it does not help.
        let withChain = try bench.verify(device) { $0.chain.append(try PKIX.Certificate(pemOrDER: Files.read(certificate))) }
        #expect(withChain[.chain]?.verdict == .failed)
        // Neither does another root's fingerprint for ours.
        let other = try bench.verify(bench.device()) { $0.root = Groundwork.Digest(of: [1]) }
        #expect(other[.chain]?.sentence.contains("which is not the root of the fingerprint") == true)
    }

    @Test func `a device of our other intermediate, or of another scope, is refused by the scope`() throws {
        let bench = try HandoverBench.shared.get()
        let good = try bench.device()
        for (scope, words) in [
            (["factory": "tallinn"], "the scope is factory shenzhen-2, not tallinn"), (["line": "4"], "the scope has no line"),
        ] {
            let result = try #require(try bench.verify(good) { $0.scope = scope }[.scope])
            #expect(result.verdict == .failed && result.sentence.contains(words), "\(result.sentence)")
        }
        // A chain of our own that is not the contract's: the root's bundle signer, an end entity itself.
        let path = "\(bench.authorityPath)/certificates"
        let name = try #require(try FileManager.default.contentsOfDirectory(atPath: path).first { $0.contains("product-p1.pem") })
        let other = try bench.verify(good) { $0.chain = [try PKIX.Certificate(pemOrDER: Files.read("\(path)/\(name)"))] }
        #expect(other[.chain]?.verdict == .ok)
        #expect(other[.scope]?.verdict == .failed)
        #expect(other[.scope]?.sentence.contains("not by the contract's factory-shenzhen-2") == true)
    }

    @Test func `the device's own CRL counts, and without one nothing is said of the device`() throws {
        let bench = try HandoverBench.shared.get()
        let device = try bench.device()
        #expect(try bench.verify(device)[.ownRevocation]?.verdict == .skipped)
        let serial = try device.certificate().tbs.serialNumber
        let good = try bench.factoryList(revoking: [[0x41]], in: device.folder)
        let bad = try bench.factoryList(revoking: [serial], in: device.folder, number: 2)
        #expect(try bench.verify(device) { $0.lists = [good] }[.ownRevocation]?.verdict == .ok)
        // The newer of two counts, in whatever order.
        for lists in [[good, bad], [bad, good]] {
            let result = try #require(try bench.verify(device) { $0.lists = lists }[.ownRevocation])
            #expect(result.verdict == .failed && result.sentence.contains("is revoked since 2026-01-01"), "\(result.sentence)")
        }
        // One that somebody changed is told as that.
        var bytes = good.derBytes
        bytes[bytes.count - 5] ^= 1
        if let broken = try? CertificateList(derEncoded: bytes) {
            #expect(try bench.verify(device) { $0.lists = [broken] }[.revocation]?.verdict == .failed)
        }
    }

    @Test func `a CRL that is over, or still to come, is none`() throws {
        let bench = try HandoverBench.shared.get()
        let device = try bench.device()
        let later = try #require(Timestamp.now().adding(seconds: 91 * 86_400))
        let over = try #require(try bench.verify(device, at: later)[.revocation])
        #expect(over.verdict == .failed && over.sentence.contains("is over since"), "\(over.sentence)")
        let earlier = try #require(Timestamp.now().adding(seconds: -86_400))
        let early = try #require(try bench.verify(device, at: earlier)[.revocation])
        #expect(early.verdict == .failed && early.sentence.contains("begins only at"), "\(early.sentence)")
        #expect(try bench.verify(device, at: earlier)[.validity]?.verdict == .failed)
        #expect(try bench.verify(device)[.revocation]?.verdict == .ok)
    }

    @Test func `without a handover chain and challenge are checked, and a CRL must be given`() throws {
        let bench = try HandoverBench.shared.get()
        let device = try bench.device()
        let handed = try bench.read()
        let without = try bench.verify(device) {
            $0.handover = nil
            $0.chain += handed.chain
        }
        #expect(without[.chain]?.verdict == .ok && without[.identity]?.verdict == .skipped)
        #expect(without[.revocation]?.verdict == .failed)
        let list = try #require(handed.lists.values.first)
        let with = try bench.verify(device) {
            $0.handover = nil
            $0.chain += handed.chain
            $0.lists = [list]
        }
        #expect(with[.revocation]?.verdict == .ok && with[.opinion]?.verdict == .ok)
    }
}

@Suite struct ChallengeTests {
    @Test(arguments: [
        (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], ["dgst", "-sha256"]),
        (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], ["dgst", "-sha384"]),
        (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"], ["dgst", "-sha256"]),
        (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"], [
            "dgst", "-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32",
        ]),
    ]) func `a challenge that openssl signed with the device's key is accepted, and no other signature`(
        _ key: [String], _ sign: [String]
    ) throws {
        let bench = try HandoverBench.shared.get()
        var wish = HandoverBench.DeviceWish()
        wish.key = key
        let (device, other) = (try bench.device(wish), try bench.device(wish))
        let challenge = Challenge(at: .now(), life: try #require(CalendarDuration(1, .minutes)))
        let signature = try device.sign(challenge, sign)
        func judge(_ challenge: Challenge, _ signature: [UInt8]) throws -> DeviceCheck.Verdict? {
            try bench.verify(device) { $0.challenge = (challenge, signature) }[.challenge]?.verdict
        }
        #expect(try judge(challenge, signature) == .ok)
        #expect(try judge(challenge, other.sign(challenge, sign)) == .failed)
        let second = Challenge(at: .now(), life: try #require(CalendarDuration(1, .minutes)))
        #expect(second != challenge)
        #expect(try judge(second, signature) == .failed)
        var flipped = signature
        flipped[flipped.count - 1] ^= 1
        #expect(try judge(challenge, flipped) == .failed)
        #expect(try judge(challenge, []) == .failed)
        #expect(try judge(challenge, signature + [0]) == .failed)
    }

    @Test func `two bare numbers, as secure elements give them, are a signature too`() throws {
        let bench = try HandoverBench.shared.get()
        let device = try bench.device()
        let key = try P256.Signing.PrivateKey(pemRepresentation: String(decoding: Files.read(device.key), as: UTF8.self))
        let challenge = try #require(Challenge(octets: [UInt8](repeating: 7, count: 32)))
        for _ in 0..<40 {
            let raw = Array(try key.signature(for: SHA256.hash(data: challenge.bytes)).rawRepresentation)
            let results = try bench.verify(device) { $0.challenge = (challenge, raw) }
            #expect(results[.challenge]?.verdict == .ok)
            let swapped = try bench.verify(device) { $0.challenge = (challenge, Array(raw[32...] + raw[..<32])) }
            #expect(swapped[.challenge]?.verdict == .failed)
        }
        #expect(Challenge(octets: [UInt8](repeating: 7, count: 15)) == nil)
    }

    @Test func `a challenge is good in its time only, and reads as it was written`() throws {
        let bench = try HandoverBench.shared.get()
        let device = try bench.device()
        let now = Timestamp.now()
        let minute = try #require(CalendarDuration(1, .minutes))
        func judge(_ challenge: Challenge) throws -> DeviceCheck.Result? {
            let signature = try device.sign(challenge)
            return try bench.verify(device, at: now) { $0.challenge = (challenge, signature) }[.challenge]
        }
        #expect(try judge(Challenge(at: now, life: minute))?.verdict == .ok)
        let old = try judge(Challenge(at: try #require(now.adding(seconds: -61)), life: minute))
        #expect(old?.verdict == .failed && old?.sentence.contains("was good until") == true)
        let early = try judge(Challenge(at: try #require(now.adding(seconds: 3600)), life: minute))
        #expect(early?.verdict == .failed && early?.sentence.contains("still to come") == true)

        let challenge = Challenge(at: now, life: minute)
        #expect(try Challenge(file: challenge.bytes) == challenge)
        for spoilt in [Array("{}".utf8), challenge.bytes + [10], Array("x".utf8)] {
            #expect(throws: (any Error).self) { try Challenge(file: spoilt) }
        }
    }
}
