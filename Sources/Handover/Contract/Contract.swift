import Authority
import Groundwork

/// What an authority and a factory agree on: under which intermediate the factory signs devices, and what the certificate
/// of a device must be. An operator of the authority signs its bytes.
public struct Contract: Hashable, Sendable {
    /// The namespace of the signature (PROTOCOL.sshsig).
    public static let namespace = "anchorite-contract"
    public static let form = "contract/1"

    public var authority: String
    public var environment: DeploymentEnvironment
    /// When it was made.
    public var issued: Timestamp
    /// What the intermediate is for, with what its issuers are for.
    public var scope: [String: String]
    /// From the intermediate that signs devices up to the root.
    public var chain: [Link]
    /// The CRL of each certificate of the chain that there is one of. Older ones are not accepted.
    public var lists: [ListReference]
    /// The newest bundle; nil where the authority makes none.
    public var bundle: BundleReference?
    public var device: DeviceTerms
    public var signer: Signer
    /// The number of the policy in force.
    public var policy: Int64
    /// What the contract says, for people: SHA-256 by path.
    public var pages: [String: Digest]

    /// A certificate of the chain.
    public struct Link: Hashable, Sendable {
        /// Its name in the authority's record.
        public var name: String
        public var fingerprint: Digest
        /// The content of the serial number's INTEGER.
        public var serial: [UInt8]
        public var notAfter: Timestamp
    }

    public struct ListReference: Hashable, Sendable {
        /// The name of the issuer's certificate.
        public var issuer: String
        public var number: Int64
        public var nextUpdate: Timestamp
    }

    public struct BundleReference: Hashable, Sendable {
        public var store: String
        public var sequence: Int64
        /// Of the file.
        public var digest: Digest
    }

    /// The operator who signs.
    public struct Signer: Hashable, Sendable {
        /// The operator's id.
        public var `operator`: String
        public var name: String
        /// The key's SSH fingerprint.
        public var key: String
    }

    /// The certificate that signs devices.
    public var intermediate: Link? { chain.first }
    public var root: Link? { chain.last }

    /// `factory shenzhen-2, year 2027`
    public var scopeWords: String {
        scope.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}
