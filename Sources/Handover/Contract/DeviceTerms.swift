import Authority
import Groundwork
import PKIX

/// What the certificate of a device must be, as the policy's end-entity profile has it for one intermediate.
public struct DeviceTerms: Hashable, Sendable {
    /// The profile's name in the policy.
    public var profile: String
    /// The subject's RDNs, first to last; there are no others.
    public var subject: [NamePart]
    /// HardwareModuleName in subjectAltName (RFC 4108 section 5); nil: no subjectAltName.
    public var hardwareModule: HardwareModule?
    /// What the factory fills in.
    public var fields: [OpenField]
    public var keyTypes: [KeyKind]
    /// The algorithms with which the intermediate signs.
    public var signatureAlgorithms: [SignatureAlgorithm]
    /// The longest notAfter − notBefore. No certificate outlives the intermediate either.
    public var maximumValidity: CalendarDuration
    /// When the intermediate signs devices, by the year in its scope: notBefore lies within. Nil: as long as it lives.
    public var issuing: Window?
    /// RFC 5280 section 4.2.1.3, critical: exactly these.
    public var keyUsage: [String]
    /// Dotted object identifiers: exactly these; empty: no extension.
    public var extendedKeyUsage: [String]
    /// Dotted object identifiers: exactly these; empty: no extension.
    public var certificatePolicies: [String]
    /// URLs of the intermediate's CRL: exactly these; empty: no extension.
    public var crlDistributionPoints: [String]
    /// caIssuers URLs: exactly these; empty: no extension.
    public var authorityInformationAccess: [String]
    /// How many certificates a chain has, the device's and the root's among them.
    public var chainLength: Int
    /// The stacks that must accept the certificate, as the policy names them.
    public var targets: [String]

    /// One RDN.
    public struct NamePart: Hashable, Sendable {
        /// `CN`, `O`, … or a dotted object identifier.
        public var type: String
        /// The attribute's dotted object identifier.
        public var oid: String
        public var value: Pattern
    }

    public struct HardwareModule: Hashable, Sendable {
        /// hwType, a dotted object identifier.
        public var type: String
        /// hwSerialNum, in UTF-8.
        public var serial: Pattern
    }

    /// A scope field that the factory fills in.
    public struct OpenField: Hashable, Sendable {
        public var name: String
        public var kind: ScopeField.Kind
        /// The only values that exist; nil: whatever the kind allows.
        public var allowed: [String]?
    }

    /// Both ends belong to it.
    public struct Window: Hashable, Sendable {
        public var from: Timestamp
        public var until: Timestamp
    }
}

extension DeviceTerms {
    /// The terms for devices of an intermediate.
    ///
    /// - Parameters:
    ///   - scope: of the intermediate, with that of its issuers.
    ///   - chainLength: the device's certificate, its issuers, and the root.
    /// - Throws: `PlanError` where the profile cannot be used under the intermediate.
    init(
        _ profile: Profile, under intermediate: AuthorityState.CertificateRecord, scope: [String: String],
        chainLength: Int, state: AuthorityState
    ) throws(PlanError) {
        let name = intermediate.planned.name
        let context = TemplateContext(
            authority: state.authority, environment: state.environment, organization: state.policy.organization,
            issuer: name)
        guard let key = intermediate.publicKey else {
            throw PlanError(.profile, "the key of \(name) is not known")
        }
        guard state.shards(of: name) == nil else {
            throw PlanError(
                .listPartition, "the CRLs of \(name) are split, so each device's certificate names a place of its own, which a contract cannot say",
                advice: "Issue the devices' certificates with issue-end-entity, or use an intermediate whose CRL is whole")
        }
        do throws(ScopeError) {
            let open = try OpenProfile(profile, scope: scope, context: context)
            subject = try open.subject().map {
                NamePart(type: $0.attribute.type, oid: $0.attribute.oid, value: Pattern($0.parts))
            }
            hardwareModule = try open.hardwareModule().map { HardwareModule(type: $0.type, serial: Pattern($0.serial)) }
            fields = open.openFields.flatMap { field -> [OpenField] in
                let own = OpenField(name: field.name, kind: field.kind, allowed: field.allowed)
                guard !field.numbers.isEmpty else { return [own] }
                let numbers = field.numbers.values.sorted().map(String.init)
                return [own, OpenField(name: "\(field.name)-number", kind: .identifier, allowed: numbers)]
            }
            certificatePolicies = try open.certificatePolicies()
            crlDistributionPoints = try open.crlDistributionPoints()
            authorityInformationAccess = try open.authorityInformationAccess()
            issuing = try state.policy.profiles[intermediate.planned.profile]?.yearWindow(for: intermediate.planned.scope)
                .map { Window(from: $0.opens, until: $0.closes) }
        } catch {
            throw PlanError(
                .profile, "no contract can be made of the profile \(profile.name) for \(name): \(error.reason)",
                advice: error.advice)
        }
        self.profile = profile.name
        keyTypes = profile.keyTypes.compactMap(KeyKind.init)
        let scheme = state.policy.profiles[intermediate.planned.profile]?.signatureScheme
        signatureAlgorithms = SignatureAlgorithm.allCases.filter { algorithm in
            guard algorithm.isIssued(with: key.kind) else { return false }
            return switch (algorithm.scheme, scheme) {
            case (.rsaPSS, .pkcs1), (.rsaPSS, nil), (.rsaPKCS1, .pss): false
            default: true
            }
        }
        maximumValidity = profile.maximumValidity
        keyUsage = profile.keyUsage.map(\.rawValue)
        extendedKeyUsage = try Self.dotted(profile.extendedKeyUsage)
        self.chainLength = chainLength
        targets = profile.targets.map(\.rawValue)
    }

    private static func dotted(_ identifiers: [String]) throws(PlanError) -> [String] {
        for identifier in identifiers where OID(identifier) == nil {
            throw PlanError(.profile, "\(identifier) is not an object identifier")
        }
        return identifiers
    }
}
