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
    /// The operators' throwaway keys, by operator id.
    public let operators: [String: SoftwareSSHKey]
    private let vaults: [String: RehearsalToken]
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
        var operators: [String: SoftwareSSHKey] = [:]
        for person in original.operators { operators[person.id] = try .ed25519(comment: "\(person.id)@rehearsal") }
        let rehearsed = try original.rehearsal(
            environment: .development,
            key: { id, index in Self.line(operators[id], index) },
            tokens: vaults.mapValues { Policy.RehearsalToken(label: $0.token.label, serial: $0.token.serial) })
        policy = try Policy(rehearsed, file: "\(folder)/policy.yaml")
        self.vaults = vaults
        self.operators = operators
        directory = AuthorityDirectory("\(folder)/authority")
        try DurableFile.create("\(folder)/policy.yaml", rehearsed)
        try writeOperators()
    }

    /// One throwaway key an operator: a second or third key of theirs gets a line of its own that nobody can use.
    private static func line(_ key: SoftwareSSHKey?, _ index: Int) -> String {
        if index == 0, let key { return key.publicKey.authorizedKeysLine }
        return (try? SoftwareSSHKey.ed25519(comment: "unused@rehearsal"))?.publicKey.authorizedKeysLine ?? ""
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
    public var unlocker: any TokenUnlocking { VaultUnlocker(vaults) }

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

    /// An approval by an operator's throwaway key.
    public func approval(by operatorID: String, of planBytes: [UInt8]) throws -> Approval {
        guard let key = operators[operatorID] else {
            throw PlanError(.approvalOperator, "there is no operator \(operatorID) in the rehearsal")
        }
        let signature = try key.signature(over: planBytes, namespace: Approval.namespace)
        return try Approval(path: "\(operatorID)\(Approval.fileEnding)", bytes: signature.encodeArmored())
    }

    /// The fewest operators, in the order of their ids, whose approvals reach the quorum of every operation.
    public func quorum(for plan: Plan) throws -> [String] {
        let requester = policy.approvals.requesterMayApprove ? nil : plan.requester
        var chosen = policy.operators.filter { $0.id != requester }
        let reaches = { (people: [Operator]) -> Bool in
            let approvers = people.map { Approver(operator: $0.id, name: $0.name, roles: $0.roles, key: "") }
            return plan.operations.allSatisfy { Quorum($0.quorum, approvers: approvers).isReached }
        }
        guard reaches(chosen) else {
            throw PlanError(.quorum, "no set of operators can approve this plan under the policy")
        }
        for person in chosen.reversed() {
            let without = chosen.filter { $0.id != person.id }
            if reaches(without) { chosen = without }
        }
        return chosen.map(\.id)
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
    init(_ vaults: [String: RehearsalToken]) { self.vaults = Array(vaults.values) }

    func method(for token: TokenDescription) -> UnlockMethod { .fileDescriptor }

    func pin(for token: TokenDescription) throws -> SecretBytes? {
        guard let vault = vaults.first(where: { $0.token.serial == token.serial }) else {
            throw PlanError(.tokenLogin, "the rehearsal has no PIN for the token \(token.label)")
        }
        return try vault.userPIN.withUnsafeBytes { try SecretBytes(copying: $0) }
    }
}
