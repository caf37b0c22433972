import Groundwork
import PKIX

/// What an authority is at one point of its ledger: a fold over the events and nothing else.
///
/// The planner folds planned steps into a copy of it, so that later operations of a ceremony see the earlier ones.
public struct AuthorityState: Sendable {
    public var authority: String
    public var environment: DeploymentEnvironment
    /// The policy in force.
    public var policy: Policy
    /// The number of the policy in force, from 1.
    public var policyNumber: Int64 = 1
    /// The names of all persons that a policy ever named, by operator id; the newest counts.
    public private(set) var names: [String: String] = [:]
    public var keys: [String: KeyRecord] = [:]
    /// The names of the keys that were pre-generated for the root after, by the name of the root before.
    var successors: [String: String] = [:]
    public var certificates: [String: CertificateRecord] = [:]
    /// The names of the certificates in the order in which they were issued.
    public private(set) var issued: [String] = []
    private var index = CertificateIndex()
    /// The CRLs of each issuer, by the name of its certificate, oldest first.
    public var lists: [String: [ListRecord]] = [:]
    /// The number of the ceremony that revoked a certificate, by its name.
    var revokingCeremonies: [String: Int64] = [:]
    /// The delta CRLs that went with them, by issuer, oldest first.
    public var deltas: [String: [ListRecord]] = [:]
    public var bundles: [BundleRecord] = []
    /// Sealed revocations, in the order in which they were prepared. Their numbers are theirs for ever.
    public var packages: [BreakGlassRecord] = []
    public var ceremonies: [CeremonyRecord] = []
    /// SHA-256 of every SubjectPublicKeyInfo that was certified or generated.
    public var publicKeys: Set<Digest> = []
    /// The shares that are in force, by the policy's name for the token.
    public var custodies: [String: CustodyInForce] = [:]
    /// The serial numbers of the tokens that the ceremonies used, by the policy's name for the token.
    public var tokenSerials: [String: String] = [:]

    public init(authority: String, environment: DeploymentEnvironment, policy: Policy) {
        self.authority = authority
        self.environment = environment
        self.policy = policy
        remember(policy.operators)
    }

    private mutating func remember(_ persons: [Operator]) {
        for person in persons { names[person.id] = person.name }
    }

    /// A key pair on one of the authority's tokens.
    public struct KeyRecord: Sendable {
        public var planned: PlannedKey
        /// Nil while the key is only planned.
        public var publicKey: SubjectPublicKeyInfo?
        public var tokenSerial: String?
        /// The number of signatures that the ledger holds.
        public var signatures: Int64 = 0
        /// The key is gone from its token.
        public var isDestroyed = false
    }

    /// A certificate that the authority issued.
    /// A certificate, planned or made. One reference, since a plan that is derived again copies the records of all.
    public struct CertificateRecord: Sendable {
        private final class Contents: Sendable {
            let planned: PlannedCertificate
            let fields: CertificateFields
            let der: [UInt8]?
            let publicKey: SubjectPublicKeyInfo?
            let revocation: PlannedRevocation?

            init(
                _ planned: PlannedCertificate, _ fields: CertificateFields, _ der: [UInt8]?,
                _ publicKey: SubjectPublicKeyInfo?, _ revocation: PlannedRevocation?
            ) {
                self.planned = planned
                self.fields = fields
                self.der = der
                self.publicKey = publicKey
                self.revocation = revocation
            }
        }

        private let contents: Contents

        init(
            planned: PlannedCertificate, fields: CertificateFields, der: [UInt8]? = nil,
            publicKey: SubjectPublicKeyInfo? = nil, revocation: PlannedRevocation? = nil
        ) {
            contents = Contents(planned, fields, der, publicKey, revocation)
        }

        public var planned: PlannedCertificate { contents.planned }
        public var fields: CertificateFields { contents.fields }
        /// Nil while the certificate is only planned.
        public var der: [UInt8]? { contents.der }
        /// The key, or nil while it is open.
        public var publicKey: SubjectPublicKeyInfo? { contents.publicKey }
        public var revocation: PlannedRevocation? { contents.revocation }

        public var fingerprint: Digest? { der.map { Digest(of: $0) } }

        /// Whether the certificate is neither revoked nor expired.
        public func isLive(at time: Timestamp) -> Bool {
            revocation == nil && fields.notAfter >= time
        }

        func revoked(by revocation: PlannedRevocation) -> CertificateRecord {
            CertificateRecord(
                planned: planned, fields: fields, der: der, publicKey: publicKey, revocation: revocation)
        }
    }

    public struct ListRecord: Sendable {
        public var planned: PlannedCertificateList
        /// Nil while the CRL is only planned.
        public var digest: Digest?
    }

    public struct BundleRecord: Sendable {
        public var planned: PlannedBundle
        /// The digest of the payload; nil while the bundle is only planned.
        public var payload: Digest?
    }

    public struct CeremonyRecord: Sendable {
        public var number: Int64
        public var title: String
        public var plan: Digest
        /// The number of lines before the plan was run.
        public var head: Int64
        public var opened: Timestamp
        public var closed: Timestamp?
        /// The index of the event that closes it.
        public var closedIndex: Int64?
        public var approvers: [String] = []
        /// The operators who are on record as present: named at the opening, or with a share that they brought or were
        /// handed. Their ids.
        public var present: Set<String> = []
    }

    /// The roots, in the order in which they were created.
    public var roots: [CertificateRecord] { index.roots.compactMap { certificates[$0] } }

    /// The name of the key that signs checkpoints, once it exists.
    public var recordKey: KeyRecord? {
        keys.values.first { $0.planned.purpose == .record }
    }

    /// The certificates that an issuer signed, in the order in which they were issued.
    public func certificates(issuedBy issuer: String) -> [CertificateRecord] {
        index.byIssuer[issuer, default: []].compactMap { certificates[$0] }
    }

    /// The certificates of one scope, of whatever profile, in the order in which they were issued.
    func certificates(for scope: [String: String]) -> [CertificateRecord] {
        index.byScope[scope, default: []].compactMap { certificates[$0] }
    }

    /// The scope of a certificate with that of its issuers: what is issued under an intermediate for one factory concerns
    /// that factory.
    public func fullScope(of name: String) -> [String: String] {
        var scope: [String: String] = [:]
        var next: String? = name
        while let current = next, let record = certificates[current] {
            scope.merge(record.planned.scope) { own, _ in own }
            next = record.planned.issuer == current ? nil : record.planned.issuer
        }
        return scope
    }

    /// The first certificate with a subject, by the DER of its Name.
    func certificate(subject: [UInt8]) -> CertificateRecord? {
        index.bySubject[subject].flatMap { certificates[$0] }
    }

    /// The revoked certificates of an issuer, in the order of their serial numbers.
    public func revoked(by issuer: String) -> [CertificateRecord] {
        certificates(issuedBy: issuer).filter { $0.revocation != nil }
            .sorted { $0.fields.serial.lexicographicallyPrecedes($1.fields.serial) }
    }
}

/// What a certificate says, as far as planning and status need it.
public struct CertificateFields: Hashable, Sendable {
    /// The octets of the INTEGER.
    public var serial: [UInt8]
    /// The DER of the subject's Name.
    public var subject: [UInt8]
    public var notBefore: Timestamp
    public var notAfter: Timestamp
}

extension AuthorityState {
    /// Enters what a step brings about.
    ///
    /// - Parameter outcome: what the step produced, or nil while it is only planned.
    mutating func complete(_ step: PlannedStep, _ outcome: StepOutcome?) throws(PlanError) {
        switch step {
        case .generateKey(let key):
            var record = KeyRecord(planned: key)
            if case .key(let publicKey, let serial) = outcome {
                guard publicKeys.insert(Digest(of: publicKey.derBytes)).inserted else {
                    throw PlanError(.keyReuse, "the key \(key.name) is already in the ledger")
                }
                record.publicKey = publicKey
                record.tokenSerial = serial
            }
            keys[key.name] = record
            if let root = key.successorOf { successors[root] = key.name }
        case .certificate(let certificate):
            try complete(certificate, outcome)
        case .revocation(let revocation):
            if let record = certificates[revocation.certificate] {
                certificates[revocation.certificate] = record.revoked(by: revocation)
                revokingCeremonies[revocation.certificate] = (ceremonies.last?.number ?? 0) + 1
            }
        case .certificateList(let list):
            var record = ListRecord(planned: list)
            if case .object(let der) = outcome { record.digest = Digest(of: der) }
            if case .list(let digest) = outcome { record.digest = digest }
            if list.base == nil {
                lists[list.issuer, default: []].append(record)
            } else {
                deltas[list.issuer, default: []].append(record)
            }
        case .bundleSignature:
            break
        case .bundle(let bundle):
            var record = BundleRecord(planned: bundle)
            if case .bundle(let payload) = outcome { record.payload = payload }
            bundles.append(record)
        case .custody(let planned):
            try complete(planned, outcome)
        case .policy(let planned):
            // What is planned under a policy stays planned under it.
            guard case .policy(let policy) = outcome else { return }
            self.policy = policy
            policyNumber = planned.number
            remember(policy.operators)
        case .destroyKey(let planned):
            keys[planned.key]?.isDestroyed = true
        case .breakGlass(let planned):
            var record = BreakGlassRecord(planned: planned)
            if case .sealed(let sealed) = outcome { record.sealed = sealed }
            packages.append(record)
        case .judgeKey, .rootUpdate:
            break
        }
    }

    private mutating func complete(_ planned: PlannedCustody, _ outcome: StepOutcome?) throws(PlanError) {
        guard var custody = custodies[planned.token] else {
            throw PlanError(.custody, "the record knows of no shares of the token \(planned.token)")
        }
        custody.number = planned.number
        if case .custody(let record) = outcome {
            custody.earlierSets.insert(custody.record.set)
            custody.record = record
        }
        custodies[planned.token] = custody
    }

    private mutating func complete(_ certificate: PlannedCertificate, _ outcome: StepOutcome?) throws(PlanError) {
        let template = try TemplateReader.certificate(certificate)
        var publicKey = template.publicKey
        if let key = certificate.subjectKey {
            publicKey = keys[key]?.publicKey
        } else if let publicKey = template.publicKey {
            guard publicKeys.insert(Digest(of: publicKey.derBytes)).inserted else {
                throw PlanError(
                    .keyReuse,
                    "the public key for \(certificate.name) is already in the ledger",
                    advice: "Ask the factory for a CSR with a new key"
                )
            }
        }
        var made: [UInt8]?
        if case .object(let der) = outcome { made = der }
        let record = CertificateRecord(
            planned: certificate, fields: template.fields, der: made, publicKey: publicKey)
        guard certificates.updateValue(record, forKey: certificate.name) == nil else {
            throw PlanError(.ledgerOrder, "there are two certificates named \(certificate.name)")
        }
        issued.append(certificate.name)
        index.enter(certificate, subject: record.fields.subject)
    }
}

/// The names of the certificates by what the planner asks for: looking through all of them for each new one would take
/// longer than signing it, once there are thousands.
private struct CertificateIndex {
    var roots: [String] = []
    /// A root is not among those that it issued.
    var byIssuer: [String: [String]] = [:]
    var byScope: [[String: String]: [String]] = [:]
    var bySubject: [[UInt8]: String] = [:]

    mutating func enter(_ certificate: PlannedCertificate, subject: [UInt8]) {
        let name = certificate.name
        if certificate.kind == .root, !certificate.isCrossCertificate { roots.append(name) }
        if certificate.issuer != name { byIssuer[certificate.issuer, default: []].append(name) }
        byScope[certificate.scope, default: []].append(name)
        if bySubject[subject] == nil { bySubject[subject] = name }
    }
}

/// What a step produced.
enum StepOutcome {
    case key(SubjectPublicKeyInfo, tokenSerial: String)
    /// The DER of a certificate or CRL.
    case object([UInt8])
    /// The digest of a CRL that is too long to be held.
    case list(Digest)
    /// The digest of a bundle's payload.
    case bundle(Digest)
    /// Who got which share.
    case custody(CustodyRecord)
    /// The policy that comes into force.
    case policy(Policy)
    /// What the ledger keeps of a sealed package.
    case sealed(BreakGlassRecord.Sealed)
}
