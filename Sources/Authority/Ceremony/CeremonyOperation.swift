import Groundwork

/// One act, as it is asked for.
public enum CeremonyOperation: Sendable, Equatable {
    /// Generates a root's key and signs its certificate; with it come its bundle signer, its record key and its first
    /// CRL. `name` tells generations apart (`G1`, `G2`). `successor`: the key of the next root is made in the same
    /// ceremony, and the certificate commits to it (RFC 8649).
    case createRoot(name: String, profile: String, token: String, keyType: String?, successor: SuccessorKey?)
    case issueIntermediate(profile: String, issuer: IssuerReference, scope: [String: String], source: KeySource)
    case issueEndEntity(profile: String, issuer: IssuerReference, scope: [String: String], request: RequestFile)
    /// `since`: the instant from which the key is not trusted (invalidityDate); nil: none is given.
    case revoke(target: RevocationTarget, reason: RevocationReason, since: Timestamp?)
    case issueCRL(ListRequest)
    /// `signer`: the root whose bundle signer signs, nil: the newest. `anchors`: the roots that it carries, nil: those of
    /// the bundle before and those made since, as far as they live.
    case publishBundle(signer: String?, anchors: [String]?)
    /// New PINs of a token, and new shares in place of those in force.
    case reshareCustody(token: String)
    /// Puts another policy in force. `policy`: its file, relative to the folder of the ceremony file unless absolute.
    case changePolicy(policy: String)
    /// Signs the certificate of a root whose key was pre-generated. `profile` nil: that of the root before.
    case activateRoot(name: String, profile: String?, successor: SuccessorKey?)
    /// `token` nil: the one that holds the newest bundle signer under the root.
    case renewBundleSigner(root: String, token: String?)
    /// Destroys the key of a CA that has signed its last CRL.
    case destroyKey(issuer: IssuerReference)
    /// Signs and seals a package for each choice of the root's live intermediates, up to the policy's bound.
    case prepareBreakGlass(root: String)

    public var kind: OperationKind {
        switch self {
        case .createRoot: .createRoot
        case .issueIntermediate: .issueIntermediate
        case .issueEndEntity: .issueEndEntity
        case .revoke: .revoke
        case .issueCRL: .issueCRL
        case .publishBundle: .publishBundle
        case .reshareCustody: .reshareCustody
        case .changePolicy: .changePolicy
        case .activateRoot: .activateRoot
        case .renewBundleSigner: .renewBundleSigner
        case .destroyKey: .destroyKey
        case .prepareBreakGlass: .prepareBreakGlass
        }
    }

    /// The profile that the operation names, if it names one.
    public var profile: String? {
        switch self {
        case .createRoot(_, let profile, _, _, _), .issueIntermediate(let profile, _, _, _),
            .issueEndEntity(let profile, _, _, _):
            profile
        case .revoke(.scope(let profile, _), _, _), .activateRoot(_, let profile, _): profile
        case .revoke, .issueCRL, .publishBundle, .changePolicy, .reshareCustody, .renewBundleSigner, .destroyKey, .prepareBreakGlass: nil
        }
    }
}

/// The key of the root after the one that is made.
public struct SuccessorKey: Sendable, Hashable {
    public let name: String
    public let token: String
    /// Nil: the first that the profile allows.
    public let keyType: String?

    public init(name: String, token: String, keyType: String? = nil) {
        self.name = name
        self.token = token
        self.keyType = keyType
    }
}

/// An issuer that lives in the ledger or is made earlier in the same ceremony.
public enum IssuerReference: Sendable, Hashable {
    /// A root, by its name: `issuer: G1`.
    case root(String)
    /// The live intermediate with exactly this scope: `issuer: {factory: tallinn, year: 2027}`.
    case scope([String: String])
}

/// What is asked for of an issuer's CRLs.
public struct ListRequest: Sendable, Hashable {
    public var issuer: IssuerReference
    /// Several, signed now for the months to come; nil: one.
    public var series: ListSeries?
    /// It is the issuer's last: it never ends, and the issuer signs nothing after it.
    public var isLast: Bool
    /// A CSV file of revoked certificates that the ledger does not know, relative to the folder of the ceremony file unless
    /// absolute; nil: only what the ledger revoked.
    public var entries: String?

    public init(issuer: IssuerReference, series: ListSeries? = nil, isLast: Bool = false, entries: String? = nil) {
        self.issuer = issuer
        self.series = series
        self.isLast = isLast
        self.entries = entries
    }
}

/// CRLs that are signed in one ceremony and begin one after the other.
public struct ListSeries: Sendable, Hashable {
    /// How many, the first among them, which begins at once.
    public let count: Int
    /// From the beginning of one to that of the next.
    public let every: CalendarDuration

    public init(count: Int, every: CalendarDuration) {
        self.count = count
        self.every = every
    }
}

/// Where an intermediate's key comes from.
public enum KeySource: Sendable, Hashable {
    case request(RequestFile)
    /// Generated in the ceremony on the token of that name; `keyType` nil: the first that the profile allows.
    case generate(token: String, keyType: String?)
}

/// A certification request: its key and its proof of possession are used, its names never.
public struct RequestFile: Sendable, Hashable {
    /// PEM or DER, relative to the folder of the ceremony file unless absolute.
    public let path: String
    /// SHA-256 of the file's bytes, as told by its sender over another channel; nil: not told.
    public let sha256: Digest?

    public init(path: String, sha256: Digest? = nil) {
        self.path = path
        self.sha256 = sha256
    }
}

/// What is revoked.
public enum RevocationTarget: Sendable, Hashable {
    /// The one live certificate with exactly this scope: of the profile, or else the intermediate.
    case scope(profile: String?, scope: [String: String])
    /// Lower-case hex of the serial's minimal DER content, even length, no separators.
    case serial(issuer: IssuerReference, serial: String)
    /// A certificate's file, relative to the folder of the ceremony file unless absolute.
    case certificateFile(String)
    /// SHA-256 of a certificate's DER.
    case certificateDigest(Digest)
    /// A certificate of the authority by its name: that of its file in `certificates/`, without the ending.
    case name(String)
}

/// CRLReason, RFC 5280 section 5.3.1, without what an offline authority must not say: unspecified, certificateHold and
/// removeFromCRL.
public enum RevocationReason: String, Sendable, Hashable, CaseIterable {
    case keyCompromise, cACompromise, affiliationChanged, superseded, cessationOfOperation, privilegeWithdrawn
    case aACompromise

    /// The ENUMERATED value.
    public var code: Int {
        switch self {
        case .keyCompromise: 1
        case .cACompromise: 2
        case .affiliationChanged: 3
        case .superseded: 4
        case .cessationOfOperation: 5
        case .privilegeWithdrawn: 9
        case .aACompromise: 10
        }
    }
}
