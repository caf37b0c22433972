import Groundwork
import PKIX

extension PlannedCertificate {
    /// What another root signs is an intermediate to whoever reads it.
    var lintRole: LintRole { isCrossCertificate ? .intermediate : kind.lintRole }
}

extension ProfileKind {
    var lintRole: LintRole {
        switch self {
        case .root: .root
        case .intermediate: .intermediate
        case .endEntity: .endEntity
        case .bundleSigner: .bundleSigner
        case .recordKey: .endEntity
        }
    }
}

extension ProfileKind {
    /// Whether devices judge chains over such certificates. Bundle signers and record keys have readers of their own.
    var isForDevices: Bool { self == .root || self == .intermediate || self == .endEntity }
}

extension LintContext {
    /// A bundle is read by the targets of every profile that makes certificates for devices.
    static func bundle(state: AuthorityState) -> LintContext {
        LintContext(targets: state.policy.profiles.values.filter(\.kind.isForDevices).flatMap(\.targets).stacks)
    }

    /// What the linter has to know of a certificate's place in the authority.
    static func certificate(
        _ planned: PlannedCertificate, state: AuthorityState
    ) throws(PKIXError) -> LintContext {
        let profile = state.policy.profiles[planned.profile]
        var subjects: [DistinguishedName] = []
        for root in state.roots where root.planned.name != planned.name {
            subjects.append(try DistinguishedName(derEncoded: root.fields.subject))
        }
        return LintContext(
            targets: planned.kind.isForDevices ? profile?.targets.stacks ?? DeviceStack.common : [],
            earlierRootSubjects: subjects, allowsSubordinateAuthorities: (profile?.pathLength ?? 0) > 0)
    }

    /// What the linter has to know of a CRL's place in the authority. It is read by the targets of its CA and by those of
    /// what that CA has issued.
    static func certificateList(_ planned: PlannedCertificateList, state: AuthorityState) -> LintContext {
        let issued = state.certificates(issuedBy: planned.issuer)
        var profiles = Set(issued.filter { $0.planned.kind.isForDevices }.map(\.planned.profile))
        if let issuer = state.certificates[planned.issuer] { profiles.insert(issuer.planned.profile) }
        let targets = profiles.compactMap { state.policy.profiles[$0] }.flatMap(\.targets).stacks
        let expiries = Dictionary(
            issued.map { ($0.fields.serial, $0.fields.notAfter.secondsSinceEpoch) },
            uniquingKeysWith: { first, _ in first })
        return LintContext(
            time: planned.thisUpdate.secondsSinceEpoch,
            targets: targets.isEmpty ? DeviceStack.common : targets, certificateExpiry: { expiries[$0] })
    }
}
