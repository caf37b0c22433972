import Groundwork
import PKIX
import TrustBundle

/// One act of a ceremony with the quorum that it needs and the steps that it consists of.
public struct PlannedOperation: Hashable, Sendable {
    public var kind: OperationKind
    /// One sentence that says what the operation does, for people.
    public var title: String
    public var quorum: QuorumRule
    public var steps: [PlannedStep]
}

/// What the executor does, one thing at a time. It can do nothing else.
public enum PlannedStep: Hashable, Sendable {
    case generateKey(PlannedKey)
    case certificate(PlannedCertificate)
    case revocation(PlannedRevocation)
    case certificateList(PlannedCertificateList)
    case bundleSignature(PlannedBundleSignature)
    case bundle(PlannedBundle)
    case custody(PlannedCustody)
    case policy(PlannedPolicy)
    case judgeKey(PlannedKeyJudgement)
    case rootUpdate(PlannedRootUpdate)
    case destroyKey(PlannedKeyDestruction)
    case breakGlass(PlannedBreakGlass)

    /// The name of the key that signs, for the steps that need one. A new key's own proof is signed by that key.
    public var signingKey: String? {
        switch self {
        case .generateKey(let key): key.name
        case .certificate(let certificate): certificate.issuerKey
        case .revocation, .policy, .custody, .bundle, .judgeKey, .rootUpdate, .destroyKey, .breakGlass: nil
        case .certificateList(let list): list.issuerKey
        case .bundleSignature(let signature): signature.signer.key
        }
    }

    /// The names of all keys that sign for the step.
    var signingKeys: [String] {
        if case .breakGlass(let package) = self { package.parts.map(\.key) } else { signingKey.map { [$0] } ?? [] }
    }

    /// Whether the step makes a certificate, CRL or bundle.
    public var isSigned: Bool {
        switch self {
        case .certificate, .certificateList, .bundle, .destroyKey, .breakGlass: true
        case .generateKey, .revocation, .policy, .custody, .bundleSignature, .judgeKey, .rootUpdate: false
        }
    }

    /// The word for the step in the ledger and in what people read.
    public var word: String {
        switch self {
        case .generateKey: "generate-key"
        case .certificate: "certificate"
        case .revocation: "revocation"
        case .certificateList: "crl"
        case .bundleSignature: "bundle-signature"
        case .bundle: "bundle"
        case .custody: "custody"
        case .policy: "policy"
        case .judgeKey: "judge-key"
        case .rootUpdate: "root-update"
        case .destroyKey: "destroy-key"
        case .breakGlass: "break-glass"
        }
    }
}

/// What a key is for. A key serves one purpose.
public enum KeyPurpose: String, CaseIterable, Sendable {
    case root, intermediate
    case bundleSigner = "bundle-signer"
    /// Signs the checkpoints that close ceremonies.
    case record
}

/// A key pair to be generated on a token.
public struct PlannedKey: Hashable, Sendable {
    /// The name by which the authority's files speak of the key.
    public var name: String
    public var purpose: KeyPurpose
    public var kind: KeyKind
    /// The token's name in the policy.
    public var token: String
    /// CKA_LABEL.
    public var label: String
    /// CKA_ID.
    public var id: [UInt8]
    /// CKA_ALWAYS_AUTHENTICATE: the token asks for the PIN before every signature.
    public var alwaysAuthenticate: Bool
    /// The 32 octets that the new key signs to prove that it works.
    public var proof: [UInt8]
    /// The root that commits to this key, when the key is pre-generated for the root after it.
    public var successorOf: String?
}

/// A certificate to be signed.
public struct PlannedCertificate: Hashable, Sendable {
    /// The name by which the authority's files speak of the certificate.
    public var name: String
    public var kind: ProfileKind
    public var profile: String
    public var scope: [String: String]
    /// The name of the key that the certificate is for, when it is one of ours.
    public var subjectKey: String?
    /// The path of the CSR among the plan's inputs, when the key is somebody else's.
    public var request: String?
    /// The name of the issuer's certificate: its own name for a root.
    public var issuer: String
    public var issuerKey: String
    public var algorithm: SignatureAlgorithm
    public var template: ObjectTemplate
    /// Whether it is for a root's key, and signed by another root.
    public var isCrossCertificate: Bool { kind == .root && issuer != name }
    /// Whether it is a root's own.
    public var isRoot: Bool { kind == .root && issuer == name }
    /// Where the certificate goes, relative to the authority; the PEM form stands beside it.
    public var path: String
}

/// A certificate to be entered as revoked.
public struct PlannedRevocation: Hashable, Sendable {
    public var certificate: String
    public var issuer: String
    public var serial: [UInt8]
    public var reason: RevocationReason
    /// RFC 5280 5.1.2.6 revocationDate.
    public var date: Timestamp
    /// RFC 5280 5.3.2 invalidityDate: since when the key is known or suspected to be compromised.
    public var since: Timestamp?
}

/// A CRL to be signed.
public struct PlannedCertificateList: Hashable, Sendable {
    public var issuer: String
    public var issuerKey: String
    /// RFC 5280 5.2.3 CRLNumber.
    public var number: Int64
    public var thisUpdate: Timestamp
    public var nextUpdate: Timestamp
    /// It is of a series, and begins after the ceremony.
    public var isPreSigned = false
    /// How many entries it has.
    public var entries: Int64
    public var algorithm: SignatureAlgorithm
    public var template: ObjectTemplate
    public var path: String
    /// Where the entries come from when they are not in the template, which then is the TBSCertList without entries.
    public var listed: ListedEntries?
    /// The part of the issuer's certificates that it speaks of; nil: all.
    public var shard: ListShard?
    /// A delta CRL's BaseCRLNumber (RFC 5280 5.2.4): it lists what the CRL of that number does not; nil: it lists all.
    public var base: Int64?
}
