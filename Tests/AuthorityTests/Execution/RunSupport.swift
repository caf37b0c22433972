import Authority
import Foundation
import Groundwork
import Ledger
import PKCS11
import Testing

/// Gives one token whatever is asked for.
final class OneToken: TokenFinding {
    private let token: Token
    init(_ token: Token) { self.token = token }
    func token(_ policy: TokenPolicy) throws -> Token { token }
}

/// Unlocks as another one does, and counts how often it was asked.
final class CountingUnlocker: TokenUnlocking {
    private let other: any TokenUnlocking
    private let unlockMethod: UnlockMethod
    private(set) var asked = 0

    init(_ other: any TokenUnlocking, method: UnlockMethod = .fileDescriptor) {
        self.other = other
        unlockMethod = method
    }

    func method(for token: TokenDescription) -> UnlockMethod { unlockMethod }

    func pin(for token: TokenDescription) throws -> SecretBytes? {
        asked += 1
        return try other.pin(for: token)
    }
}

/// Always gives the same PIN.
final class FixedPIN: TokenUnlocking {
    private let text: String
    init(_ text: String) { self.text = text }
    func method(for token: TokenDescription) -> UnlockMethod { .fileDescriptor }
    func pin(for token: TokenDescription) throws -> SecretBytes? {
        try Array(text.utf8).withUnsafeBytes { try SecretBytes(copying: $0) }
    }
}

extension Plan {
    /// How many signatures it takes: every step is one, a key's proof among them, but revocations and what is put together.
    var signatures: Int {
        steps.count { step in
            switch step.step {
            case .revocation, .judgeKey, .rootUpdate, .bundle, .destroyKey: false
            default: true
            }
        }
    }
}

extension Workshop {
    /// Every file of the authority and what is in it; an empty ledger counts as none.
    func everything() throws -> [String: [UInt8]] {
        guard directory.exists else { return [:] }
        let files = try Files.list(directory.path).map { ($0, try Files.read(directory.absolute($0))) }
        return Dictionary(uniqueKeysWithValues: files).filter { $0.key != AuthorityPaths.ledger || !$0.value.isEmpty }
    }

    /// Expects that a run is refused under a control, with no byte of the authority changed and no object on the vault.
    func expectRunRefused(
        _ control: Control, _ core: String, sourceLocation: SourceLocation = #_sourceLocation, _ run: () throws -> Void
    ) throws {
        let before = try everything()
        let objects = try vaultObjects()
        expectRefusal(control, core, sourceLocation: sourceLocation, run)
        #expect(try everything() == before, "something was written", sourceLocation: sourceLocation)
        #expect(try vaultObjects() == objects, "the token was changed", sourceLocation: sourceLocation)
    }

    /// The labels of all keys of the vault, each as often as there are objects, and what the vault remembers.
    func vaultObjects() throws -> [String] {
        try withVault { session in
            try session.allKeys().map { "\($0)" }.sorted()
                + session.dataObjects(label: memoryLabel).map { String(decoding: $0.value, as: UTF8.self) }
        }
    }

    var memoryLabel: String { "anchorite ledger \(policy.authority)" }

    /// How many signatures the ledger holds, and how many intents repeat another.
    func account() throws -> (signatures: Int, repeats: Int) {
        var account = (signatures: 0, repeats: 0)
        for event in try ledger() {
            if event.event == "signed" { account.signatures += 1 }
            if event.fields["repeats"] != nil { account.repeats += 1 }
        }
        return account
    }

    func ledger() throws -> [LedgerEvent] { try LedgerReader.read(directory.ledgerPath).events }

    func expectVerifies(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let report = try verify()
        #expect(report.holds, "\(report.failures)", sourceLocation: sourceLocation)
        #expect(report.openCeremony == nil, sourceLocation: sourceLocation)
    }
}

enum Folders {
    static func make(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
}
