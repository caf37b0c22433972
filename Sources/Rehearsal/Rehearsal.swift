import Authority
import Groundwork
import PKCS11
import RehearsalToken
import SSHSignature
import StrictYAML

/// Everything that stands in for the real thing in a rehearsal: tokens on SoftHSM, operators with throwaway keys, and
/// factories with tokens of their own. The authority that comes out is of the environment `development`.
public final class Rehearsal {
    /// The folder that everything is in.
    public let folder: String
    public let tokens: SoftHSMFolder
    public let policy: Policy
    public let directory: AuthorityDirectory
    /// The operators' throwaway keys, by operator id: the first key of each under the first policy.
    public let operators: [String: SoftwareSSHKey]
    /// The throwaway key in the place of each real one, by operator id and the real key.
    var standIns: [String: SoftwareSSHKey] = [:]
    private(set) var vaults: [String: RehearsalToken]
    private var factories: [String: RehearsalToken] = [:]

    /// Makes the folder and what stands in for tokens and operators.
    ///
    /// - Parameters:
    ///   - folder: must not exist, unless `tokens` are given; its parent must.
    ///   - tokens: an open SoftHSM folder to make the tokens in; nil makes one in the folder.
    /// - Throws: `FileError`, `RehearsalTokenError`, `YAMLError`, `SSHSignatureError`.
    public init(_ folder: String, policyBytes: [UInt8], policyFile: String, tokens: SoftHSMFolder? = nil) throws {
        self.folder = folder
        let original = try Policy(policyBytes, file: policyFile)
        try DurableDirectory.create(folder)
        self.tokens = try tokens ?? SoftHSMFolder("\(folder)/tokens")
        var vaults: [String: RehearsalToken] = [:]
        for token in original.tokens.values {
            vaults[token.name] = try self.tokens.makeToken(label: SoftHSMFolder.uniqueLabel(token.label))
        }
        let standIns = try Self.standIns(for: original, beside: [:])
        let rehearsed = try Self.rehearsed(original, standIns, vaults)
        var operators: [String: SoftwareSSHKey] = [:]
        for person in original.operators {
            operators[person.id] = person.keys.first.flatMap { standIns[Self.place(person.id, $0)] }
        }
        policy = try Policy(rehearsed, file: "\(folder)/policy.yaml")
        self.vaults = vaults
        self.operators = operators
        self.standIns = standIns
        directory = AuthorityDirectory("\(folder)/authority")
        try DurableFile.create("\(folder)/policy.yaml", rehearsed)
        try writeOperators()
    }

    /// A real key's place among the throwaway ones.
    private static func place(_ operatorID: String, _ key: OperatorKey) -> String {
        "\(operatorID) " + key.authorizedKeysLine.split(separator: " ").prefix(2).joined(separator: " ")
    }

    /// A throwaway key for every key of a policy; keys that are known keep theirs.
    private static func standIns(
        for policy: Policy, beside known: [String: SoftwareSSHKey]
    ) throws -> [String: SoftwareSSHKey] {
        var standIns = known
        for person in policy.operators {
            for key in person.keys where standIns[place(person.id, key)] == nil {
                standIns[place(person.id, key)] = try .ed25519(comment: "\(person.id)@rehearsal")
            }
        }
        return standIns
    }

    private static func rehearsed(
        _ policy: Policy, _ standIns: [String: SoftwareSSHKey], _ vaults: [String: RehearsalToken]
    ) throws -> [UInt8] {
        let keys = Dictionary(policy.operators.map { ($0.id, $0.keys) }, uniquingKeysWith: { first, _ in first })
        return try policy.rehearsal(
            environment: .development,
            key: { id, index in
                guard let key = keys[id]?.dropFirst(index).first else { return "" }
                return standIns[place(id, key)]?.publicKey.authorizedKeysLine ?? ""
            },
            tokens: vaults.mapValues { Policy.RehearsalToken(label: $0.token.label, serial: $0.token.serial) })
    }

    /// A policy that a ceremony puts in force, as it is rehearsed: who was there before keeps the throwaway key.
    public func rehearsed(policy bytes: [UInt8], file: String) throws -> [UInt8] {
        let original = try Policy(bytes, file: file)
        standIns = try Self.standIns(for: original, beside: standIns)
        for token in original.tokens.values where vaults[token.name] == nil {
            vaults[token.name] = try tokens.makeToken(label: SoftHSMFolder.uniqueLabel(token.label))
        }
        return try Self.rehearsed(original, standIns, vaults)
    }

    /// The policy in force: the rehearsal's own, until a ceremony changes it.
    public func policyInForce() throws -> Policy {
        guard directory.contains(AuthorityPaths.policy(2)) else { return policy }
        return try AuthorityReading.state(of: directory).state?.policy ?? policy
    }

    private func writeOperators() throws {
        try DurableDirectory.create("\(folder)/operators")
        for (id, key) in operators {
            try DurableFile.create("\(folder)/operators/\(id)", key.openSSHPrivateKeyFile(), mode: 0o600)
            try DurableFile.create("\(folder)/operators/\(id).pub", Array("\(key.publicKey.authorizedKeysLine)\n".utf8))
        }
    }

    /// The tokens of the policy, and the PINs that nobody types.
    public var finder: any TokenFinding { VaultFinder(vaults) }
    public var unlocker: any TokenUnlocking { VaultUnlocker(vaults, desk) }
    /// Where shares of break-glass packages are handed out, and brought.
    public let desk = RehearsalDesk()

    /// Hands out a token's PIN, for a test that gives it to a child process.
    public func withPIN<Result>(of token: String, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result? {
        try vaults[token].map { try $0.userPIN.withUnsafeBytes(body) }
    }

    /// The token of a factory, made when first asked for.
    func factoryToken(_ name: String) throws -> RehearsalToken {
        if let token = factories[name] { return token }
        let token = try tokens.makeToken(label: SoftHSMFolder.uniqueLabel("factory \(name)"))
        factories[name] = token
        return token
    }
}

private final class VaultFinder: TokenFinding {
    private let vaults: [String: RehearsalToken]
    init(_ vaults: [String: RehearsalToken]) { self.vaults = vaults }

    func token(_ policy: TokenPolicy) throws -> Token {
        guard let vault = vaults[policy.name] else {
            throw PlanError(.tokenIdentity, "the rehearsal has no token \(policy.name)")
        }
        return vault.token
    }
}

private final class VaultUnlocker: TokenUnlocking {
    private let vaults: [RehearsalToken]
    let desk: (any CustodyDesk)?
    init(_ vaults: [String: RehearsalToken], _ desk: RehearsalDesk) {
        self.vaults = Array(vaults.values)
        self.desk = desk
    }

    func method(for token: TokenDescription) -> UnlockMethod { .fileDescriptor }

    func pin(for token: TokenDescription) throws -> SecretBytes? {
        guard let vault = vaults.first(where: { $0.token.serial == token.serial }) else {
            throw PlanError(.tokenLogin, "the rehearsal has no PIN for the token \(token.label)")
        }
        return try vault.userPIN.withUnsafeBytes { try SecretBytes(copying: $0) }
    }
}
