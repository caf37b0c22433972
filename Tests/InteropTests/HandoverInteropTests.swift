import Authority
import Crypto
import Foundation
import Groundwork
import PKIX
import Publication
import RehearsalToken
import SSHSignature
import Testing

@testable import Handover

/// Other people's programs judge what a factory gets, and sign what its devices sign.
@Suite struct HandoverInteropTests {
    let authority: RehearsedAuthority
    let scratch: ScratchFolder
    let root: Groundwork.Digest

    init() throws {
        authority = try RehearsedAuthority.firstYear.get()
        scratch = try ScratchFolder()
        root = try #require(authority.state.roots.first?.fingerprint)
    }

    /// The handover for Tallinn, signed with ssh-keygen by Ingrid, whose key file the rehearsal keeps.
    private func pack() async throws -> String {
        let time = Timestamp.now()
        let verified = try VerifiedAuthority(authority.directory, root: root)
        let name = try #require(authority.certificates.first { $0.planned.scope["factory"] == "tallinn" }?.planned.name)
        let making = try HandoverMaking(verified, intermediate: name, profile: "sample-device", at: time)
        let key = "\(authority.folder)/operators/ingrid"
        let line = String(decoding: try scratch.read("\(key).pub"), as: UTF8.self).trimmingCharacters(in: .newlines)
        let draft = try making.draft(signer: try making.signer(try SSHPublicKey(authorizedKeysLine: line)))
        let message = try scratch.write(draft.message, "message-\(UUID().uuidString)")
        let signed = try await Judge.ask("ssh-keygen", ["-Y", "sign", "-q", "-n", Contract.namespace, "-f", key, message])
        try #require(signed.accepted, "\(signed.text)")
        let folder = "\(scratch.path)/\(UUID().uuidString)"
        try HandoverFolder.write(try draft.signed(try scratch.read("\(message).sig"), root: root, at: time), to: folder)
        return folder
    }

    @Test(.enabled(if: PythonEnvironment.judges != nil, PythonEnvironment.notice))
    func `a verifier of ours in Python, on pyca and hashlib, follows a handover from the fingerprint`() async throws {
        let python = try #require(PythonEnvironment.judges)
        let folder = try await pack()
        let good = try await python.ask(Repository.judge("handover.py"), [folder, root.hex])
        #expect(good.accepted && good.output.contains("\"signer\": \"ingrid\""), "\(good.text)")
        #expect(try await !python.ask(Repository.judge("handover.py"), [folder, String(repeating: "0", count: 64)]).accepted)
        // A file more, which the manifest has and no contract calls for.
        let manifest = "\(folder)/manifest.json"
        let listed = try scratch.read(manifest)
        try Data("x".utf8).write(to: URL(filePath: "\(folder)/zzz.txt"))
        let entry = ",{\"path\":\"zzz.txt\",\"sha256\":\"\(Groundwork.Digest(of: Array("x".utf8)).hex)\",\"size\":1}]}"
        try Data(listed.dropLast(2) + Array(entry.utf8)).write(to: URL(filePath: manifest))
        let more = try await python.ask(Repository.judge("handover.py"), [folder, root.hex])
        #expect(!more.accepted && more.text.contains("other files than the contract's"), "\(more.text)")
        try FileManager.default.removeItem(atPath: "\(folder)/zzz.txt")
        try Data(listed).write(to: URL(filePath: manifest))
        let contract = "\(folder)/contract.json"
        let text = String(decoding: try scratch.read(contract), as: UTF8.self)
        try Data(text.replacing("\"10y\"", with: "\"99y\"").utf8).write(to: URL(filePath: contract))
        #expect(try await !python.ask(Repository.judge("handover.py"), [folder, root.hex]).accepted)
    }

    // MARK: Challenges

    private static let life = CalendarDuration(1, .minutes)
    /// The clock of the challenges stands still, so that a busy machine cannot make them late.
    private static let now = Timestamp.now()

    private func challenge() throws -> (Challenge, file: String) {
        let challenge = Challenge(at: Self.now, life: try #require(Self.life))
        return (challenge, try scratch.write(challenge.bytes, "challenge-\(UUID().uuidString)"))
    }

    private func problem(_ challenge: Challenge, _ signature: [UInt8], _ key: [UInt8]) throws -> String? {
        challenge.problem(with: signature, by: try SubjectPublicKeyInfo(derEncoded: key), at: Self.now, skew: 0)
    }

    @Test(arguments: [
        (["EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "sha256", []),
        (["EC", "-pkeyopt", "ec_paramgen_curve:P-384"], "sha384", []),
        (["RSA", "-pkeyopt", "rsa_keygen_bits:3072"], "sha256", []),
        (["RSA", "-pkeyopt", "rsa_keygen_bits:4096"], "sha256", ["rsa_padding_mode:pss", "rsa_pss_saltlen:32"]),
        (["ED25519"], "", []),
    ] as [([String], String, [String])])
    func `a challenge that openssl signed is accepted, one by another key or of another hash is not`(
        _ type: [String], _ hash: String, _ options: [String]
    ) async throws {
        let (challenge, file) = try challenge()
        var signatures: [[UInt8]] = []
        var keys: [[UInt8]] = []
        for name in ["own", "other"] {
            let key = "\(scratch.path)/\(name).key"
            #expect(try await Judge.ask("openssl", ["genpkey", "-quiet", "-algorithm"] + type + ["-out", key]).accepted)
            let signature = "\(scratch.path)/\(name).sig"
            let hashing = hash.isEmpty ? [] : ["-digest", hash]
            let signed = try await Judge.ask(
                "openssl", ["pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", file, "-out", signature] + hashing
                    + options.flatMap { ["-pkeyopt", $0] })
            #expect(signed.accepted, "\(signed.text)")
            signatures.append(try scratch.read(signature))
            let exported = "\(scratch.path)/\(name).der"
            #expect(try await Judge.ask("openssl", ["pkey", "-in", key, "-pubout", "-outform", "DER", "-out", exported]).accepted)
            keys.append(try scratch.read(exported))
        }
        #expect(try problem(challenge, signatures[0], keys[0]) == nil)
        #expect(try problem(challenge, signatures[1], keys[0]) != nil)
        #expect(try problem(challenge, signatures[0], keys[1]) != nil)
        #expect(try problem(self.challenge().0, signatures[0], keys[0]) != nil)
        guard !hash.isEmpty else { return }
        let wrong = "\(scratch.path)/wrong.sig"
        _ = try await Judge.ask(
            "openssl", ["dgst", "-sha512", "-sign", "\(scratch.path)/own.key", "-out", wrong, file])
        #expect(try problem(challenge, scratch.read(wrong), keys[0]) != nil)
    }

    @Test(.enabled(if: Judge.isInstalled("pkcs11-tool"), "pkcs11-tool is not installed (Debian: opensc)"))
    func `a challenge that a token signed through pkcs11-tool is accepted as the two numbers that come out`() async throws {
        let (challenge, file) = try challenge()
        let tokens = "\(scratch.path)/tokens"
        try FileManager.default.createDirectory(atPath: tokens, withIntermediateDirectories: false)
        let configuration = try scratch.write(Array("directories.tokendir = \(tokens)\n".utf8), "softhsm2.conf")
        func tool(_ arguments: String...) async throws {
            let verdict = try await Judge.ask(
                "pkcs11-tool", ["--module", authority.token.libraryPath] + arguments,
                environment: ["SOFTHSM2_CONF": configuration])
            try #require(verdict.accepted, "\(verdict.text)")
        }
        try await tool("--init-token", "--slot-index", "0", "--label", "device", "--so-pin", "12345678")
        try await tool("--token-label", "device", "--login", "--login-type", "so", "--so-pin", "12345678", "--init-pin", "--pin", "123456")
        try await tool(
            "--token-label", "device", "--login", "--pin", "123456", "--keypairgen", "--key-type", "EC:prime256v1", "--id", "01")
        let (signature, key) = ("\(scratch.path)/token.sig", "\(scratch.path)/token.der")
        // SoftHSM signs digests only.
        let digest = "\(scratch.path)/token.digest"
        #expect(try await Judge.ask("openssl", ["dgst", "-sha256", "-binary", "-out", digest, file]).accepted)
        try await tool(
            "--token-label", "device", "--login", "--pin", "123456", "--sign", "--mechanism", "ECDSA", "--id", "01",
            "--input-file", digest, "--output-file", signature)
        try await tool("--token-label", "device", "--read-object", "--type", "pubkey", "--id", "01", "--output-file", key)
        let bytes = try scratch.read(signature)
        #expect(bytes.count == 64)
        #expect(try problem(challenge, bytes, scratch.read(key)) == nil)
        #expect(try problem(self.challenge().0, bytes, scratch.read(key)) != nil)
    }

    /// The device that the ceremony made by hand, with its own key.
    @Test func `a device under Tallinn passes every check with openssl's signature, one under Shenzhen is revoked`() async throws {
        let time = Timestamp.now()
        let folder = try await pack()
        let handover = try Handover(folder: folder, root: root, at: time)
        let (challenge, file) = try challenge()
        let key = try #require(
            try FileManager.default.contentsOfDirectory(atPath: "\(authority.folder)/devices").first { $0.hasSuffix("tallinn.key") })
        let signature = "\(scratch.path)/device.sig"
        let signed = try await Judge.ask(
            "openssl", ["dgst", "-sha256", "-sign", "\(authority.folder)/devices/\(key)", "-out", signature, file])
        try #require(signed.accepted, "\(signed.text)")
        let tallinn = try authority.device(ofFactory: "tallinn")
        var verification = DeviceVerification(
            chain: [try Certificate(derEncoded: scratch.read(tallinn.device))], root: root, time: time)
        verification.handover = .success(handover)
        verification.challenge = (challenge, try scratch.read(signature))
        for result in verification.results() { #expect(result.verdict == .ok, "\(result.check.rawValue): \(result.sentence)") }

        let shenzhen = try authority.device(ofFactory: "shenzhen-2")
        verification.chain = try [shenzhen.device, shenzhen.intermediate].map { try Certificate(derEncoded: scratch.read($0)) }
        verification.challenge = nil
        let results = Dictionary(uniqueKeysWithValues: verification.results().map { ($0.check, $0) })
        #expect(results[.chain]?.verdict == .ok)
        #expect(results[.revocation]?.verdict == .failed && results[.scope]?.verdict == .failed)
    }
}
