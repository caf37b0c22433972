/// What is looked at on a finished device, by the name that output, documents and tests share.
public enum DeviceCheck: String, CaseIterable, Hashable, Sendable {
    case handover = "HANDOVER"
    case chain = "DEVICE-CHAIN"
    case validity = "DEVICE-VALIDITY"
    case opinion = "DEVICE-OPINION"
    case revocation = "DEVICE-REVOCATION"
    case ownRevocation = "DEVICE-OWN-REVOCATION"
    case scope = "DEVICE-SCOPE"
    case identity = "DEVICE-IDENTITY"
    case key = "DEVICE-KEY"
    case term = "DEVICE-TERM"
    case usage = "DEVICE-USAGE"
    case extensions = "DEVICE-EXTENSIONS"
    case lint = "DEVICE-LINT"
    case challenge = "DEVICE-CHALLENGE"

    /// What holds when the check does, in one sentence.
    public var claim: String {
        switch self {
        case .handover: "The handover is whole, and its contract is signed by an operator."
        case .chain: "The device's certificate leads to the root over certificates that may issue, each signed by the next."
        case .validity: "Every certificate of the chain is valid now."
        case .opinion: "OpenSSL, too, accepts the chain, name constraints included."
        case .revocation: "No certificate above the device's is revoked, by CRLs that are in force."
        case .ownRevocation: "The device's own certificate is not revoked, by a CRL that is in force."
        case .scope: "The device is signed by the contract's intermediate, whose scope is the one that is expected."
        case .identity: "Subject and subjectAltName are what the contract says, and the factory's fields are of the right form."
        case .key: "The key is of a type that the contract allows, of nobody above, and signed with an algorithm of the contract."
        case .term: "The certificate is valid for no longer than the contract allows, and begins when the factory may sign."
        case .usage: "The device is no CA, and its key usages are those of the contract."
        case .extensions: "Policies and addresses are those of the contract, and there are no other extensions."
        case .lint: "No lint of severity error for the contract's target stacks."
        case .challenge: "The device's key signed the challenge in its time."
        }
    }

    public enum Verdict: String, Hashable, Sendable {
        case ok, failed
        /// It could not be looked at with what was given.
        case skipped
    }

    public struct Result: Hashable, Sendable {
        public let check: DeviceCheck
        public let verdict: Verdict
        /// One sentence.
        public let sentence: String
    }
}
