import Groundwork
import PKIX
import SecondOpinion

/// Bytes that have been linted: built into a whole object with a throwaway key's signature, judged by the lints, and read
/// by libcrypto as we meant them.
///
/// Only ``PreIssuance`` makes one, and the executor signs nothing else.
struct LintedMessage: Sendable {
    /// The bytes to be signed.
    let bytes: [UInt8]
    let algorithm: SignatureAlgorithm
    /// Findings that do not stand in the way.
    let findings: [LintFinding]

    fileprivate init(bytes: [UInt8], algorithm: SignatureAlgorithm, findings: [LintFinding]) {
        self.bytes = bytes
        self.algorithm = algorithm
        self.findings = findings
    }
}

/// Judges objects before the HSM signs them.
enum PreIssuance {
    /// Lints a step's object as it will be, but for its signature, which a throwaway key makes.
    ///
    /// - Parameters:
    ///   - message: the bytes to be signed.
    ///   - key: a throwaway key of the kind that will sign.
    ///   - state: where the issuer's certificate and the CRL before are found.
    /// - Returns: the linted bytes, and the object around the throwaway signature.
    /// - Throws: ``PlanError`` with control LINT or SECOND-OPINION.
    static func lint(
        _ step: PlannedStep, message: [UInt8], algorithm: SignatureAlgorithm, key: ThrowawayKey, state: AuthorityState
    ) throws(PlanError) -> (linted: LintedMessage, object: [UInt8]) {
        let signature =
            if case .certificate = step { try key.specimen(algorithm) } else { try key.trial(message, algorithm) }
        let object = Certificate.assemble(
            tbsBytes: message, algorithm: AlgorithmIdentifier(algorithm), signature: signature)
        let findings: [LintFinding]
        switch step {
        case .certificate(let planned):
            findings = try lint(planned, object, state)
            try Opinion.certificate(object, planned.name, issuer: nil)
        case .certificateList(let planned):
            findings = try lint(planned, object, state)
            try Opinion.certificateList(object, planned, issuer: key.signer)
        case .bundleSignature(let planned):
            findings = try lint(planned.bundle, state)
            try Opinion.signature(signature, message, algorithm, key.publicKey)
        case .generateKey:
            findings = []
            try Opinion.signature(signature, message, algorithm, key.publicKey)
        case .breakGlass:
            throw PlanError(.plan, "a package is sealed, and its parts are signed")
        case .custody:
            throw PlanError(.plan, "shares are handed out, not signed")
        case .bundle:
            throw PlanError(.plan, "a bundle is put together, not signed")
        case .revocation, .policy, .judgeKey, .rootUpdate, .destroyKey:
            throw PlanError(.plan, "a \(step.word) is entered, not signed")
        }
        if let error = findings.first(where: { $0.severity == .error }) {
            throw PlanError(
                .lint, "\(step.word) \(step.objectName): \(error.rule): \(error.message.withoutFullStop)",
                advice: "Correct the policy's profile; nothing was signed")
        }
        return (LintedMessage(bytes: message, algorithm: algorithm, findings: findings), object)
    }

    private static func lint(
        _ planned: PlannedCertificate, _ der: [UInt8], _ state: AuthorityState
    ) throws(PlanError) -> [LintFinding] {
        do {
            let certificate = try Certificate(derEncoded: der)
            let issuer = try planned.issuer == planned.name
                ? nil : state.certificates[planned.issuer]?.der.map { try Certificate(derEncoded: $0) }
            let context = try LintContext.certificate(planned, state: state)
            return Linter.lint(certificate: certificate, role: planned.lintRole, issuer: issuer, context: context)
        } catch {
            throw PlanError(.lint, "the certificate \(planned.name) cannot be linted: \(sentence(error))")
        }
    }

    private static func lint(
        _ planned: PlannedCertificateList, _ der: [UInt8], _ state: AuthorityState
    ) throws(PlanError) -> [LintFinding] {
        do {
            guard let issuer = state.certificates[planned.issuer]?.der else {
                throw PlanError(.lint, "the issuer's certificate is not there yet")
            }
            let context = LintContext.certificateList(planned, state: state)
            return Linter.lint(
                certificateList: der, issuer: try Certificate(derEncoded: issuer),
                previous: nil, context: context)
        } catch {
            throw PlanError(.lint, "CRL \(planned.number) of \(planned.issuer) cannot be linted: \(sentence(error))")
        }
    }
}

extension PreIssuance {
    /// What the targets make of the bundle as a whole, and what their present list would refuse of its certificates,
    /// which may be older than the list.
    private static func lint(_ planned: PlannedBundle, _ state: AuthorityState) throws(PlanError) -> [LintFinding] {
        var findings: [LintFinding] = []
        func member(_ name: String) throws(PlanError) -> LintedBundle.Member {
            guard let record = state.certificates[name], let der = record.der else {
                throw PlanError(.lint, "the certificate \(name) for the bundle is not there yet")
            }
            do {
                let certificate = try Certificate(derEncoded: der)
                let targets = state.policy.profiles[record.planned.profile]?.targets.stacks ?? []
                findings += Linter.lint(
                    certificate: der, role: record.planned.kind.lintRole, context: LintContext(targets: targets),
                    onlyDevices: true
                ).filter { $0.severity > .notice }
                return LintedBundle.Member(name: name, certificate: certificate)
            } catch {
                throw PlanError(.lint, "the certificate \(name) for the bundle cannot be linted: \(sentence(error))")
            }
        }
        var anchors: [LintedBundle.Member] = []
        for name in planned.anchors {
            let anchor = try member(name)
            anchors.append(
                state.policy.bundle.anchors == .spki
                    ? LintedBundle.Member(name: name, keyIdentifier: anchor.keyIdentifier) : anchor)
        }
        var intermediates: [LintedBundle.Member] = []
        for name in planned.intermediates { intermediates.append(try member(name)) }
        let listed = planned.minimumCRLs.compactMap { state.certificates[$0.issuer]?.publicKey?.keyIdentifier }
        let bundle = LintedBundle(
            name: "bundle \(planned.sequence)", anchors: anchors, intermediates: intermediates, listedKeys: Set(listed))
        return findings + Linter.lint(bundle: bundle, context: .bundle(state: state))
    }
}

extension PreIssuance {
    /// Lints a part of a break-glass package.
    ///
    /// - Parameters:
    ///   - list: the digest of the CRL, for a signature of the bundle.
    ///   - bundle: whole.
    static func lint(
        _ part: PackagePart, of package: PlannedBreakGlass, list: Digest?, bundle: PlannedBundle, key: ThrowawayKey,
        state: AuthorityState
    ) throws(PlanError) -> (linted: LintedMessage, object: [UInt8]) {
        let (message, algorithm) = try state.message(for: part, of: package, list: list, bundle: bundle)
        guard let list, let signature = package.bundleSignature(part, of: bundle) else {
            return try lint(.certificateList(package.list), message: message, algorithm: algorithm, key: key, state: state)
        }
        return try lint(
            .bundleSignature(signature), message: message, algorithm: algorithm, key: key,
            state: state.with(package.list, list))
    }
}

extension PlannedStep {
    /// The name of what the step makes, for messages.
    var objectName: String {
        switch self {
        case .generateKey(let key): key.name
        case .certificate(let certificate): certificate.name
        case .revocation(let revocation): revocation.certificate
        case .certificateList(let list): "\(list.number) of \(list.issuer)"
        case .bundleSignature(let signature):
            "\(signature.bundle.sequence) (\(signature.form.rawValue)) by \(signature.signer.certificate)"
        case .bundle(let bundle): "\(bundle.sequence)"
        case .custody(let custody): "\(custody.number) of \(custody.token)"
        case .policy(let policy): "\(policy.number)"
        case .judgeKey(let judgement): judgement.key
        case .rootUpdate(let update): update.newWithNew
        case .destroyKey(let destruction): destruction.key
        case .breakGlass(let package): package.package
        }
    }
}
