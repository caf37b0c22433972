import Authority
import Foundation
import Groundwork

@testable import SecretSharing

/// A stage whose token's PINs exist as shares only, and what the custodians have on paper: two of the three officers
/// and one of the two witnesses are needed.
///
/// The token is initialized here as it would be recovered without Anchorite: by the secret and two hashes.
final class CustodyRoom: @unchecked Sendable {
    let stage: Stage
    /// The words of everybody's share, as officer or as witness.
    let officers: [String: [String]]
    let witness: [String]
    let secrets: [String: [UInt8]]
    private let forged: Share

    static let shared = Result { try CustodyRoom() }

    init() throws {
        let policyText = TestPolicy.text.replacingOccurrences(
            of: "unlock: [prompt, file-descriptor]",
            with: "unlock: [shares]\n    custody: {officer: 2 of 3, witness: 1 of 2}")
        let policy = try Policy(Array(policyText.utf8), file: "policy.yaml")
        guard let groups = policy.custodyGroups(of: "vault") else { throw Refusal(text: "nobody holds shares") }
        let secret = try SharedSecret(groups: groups)
        let pin = try Self.pin(.user, secret)
        let officerPIN = try Self.pin(.securityOfficer, secret)
        stage = try Stage(policy: policyText, pin: pin, officerPIN: officerPIN)
        try stage.remove("pin")
        try stage.write("", "pin", mode: 0o600)

        var officers: [String: [String]] = [:]
        var witness: [String] = []
        for handout in secret.handouts {
            let words = try Self.words(handout.share)
            if handout.role == "officer" { officers[handout.custodian] = words } else { witness = words }
        }
        self.officers = officers
        self.witness = witness
        var secrets = [
            "user PIN": Array(pin.utf8), "officer PIN": Array(officerPIN.utf8),
            "master secret": secret.secret.withUnsafeBytes { Array($0) },
        ]
        for (name, words) in officers.merging(["witness": witness], uniquingKeysWith: { first, _ in first }) {
            secrets["share of \(name)"] = Array(words.joined(separator: " ").utf8)
            // Four of its words in a row are too many.
            for first in stride(from: 4, through: 16, by: 4) {
                secrets["words of \(name) from \(first + 1)"] = Array(words[first..<first + 4].joined(separator: " ").utf8)
            }
        }
        self.secrets = secrets

        // A share of the right set, with the right checksum, that nobody was given.
        guard let real = secret.handouts.first?.share else { throw Refusal(text: "no share") }
        forged = Share(
            set: real.set, groupIndex: real.groupIndex, memberIndex: real.memberIndex,
            memberThreshold: real.memberThreshold, value: try SecretBytes.random(count: real.value.count))

        let record = secret.record(token: "vault", serial: try stage.serial(), pinLength: pin.utf8.count)
        try stage.makeFolder("authority/custody")
        try stage.write(record.canonicalBytes, "authority/custody/vault-0001.json")
        try stage.write(try TestRequest.make(), "p1.csr")
        try stage.needPlan(Operations.root, named: "first")
        try stage.approve("ana", "fay", "cy", plan: "first")
    }

    private static func pin(_ owner: SharedPIN.Owner, _ secret: SharedSecret) throws -> String {
        try SharedPIN(of: owner, from: secret.secret, length: 32).pin.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    private static func words(_ share: Share) throws -> [String] {
        var words: [String] = []
        try share.forEachWord { words.append($1) }
        return words
    }

    /// The words of a share that was forged, and of one of another set.
    func forgedWords() throws -> [String] { try Self.words(forged) }

    func foreignWords() throws -> [String] {
        let other = try SharedSecret(groups: [
            CustodyGroup(role: "officer", threshold: 2, members: [["ana"], ["bo"], ["fay"]]),
            CustodyGroup(role: "witness", threshold: 1, members: [["bo", "cy"]]),
        ])
        guard let share = other.handouts.first?.share else { throw Refusal(text: "no share") }
        return try Self.words(share)
    }
}

/// The first ceremony, run at a terminal to which custodians come.
final class CustodyRun {
    let stage: Stage
    let terminal: Terminal
    let running: Running

    init(_ stage: Stage, _ arguments: [String] = CustodyRun.run) throws {
        self.stage = stage
        terminal = try Terminal()
        running = try Running(stage, arguments, named: "room", terminal: terminal)
    }

    static let run = ["run", "first/plan.json", "--authority", "authority", "--site", "site.yaml", "--yes"]

    deinit { terminal.hangUp() }

    /// Types a share, and waits for what is said to it.
    func bring(_ words: [String], _ answer: String = "is right.") throws {
        try terminal.wait(for: " 0 of 20")
        usleep(30_000)
        terminal.type(words.joined(separator: " ") + "\n")
        try terminal.wait(for: answer)
    }

    func bringWitness(_ words: [String]) throws {
        try bring(words, "Who of them are you?")
        usleep(30_000)
        terminal.type("cy\n")
        try terminal.wait(for: "is right.")
    }

    /// Nobody else comes.
    func stop() -> Shown {
        terminal.type("\u{03}")
        return end()
    }

    func end() -> Shown {
        let code = running.end()
        usleep(50_000)
        let talk = String(decoding: terminal.recording, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
        return Shown(
            code: code, output: "", talk: talk,
            hasChangedLedger: ((try? stage.read("authority/ledger.jsonl")) ?? []) != [])
    }
}
