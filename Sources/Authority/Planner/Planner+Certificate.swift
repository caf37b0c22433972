import Groundwork
import PKIX

/// Whose key a certificate is for.
enum CertificateSubject {
    /// A key that this plan generates on a token.
    case generated(String, KeyKind)
    /// A key that was generated before, on a token of the authority.
    case existing(String, SubjectPublicKeyInfo)
    /// The key of a CSR, by its path among the plan's inputs.
    case request(String, SubjectPublicKeyInfo)
}

extension CertificateSubject {
    /// The name of the key, when it is one of the authority's.
    var keyName: String? {
        switch self {
        case .generated(let name, _), .existing(let name, _): name
        case .request: nil
        }
    }
}

/// What an operation asks for; the profile decides the rest.
struct CertificateDraft {
    var name: String
    var profile: Profile
    var scope: [String: String]
    var subject: CertificateSubject
    /// The name of the issuer's certificate; nil for a root.
    var issuer: String?
    /// What the templates' `{name}` stands for, where it is not the certificate's own name.
    var rootName: String?
    /// The key of the next root, for a root that commits to it.
    var successor: String?
}

extension Planner {
    /// Makes a certificate as its profile says.
    ///
    /// Nothing but the public key comes from a CSR.
    func certificate(_ draft: CertificateDraft) throws(PlanError) -> PlannedCertificate {
        let profile = draft.profile
        let issuer = draft.issuer.flatMap { state.certificates[$0] }
        if let name = draft.issuer {
            try requireNotEnded(name, for: "certificate \(draft.name)")
            try requireNotSuperseded(name, for: draft.name)
        }
        let context = TemplateContext(
            authority: state.authority, environment: state.environment, organization: policy.organization,
            name: draft.rootName ?? draft.name, issuer: draft.issuer,
            generation: generation(draft))
        let subject = try subject(draft, context)
        try requireUniqueSubject(subject, draft.name)
        try requireIssuersScope(draft, issuer)
        let period = try validity(draft, issuer)
        let signing = try signingKey(draft, issuer)

        var holes = HoleFinder()
        let extensions = try extensions(draft, context, issuer, &holes)
        let tbs: EncodedTBSCertificate
        do {
            tbs = try TBSCertificate(
                serialNumber: serial(draft.name), signature: AlgorithmIdentifier(signing.algorithm),
                issuer: try issuer.map { try DistinguishedName(derEncoded: $0.fields.subject) } ?? subject,
                notBefore: period.notBefore.secondsSinceEpoch, notAfter: period.notAfter.secondsSinceEpoch,
                subject: subject, subjectPublicKeyInfo: holes.subjectPublicKeyInfo(draft.subject), extensions: extensions
            ).encode()
        } catch {
            throw PlanError(
                .profile, "the certificate \(draft.name) cannot be built: \(sentence(error))",
                advice: Self.correction(profile))
        }
        let path: String? = if case .request(let path, _) = draft.subject { path } else { nil }
        let key = draft.subject.keyName
        return PlannedCertificate(
            name: draft.name, kind: profile.kind, profile: profile.name, scope: draft.scope, subjectKey: key,
            request: path, issuer: draft.issuer ?? draft.name, issuerKey: signing.key, algorithm: signing.algorithm,
            template: ObjectTemplate(bytes: tbs.bytes, holes: try holes.find(in: tbs)),
            path: AuthorityPaths.certificate(draft.name))
    }

    /// The algorithm that an issuer's key signs with, by the profile of the issuer's own certificate.
    func signatureAlgorithm(of profileName: String, key: KeyKind) throws(PlanError) -> SignatureAlgorithm {
        let standard = SignatureAlgorithm.default(for: key)
        guard policy.profiles[profileName]?.signatureScheme == .pss else { return standard }
        switch standard {
        case .rsaSHA256: return .rsaPSSSHA256
        case .rsaSHA384: return .rsaPSSSHA384
        default: return standard
        }
    }

    /// 1 for the first certificate of its profile and scope in the ledger, 2 for its replacement.
    private func generation(_ draft: CertificateDraft) -> Int {
        guard !draft.scope.isEmpty else { return 1 }
        return 1 + state.certificates(for: draft.scope).count { $0.planned.profile == draft.profile.name }
    }

    private func signingKey(
        _ draft: CertificateDraft, _ issuer: AuthorityState.CertificateRecord?
    ) throws(PlanError) -> (key: String, algorithm: SignatureAlgorithm) {
        if let issuer {
            guard let name = issuer.planned.subjectKey, let key = state.keys[name] else {
                throw PlanError(.keyIdentity, "the key of \(issuer.planned.name) is not on a token of this authority")
            }
            return (name, try signatureAlgorithm(of: issuer.planned.profile, key: key.planned.kind))
        }
        switch draft.subject {
        case .generated(let name, let kind):
            return (name, try signatureAlgorithm(of: draft.profile.name, key: kind))
        case .existing(let name, let publicKey):
            return (name, try signatureAlgorithm(of: draft.profile.name, key: publicKey.kind))
        case .request:
            throw PlanError(
                .profile, "a root's key is generated in the ceremony", advice: "Make the root with create-root")
        }
    }

    private func subject(_ draft: CertificateDraft, _ context: TemplateContext) throws(PlanError) -> DistinguishedName {
        let values: [SubjectValue]
        do { values = try draft.profile.subject(for: draft.scope, context: context) } catch { throw PlanError(error) }
        do {
            return try DistinguishedName(values.map { ($0.oid, $0.value) })
        } catch {
            throw PlanError(
                .profile, "the subject of \(draft.name) cannot be built: \(error.sentence)",
                advice: Self.correction(draft.profile))
        }
    }

    /// A name belongs to one key for ever: devices look up anchors and CRLs by name.
    private func requireUniqueSubject(_ subject: DistinguishedName, _ name: String) throws(PlanError) {
        guard let other = state.certificate(subject: subject.derBytes) else { return }
        throw PlanError(
            .subjectUnique, "\(name) would have the subject of \(other.planned.name): \(subject)",
            advice: "Use a name that no other key had; mbedTLS, wolfSSL and ESP-IDF confuse CAs of one name")
    }

    /// What an intermediate for one factory issues is for that factory.
    private func requireIssuersScope(
        _ draft: CertificateDraft, _ issuer: AuthorityState.CertificateRecord?
    ) throws(PlanError) {
        for (field, value) in (issuer?.planned.scope ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let own = draft.scope[field], own != value else { continue }
            throw PlanError(
                .scopeKnown, "\(draft.name) is for \(field) \(own), and its issuer \(draft.issuer ?? "") for \(value)",
                advice: "Name the issuer of the same \(field)")
        }
    }

    private func validity(
        _ draft: CertificateDraft, _ issuer: AuthorityState.CertificateRecord?
    ) throws(PlanError) -> ValidityPeriod {
        let period: ValidityPeriod
        do {
            period = try draft.profile.validityPeriod(at: created, scope: draft.scope)
        } catch {
            throw PlanError(error)
        }
        guard let issuer else { return period }
        guard period.notAfter <= issuer.fields.notAfter else {
            throw PlanError(
                .validityLimit,
                "\(draft.name) would be valid until \(period.notAfter), longer than its issuer \(issuer.planned.name): "
                    + "\(issuer.fields.notAfter)",
                advice: "Shorten the profile's validity, or issue under a younger root")
        }
        let notBefore = max(period.notBefore, issuer.fields.notBefore)
        return ValidityPeriod(notBefore: notBefore, notAfter: period.notAfter)
    }

    private func extensions(
        _ draft: CertificateDraft, _ context: TemplateContext, _ issuer: AuthorityState.CertificateRecord?,
        _ holes: inout HoleFinder
    ) throws(PlanError) -> [CertificateExtension] {
        let profile = draft.profile
        do {
            var list = [
                try CertificateExtension(BasicConstraints(isCA: profile.kind.isAuthority, pathLength: profile.pathLength)),
                try CertificateExtension(KeyUsage(profile.keyUsage)),
            ]
            if !profile.extendedKeyUsage.isEmpty {
                list.append(try CertificateExtension(PKIX.ExtendedKeyUsage(try profile.extendedKeyUsage.map(Self.oid))))
            }
            list.append(try CertificateExtension(holes.subjectKeyIdentifier(draft.subject)))
            if let issuer { list.append(try CertificateExtension(try holes.authorityKeyIdentifier(issuer, state))) }
            if !profile.certificatePolicies.isEmpty {
                let policies = try profile.certificatePolicies(for: draft.scope, context: context).map(Self.oid)
                list.append(try CertificateExtension(CertificatePolicies(policies)))
            }
            if let module = profile.hardwareModule,
                let serial = try profile.hardwareSerial(for: draft.scope, context: context)
            {
                let name = GeneralName.hardwareModuleName(
                    type: try Self.oid(module.type), serialNumber: Array(serial.utf8))
                list.append(try CertificateExtension(SubjectAlternativeName([name])))
            }
            if let constraints = try nameConstraints(draft, context) { list.append(constraints) }
            let issuers = try profile.authorityInformationAccess(for: draft.scope, context: context)
            if !issuers.isEmpty { list.append(try CertificateExtension(AuthorityInformationAccess(caIssuers: issuers))) }
            let lists = try distributionPoints(draft, context)
            if !lists.isEmpty { list.append(try CertificateExtension(CRLDistributionPoints(uris: lists))) }
            if let next = draft.successor { list.append(try CertificateExtension(holes.hashOfRootKey(next))) }
            return list
        } catch let error as PlanError {
            throw error
        } catch let error as ScopeError {
            throw PlanError(error)
        } catch {
            throw PlanError(
                .profile, "the extensions of \(draft.name) cannot be built: \(sentence(error))",
                advice: Self.correction(profile))
        }
    }

    private func nameConstraints(
        _ draft: CertificateDraft, _ context: TemplateContext
    ) throws -> CertificateExtension? {
        let rule = draft.profile.nameConstraints
        guard rule.mode != .off else { return nil }
        var permitted: [GeneralName] = []
        let directory = try draft.profile.permittedDirectory(for: draft.scope, context: context)
        if !directory.isEmpty {
            permitted.append(.directoryName(try DistinguishedName(directory.map { ($0.oid, $0.value) })))
        }
        permitted += try draft.profile.permittedDNS(for: draft.scope, context: context).map(GeneralName.dNSName)
        return try CertificateExtension(NameConstraints(permitted: permitted), isCritical: rule.mode == .critical)
    }

    private static func oid(_ dotted: String) throws(PlanError) -> OID {
        guard let oid = OID(dotted) else {
            throw PlanError(
                .profile, "\(dotted) is not an object identifier", advice: "Correct the profile in the policy")
        }
        return oid
    }

    private static func correction(_ profile: Profile) -> String {
        "Correct the scope in the ceremony file, or the profile \(profile.name) in the policy"
    }
}

extension KeyUsage {
    init(_ bits: [KeyUsageBit]) { self.init(bits.map { KeyUsage(rawValue: 1 << UInt16($0.bit)) }) }
}
