import Groundwork
import PKCS11

/// What is to be unlocked.
public struct UnlockRequest: Sendable {
    public let token: TokenDescription
    public let policy: TokenPolicy
    /// Who holds which share of the PINs; nil when none were handed out.
    public let custody: CustodyRecord?

    public init(token: TokenDescription, policy: TokenPolicy, custody: CustodyRecord? = nil) {
        self.token = token
        self.policy = policy
        self.custody = custody
    }
}

/// What unlocks a token.
public struct Unlocking: Sendable {
    /// Nil where the token has its own way (a protected authentication path, an activation outside), and where the PIN
    /// derives from shares.
    public var pin: SecretBytes?
    /// What custodians brought.
    public var shares: CombinedShares?
    /// What the participants attest of a login that this program cannot see into.
    public var attestation: String?

    public init(pin: SecretBytes? = nil, shares: CombinedShares? = nil, attestation: String? = nil) {
        self.pin = pin
        self.shares = shares
        self.attestation = attestation
    }
}

/// How a token's PIN comes to the token: typed, from a file descriptor, on the token's own pad, from shares.
public protocol TokenUnlocking: AnyObject {
    /// The method for a token, as the policy and the ledger name it.
    func method(for token: TokenDescription) -> UnlockMethod

    /// Gives the PIN for one login, or nil where the token has its own way (a protected authentication path).
    ///
    /// - Throws: whatever stops it, such as a closed terminal.
    func pin(for token: TokenDescription) throws -> SecretBytes?

    /// The method for a token of the policy, which may be unlocked by shares or be activated outside.
    func method(for request: UnlockRequest) -> UnlockMethod

    /// Gives what one login to a token of the policy takes.
    ///
    /// - Throws: whatever stops it, such as a closed terminal.
    func unlock(_ request: UnlockRequest) throws -> Unlocking

    /// Whether the last try before the PIN locks itself may be spent: somebody typed a phrase in full that says so.
    func allowsLastTry(_ request: UnlockRequest) throws -> Bool

    /// Where custodians bring and get shares; nil where there is no place for them.
    var desk: (any CustodyDesk)? { get }
}

extension TokenUnlocking {
    public func method(for request: UnlockRequest) -> UnlockMethod { method(for: request.token) }
    public func unlock(_ request: UnlockRequest) throws -> Unlocking { Unlocking(pin: try pin(for: request.token)) }
    public func allowsLastTry(_ request: UnlockRequest) throws -> Bool { false }
    public var desk: (any CustodyDesk)? { nil }
}
