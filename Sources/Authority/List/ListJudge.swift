import PKIX

/// Lints a CRL that is too long to be held, and has libcrypto read it: ten thousand entries at a time, as a CRL of their
/// own around which all else is that of the whole, signed by a throwaway key.
///
/// That no serial number occurs twice is seen by their order.
final class ListJudge {
    private let planned: PlannedCertificateList
    private let shell: CertificateListShell
    private let context: LintContext
    private let issuer: Certificate
    private let key: ThrowawayKey
    private var entries = EncodedRevokedEntries()
    private var waiting: [Part] = []
    private var findings: [LintFinding] = []

    private struct Part: Sendable {
        var entries: [UInt8]
        var count: Int
    }

    init(
        _ planned: PlannedCertificateList, _ shell: CertificateListShell, _ state: AuthorityState
    ) throws(PlanError) {
        self.planned = planned
        self.shell = shell
        context = LintContext.certificateList(planned, state: state)
        guard let der = state.certificates[planned.issuer]?.der, let record = state.keys[planned.issuerKey] else {
            throw PlanError(
                .listEntries, "\(planned.issuer) is only made by the same ceremony, and has no devices to revoke yet",
                advice: "Issue the CRL in a later ceremony")
        }
        do {
            issuer = try Certificate(derEncoded: der)
            key = try ThrowawayKey(record.planned.kind)
        } catch {
            throw PlanError(.lint, "CRL \(planned.number) of \(planned.issuer) cannot be linted: \(sentence(error))")
        }
    }

    convenience init(_ planned: PlannedCertificateList, _ state: AuthorityState) throws(PlanError) {
        let shell: CertificateListShell
        do throws(PKIXError) { shell = try CertificateListShell(derEncoded: planned.template.bytes) } catch {
            throw PlanError(.lint, "CRL \(planned.number) of \(planned.issuer) cannot be linted: \(error.sentence)")
        }
        try self.init(planned, shell, state)
    }

    func add(_ entry: PlainRevokedEntry) throws {
        if entries.isFull { try judge(all: false) }
        try entries.append(entry)
    }

    /// Parts are judged on all cores at once.
    private func judge(all: Bool) throws(PlanError) {
        let count = entries.count
        if count > 0 { waiting.append(Part(entries: entries.take(), count: count)) }
        guard all || waiting.count >= Parallel.width else { return }
        let judgement = PartJudgement(planned: planned, shell: shell, context: context, issuer: issuer, key: key)
        let found = try Parallel.map(waiting) { part throws(PlanError) in
            try judgement.findings(part.entries, count: part.count)
        }
        waiting = []
        try enter(found.flatMap { $0 })
    }

    private func enter(_ found: [LintFinding]) throws(PlanError) {
        if let error = found.first(where: { $0.severity == .error }) {
            throw PlanError(
                .lint, "crl \(planned.number) of \(planned.issuer): \(error.rule): \(error.message.withoutFullStop)",
                advice: "Nothing was signed")
        }
        for finding in found where !findings.contains(where: { $0.rule == finding.rule }) { findings.append(finding) }
    }

    /// The whole list is at its end: judges what is left, and what stands around the entries.
    ///
    /// - Returns: findings that do not stand in the way.
    func finish(entryCount: Int) throws(PlanError) -> [LintFinding] {
        var context = context
        context.listEntryCount = entryCount
        let whole = PartJudgement(planned: planned, shell: shell, context: context, issuer: issuer, key: key)
        try enter(try whole.findings([], count: 0))
        try judge(all: true)
        return findings
    }
}

private struct PartJudgement: Sendable {
    var planned: PlannedCertificateList
    var shell: CertificateListShell
    var context: LintContext
    var issuer: Certificate
    var key: ThrowawayKey

    func findings(_ entries: [UInt8], count: Int) throws(PlanError) -> [LintFinding] {
        var context = context
        context.listEntryCount = context.listEntryCount ?? 0
        let signature = try key.trial(shell.tbsBytes(entries: entries), planned.algorithm)
        let der: [UInt8]
        do { der = try shell.certificateList(entries: entries, signature: signature) } catch {
            throw PlanError(.lint, "CRL \(planned.number) of \(planned.issuer) cannot be linted: \(error.sentence)")
        }
        let findings = Linter.lint(certificateList: der, issuer: issuer, previous: nil, context: context)
        try Opinion.certificateList(der, planned, entries: count, issuer: key.signer)
        return findings
    }
}
