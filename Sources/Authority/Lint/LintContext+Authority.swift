import Groundwork
import PKIX

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

extension DeviceStack {
    var lintTarget: LintTarget? {
        switch self {
        case .mbedtls: .mbedTLS
        case .wolfssl: .wolfSSL
        case .bearssl: .bearSSL
        case .espIDF: .espIDF
        case .openssl, .swiftCertificates, .go, .pyca: nil
        }
    }
}

extension LintContext {
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
            targets: Set((profile?.targets ?? DeviceStack.allCases).compactMap(\.lintTarget)),
            earlierRootSubjects: subjects, allowsSubordinateAuthorities: (profile?.pathLength ?? 0) > 0)
    }

    /// What the linter has to know of a CRL's place in the authority.
    static func certificateList(_ planned: PlannedCertificateList, state: AuthorityState) -> LintContext {
        let profile = state.certificates[planned.issuer].flatMap { state.policy.profiles[$0.planned.profile] }
        let expiries = Dictionary(
            state.certificates(issuedBy: planned.issuer).map { ($0.fields.serial, $0.fields.notAfter.secondsSinceEpoch) },
            uniquingKeysWith: { first, _ in first })
        return LintContext(
            time: planned.thisUpdate.secondsSinceEpoch,
            targets: Set((profile?.targets ?? DeviceStack.allCases).compactMap(\.lintTarget)),
            certificateExpiry: { expiries[$0] })
    }
}
