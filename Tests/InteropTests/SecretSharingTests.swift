import Foundation
import Groundwork
import RehearsalToken
import SecretSharing
import Testing

/// shamir-mnemonic, the reference implementation of SLIP-0039, and our shares, both ways.
@Suite(.enabled(if: PythonEnvironment.judges != nil, PythonEnvironment.notice))
struct SecretSharingTests {
    struct Shape: Codable {
        let groups: [[Int]]
        let needed: Int
        var secret: String
        let passphrase: String
        let extendable: Bool
        let exponent: Int
    }

    struct Combination: Encodable {
        let shares: [String]
        let passphrase: String
    }

    struct Work: Encodable {
        var split: [Shape] = []
        var combine: [Combination] = []
    }

    struct Findings: Decodable {
        struct Outcome: Decodable, Equatable {
            var secret: String?
            var refused: String?
        }
        let split: [[[String]]]
        let combine: [Outcome]
        let words: [String]
    }

    /// With groups and without, with a passphrase and without, extendable and not, of 128, 144 and 256 bits.
    static let shapes: [Shape] = [
        ([[1, 1]], 1, 16, "", true, 0), ([[2, 3]], 1, 16, "", true, 1), ([[3, 5]], 1, 32, "TREZOR", true, 0),
        ([[3, 5]], 1, 18, "", false, 0), ([[2, 3], [3, 5], [1, 1]], 2, 16, "", true, 0),
        ([[2, 3], [3, 5], [1, 1]], 2, 32, "a longer one ~ !", false, 1), ([[1, 1], [2, 2]], 1, 32, "x", true, 2),
        ([[5, 7], [2, 16], [1, 1], [16, 16]], 4, 16, String(repeating: "long ", count: 30), false, 0),
    ].map { groups, needed, length, passphrase, extendable, exponent in
        Shape(
            groups: groups, needed: needed, secret: Hex.encode(SystemRandom.bytes(length)), passphrase: passphrase,
            extendable: extendable, exponent: exponent)
    }

    private func judge(_ work: Work) async throws -> Findings {
        let verdict = try await #require(PythonEnvironment.judges).ask(
            Repository.judge("slip39.py"), input: Array(JSONEncoder().encode(work)), printsOutput: false)
        try #require(verdict.accepted, "\(verdict.errors)")
        return try JSONDecoder().decode(Findings.self, from: Data(verdict.output.utf8))
    }

    private func secret(_ bytes: [UInt8]) throws -> SecretBytes {
        var copy = bytes
        return try SecretBytes(wiping: &copy)
    }

    private func text(_ secret: SecretBytes) -> String {
        secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private func split(_ shape: Shape) throws -> [[String]] {
        try SecretSharing.split(
            secret: secret(#require(Hex.decode(shape.secret))),
            groups: shape.groups.map { ShareGroup(threshold: $0[0], count: $0[1]) }, groupThreshold: shape.needed,
            passphrase: secret(Array(shape.passphrase.utf8)), iterationExponent: shape.exponent,
            extendable: shape.extendable
        ).map { try $0.map { text(try $0.text()) } }
    }

    private func combine(_ shares: [String], _ passphrase: String) throws -> String {
        var set = ShareSet()
        for share in shares { try set.add(Share(share)) }
        return try set.combine(passphrase: secret(Array(passphrase.utf8))).withUnsafeBytes { Hex.encode($0) }
    }

    /// The first or the last shares of the first or the last groups, as many as are needed.
    private func enough(_ shares: [[String]], _ shape: Shape, last: Bool) -> [String] {
        let groups = Array(zip(shares, shape.groups.map { $0[0] }))
        return (last ? groups.suffix(shape.needed) : groups.prefix(shape.needed)).flatMap {
            last ? $0.0.suffix($0.1) : $0.0.prefix($0.1)
        }
    }

    @Test func `shamir-mnemonic combines the shares that we make`() async throws {
        var work = Work()
        var expected: [String] = []
        for shape in Self.shapes {
            let shares = try split(shape)
            for last in [false, true] {
                work.combine.append(
                    Combination(shares: enough(shares, shape, last: last), passphrase: shape.passphrase))
                expected.append(shape.secret)
            }
        }
        let findings = try await judge(work)
        #expect(findings.combine == expected.map { Findings.Outcome(secret: $0) })
        #expect(findings.words == ShareWords.all)
    }

    @Test func `shares that shamir-mnemonic makes are combined by us`() async throws {
        let findings = try await judge(Work(split: Self.shapes))
        #expect(findings.split.count == Self.shapes.count)
        for (shape, shares) in zip(Self.shapes, findings.split) {
            #expect(shares.map(\.count) == shape.groups.map { $0[1] })
            for last in [false, true] {
                #expect(try combine(enough(shares, shape, last: last), shape.passphrase) == shape.secret)
            }
            for share in shares.joined() { #expect(try text(Share(share).text()) == share) }
        }
    }

    @Test func `a wrong passphrase opens for both the same other secret`() async throws {
        let shape = Self.shapes[5]
        let shares = enough(try split(shape), shape, last: true)
        let ours = try combine(shares, "another")
        #expect(ours != shape.secret)
        let findings = try await judge(Work(combine: [Combination(shares: shares, passphrase: "another")]))
        #expect(findings.combine == [Findings.Outcome(secret: ours)])
    }

    @Test func `what we refuse shamir-mnemonic refuses too`() async throws {
        let shape = Self.shapes[4]
        let good = try split(shape)
        let shares = enough(good, shape, last: false)
        let (first, rest) = (shares[0], Array(shares.dropFirst()))
        let most = Array(shares.dropLast())
        let foreign = try split(shape)[1][2]
        // The twentieth word is part of the checksum.
        let changed = first.split(separator: " ").dropLast().joined(separator: " ") + " academic"
        let other = first.hasSuffix(" academic") ? first.replacing(" academic", with: " acid") : changed
        let cases: [[String]] = [
            most, shares + [good[2][0]], most + [foreign], [other] + rest, [first + " academic"] + rest,
        ]
        for shares in cases { #expect(throws: (any Error).self) { try combine(shares, "") } }
        let findings = try await judge(Work(combine: cases.map { Combination(shares: $0, passphrase: "") }))
        for outcome in findings.combine { #expect(outcome.secret == nil && outcome.refused?.isEmpty == false) }
    }

    /// Recovery without Anchorite, as docs/officer.md tells it.
    @Test(.enabled(if: Judge.isInstalled("pkcs11-tool"), "pkcs11-tool is not installed (Debian: opensc)"))
    func `shamir-mnemonic, printf and sha256sum give the PINs, and pkcs11-tool logs in with them`() async throws {
        let secret = try SharedPIN.drawSecret()
        let pins = try SharedPIN.Owner.allCases.map { try SharedPIN(of: $0, from: secret, length: 32).pin }
        let tokens = try SoftHSMFolder.processWide()
        let label = SoftHSMFolder.uniqueLabel("recovered")
        let token = try pins[1].withUnsafeBytes { officer in
            try pins[0].withUnsafeBytes { try tokens.initializeToken(label: label, soPIN: officer, userPIN: $0) }
        }
        let shares = try SecretSharing.split(
            secret: secret, groups: [ShareGroup(threshold: 2, count: 3), ShareGroup(threshold: 1, count: 1)],
            groupThreshold: 2)
        let words = try [shares[0][2], shares[1][0], shares[0][0]].map { text(try $0.text()) }
        let recovery = try await Judge.ask(
            #require(PythonEnvironment.judges).interpreter, ["-m", "shamir_mnemonic.cli", "recover"],
            input: Array((words.joined(separator: "\n") + "\n").utf8), printsOutput: false)
        #expect(recovery.accepted)
        let hex = try #require(recovery.output.split(separator: "Your master secret is: ").last?.prefix { $0 != "\n" })
        for (owner, pin) in zip(SharedPIN.Owner.allCases, pins) {
            let script = #"printf "anchorite \#(owner.rawValue) pin\n$(sed 's/../\\x&/g' <<<"$1")" | sha256sum | cut -c1-32"#
            let hash = try await Judge.ask("bash", ["-c", script, "bash", String(hex)], printsOutput: false)
            #expect(hash.output == text(pin) + "\n")
        }
        let uses = [
            (pins[0], ["--login", "--pin", "env:PIN", "--list-objects"]),
            (pins[1], ["--login", "--login-type", "so", "--so-pin", "env:PIN", "--init-pin", "--new-pin", "env:PIN"]),
        ]
        for (pin, arguments) in uses {
            let login = try await Judge.ask(
                "pkcs11-tool", ["--module", tokens.libraryPath, "--token-label", token.label] + arguments,
                environment: ["PIN": text(pin)])
            #expect(login.accepted, "\(login.text)")
        }
    }
}
