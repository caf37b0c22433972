/// A token (HSM partition, smart card) that the authority's keys live on, by what stays the same on every machine.
/// Which PKCS#11 module serves it is the site file's business.
public struct TokenPolicy: Sendable, Equatable {
    /// The name by which ceremonies speak of it.
    public let name: String
    /// CK_TOKEN_INFO.label without padding, at most 32 bytes of UTF-8.
    public let label: String
    /// CK_TOKEN_INFO.serialNumber without padding, at most 16 bytes; nil: any token with the label.
    public let serial: String?
    /// The ways in which the token may be unlocked, in order of preference; at least one.
    public let unlock: [UnlockMethod]
    /// Who holds shares of the token's PINs. Each role is a group of which so many of its persons must come, and every
    /// group is needed; nil: the PINs are nobody's shares.
    public let custody: QuorumRule?
    /// Whether the token keeps the ledger's index and head in a data object. If it cannot, an old copy of the ledger
    /// can be put back unnoticed; the record says so.
    public let remembersLedger: Bool
    /// Whether keys are made with CKA_ALWAYS_AUTHENTICATE, so that every signature asks for the PIN again.
    public let alwaysAuthenticate: Bool

    public init(
        name: String, label: String, serial: String? = nil, unlock: [UnlockMethod],
        custody: QuorumRule? = nil, remembersLedger: Bool, alwaysAuthenticate: Bool
    ) {
        self.name = name
        self.label = label
        self.serial = serial
        self.unlock = unlock
        self.custody = custody
        self.remembersLedger = remembersLedger
        self.alwaysAuthenticate = alwaysAuthenticate
    }
}

/// How a token's PIN reaches it.
public enum UnlockMethod: String, Sendable, Hashable, CaseIterable {
    /// Typed at the terminal, echo off.
    case prompt
    /// Read from a file descriptor: for rehearsals.
    case fileDescriptor = "file-descriptor"
    /// Typed at the token itself (CKF_PROTECTED_AUTHENTICATION_PATH), the host never sees it.
    case protectedPath = "protected-path"
    /// Put together from the shares of custodians; the policy says in `custody` who they are.
    case shares
    /// Not at all: somebody activated the token outside, such as with a card set.
    case preloaded
}
