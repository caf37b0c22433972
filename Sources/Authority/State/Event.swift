import Groundwork
import PKIX

/// What the ledger records, with the fields of each event.
///
/// The names and fields are the file format: docs/file-formats.md lists them.
public enum Event: Hashable, Sendable {
    /// The authority begins.
    case genesis(authority: String, environment: DeploymentEnvironment)
    /// A policy comes into force.
    case policy(digest: Digest, path: String)
    case ceremonyOpened(CeremonyOpening)
    case ceremonySuspended(Pause)
    case ceremonyResumed(Pause)
    case approval(ApprovalRecord)
    case rejection(RejectionRecord)
    case witnessed(WitnessRecord)
    case custody(Custody)
    case login(LoginRecord)
    case intent(Intent)
    case keyGenerated(KeyGeneration)
    case signed(intent: Int64, signature: [UInt8])
    case artifact(ArtifactRecord)
    case crl(step: StepID, issuer: String, number: Int64, artifact: ArtifactFile)
    case bundle(step: StepID, sequence: Int64, payload: Digest, artifacts: [ArtifactFile])
    case revoked(step: StepID, certificate: String, serial: [UInt8], reason: RevocationReason, date: Timestamp)
    case keyDestroyed(KeyDestruction)
    case deviation(Deviation)
    case ceremonyClosed(ceremony: Int64, signatures: Int64)
    case keyJudged(KeyJudgement)
    case rootUpdate(step: StepID, root: String, file: ArtifactFile)
    case sealed(SealedSignature)
    case breakGlassSealed(SealedPackage)
    case breakGlassOpened(OpenedPackage)

    /// The opening of a ceremony.
    public struct CeremonyOpening: Hashable, Sendable {
        public var ceremony: Int64
        public var plan: Digest
        public var ceremonyFile: Digest
        /// The program's version.
        public var tool: String
        /// SHA-256 of the running program's file.
        public var program: Digest
        /// The names of the network interfaces that were up, beside loopback.
        public var networkInterfaces: [String]
        /// Who was in the room; may be nobody.
        public var participants: [Participant]
    }

    /// An approval that counts.
    public struct ApprovalRecord: Hashable, Sendable {
        public var ceremony: Int64
        public var `operator`: String
        /// The SSH fingerprint of the key that signed.
        public var key: String
        public var file: ArtifactFile
    }

    /// What a token reported when it was unlocked.
    public struct LoginRecord: Hashable, Sendable {
        public var token: String
        public var label: String
        public var serial: String
        public var manufacturer: String
        public var model: String
        public var firmware: String
        public var method: UnlockMethod
        /// What the token remembered: the number of lines, and the head.
        public var memory: Plan.LedgerHead?
        /// Who brought shares of the PIN, sorted, and of which set; nil for another method.
        public var custodians: [String]?
        public var set: Int64?
        /// What the participants attest of a login that the program cannot see into.
        public var attestation: String?
    }

    /// Shares of a token's PINs were handed out.
    public struct Custody: Hashable, Sendable {
        /// Of the operation that handed them out; nil for those that came with the token.
        public var step: StepID?
        /// The token's name in the policy.
        public var token: String
        public var serial: String
        /// SLIP-0039's identifier of the set.
        public var set: Int64
        /// The custody file.
        public var file: ArtifactFile
    }

    /// What a key is about to do.
    public struct Intent: Hashable, Sendable {
        /// `generate-key`, `proof`, `certificate`, `crl` or `bundle-signature`.
        public var object: String
        public var step: StepID
        public var key: String
        /// SHA-256 of the bytes to be signed; of the key's label and id for a generation.
        public var digest: Digest
        /// The index of an earlier intent for the same bytes whose signature was lost in a crash.
        public var repeats: Int64?
    }

    /// A key pair, as read back from the token.
    public struct KeyGeneration: Hashable, Sendable {
        public var step: StepID
        public var key: String
        public var subjectPublicKeyInfo: [UInt8]
        public var tokenSerial: String
        /// CKA_ names with `yes`, `no`, or a CKM_ name.
        public var attributes: [String: String]
        /// What the token answered to the attempt to wrap the key.
        public var wrapAttempt: String
        /// The root that commits to the key, when the key is pre-generated for the root after it.
        public var successorOf: String?
    }

    /// A pre-generated key, as read back from the token before its first use.
    public struct KeyJudgement: Hashable, Sendable {
        public var step: StepID
        public var key: String
        public var tokenSerial: String
        /// CKA_ names with `yes`, `no`, or a CKM_ name.
        public var attributes: [String: String]
        public var wrapAttempt: String
        /// The root that committed to the key, and the SHA-256 that its certificate holds.
        public var predecessor: String
        public var committed: Digest
    }

    /// A key pair that is gone from its token.
    public struct KeyDestruction: Hashable, Sendable {
        public var key: String
        public var reason: String
        /// Of the operation that destroyed it, with what was read back; nil for a key that was generated before an
        /// interruption and never recorded.
        public var evidence: Evidence?

        public struct Evidence: Hashable, Sendable {
            public var step: StepID
            public var tokenSerial: String
            /// How many objects this run destroyed: the private and the public key, or fewer where a run before it was
            /// cut off.
            public var destroyed: Int64
            /// How many objects with the key's label or id were found afterwards.
            public var found: Int64
        }
    }

    /// A file of the authority.
    public struct ArtifactFile: Hashable, Sendable {
        /// Relative to the authority.
        public var path: String
        public var digest: Digest

        public init(path: String, digest: Digest) {
            self.path = path
            self.digest = digest
        }
    }

    /// A certificate in its files.
    public struct ArtifactRecord: Hashable, Sendable {
        public var step: StepID
        public var certificate: String
        public var files: [ArtifactFile]
    }

    /// The event's name in the ledger.
    public var name: String {
        switch self {
        case .genesis: "genesis"
        case .policy: "policy"
        case .ceremonyOpened: "ceremony-opened"
        case .ceremonySuspended: "ceremony-suspended"
        case .ceremonyResumed: "ceremony-resumed"
        case .approval: "approval"
        case .rejection: "rejection"
        case .witnessed: "witnessed"
        case .custody: "custody"
        case .login: "login"
        case .intent: "intent"
        case .keyGenerated: "key-generated"
        case .signed: "signed"
        case .artifact: "artifact"
        case .crl: "crl"
        case .bundle: "bundle"
        case .revoked: "revoked"
        case .keyDestroyed: "key-destroyed"
        case .deviation: "deviation"
        case .ceremonyClosed: "ceremony-closed"
        case .keyJudged: "key-judged"
        case .rootUpdate: "root-update"
        case .sealed: "sealed"
        case .breakGlassSealed: "break-glass-sealed"
        case .breakGlassOpened: "break-glass-opened"
        }
    }
}
