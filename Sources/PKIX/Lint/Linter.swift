/// Judges certificates, CRLs and bundles by rules from RFC 5280, the CA/Browser Forum and the device stacks, each with a name.
///
/// The linter reads DER by itself and leniently, so that it sees what ``Certificate`` would refuse to hold: it is a
/// check on this module's own encoder too. It verifies no signature. Rules that compare with the issuer, with an
/// earlier CRL or with a clock are silent when there is none.
public enum Linter {
    /// Every rule, in the order in which they are applied.
    public static let allRules: [LintRule] =
        [certificateReads]
        + VersionRules.all + SerialRules.all + AlgorithmRules.all + NameRules.all + ValidityRules.all
        + KeyIdentifierRules.all + ConstraintRules.all + KeyUsageRules.all + ExtensionRules.all + LocationRules.all
        + RootRules.all + DeviceRules.certificates + MatterRules.all
        + [listReads]
        + CertificateListRules.all + DeviceRules.certificateLists + CertificateListExtensionRules.all
        + CertificateListEntryRules.all + ContinuityRules.all
        + DeviceRules.bundles

    static let certificateReads = LintRule(
        name: "RFC5280-CERTIFICATE-DER", severity: .error, source: "RFC 5280 4.1",
        appliesTo: LintRule.allRoles.map(LintSubject.certificate), demand: "The certificate is one DER Certificate.",
        check: .reading)

    static let listReads = LintRule(
        name: "RFC5280-CRL-DER", severity: .error, source: "RFC 5280 5.1", appliesTo: [.certificateList],
        demand: "The CRL is one DER CertificateList.", check: .reading)

    /// - Parameters:
    ///   - certificate: DER.
    ///   - role: What the certificate is meant to be.
    ///   - issuer: The issuer's certificate; ignored for a root, which is its own.
    ///   - onlyDevices: Only what stacks on devices do with it.
    public static func lint(
        certificate: [UInt8], role: LintRole, issuer: Certificate? = nil, context: LintContext = LintContext(),
        onlyDevices: Bool = false
    ) -> [LintFinding] {
        let input: CertificateInput
        do throws(PKIXError) {
            input = CertificateInput(
                certificate: try LintedCertificate(certificate), role: role, issuer: issuer, context: context)
        } catch {
            return [certificateReads.finding(error.reason)]
        }
        var findings: [LintFinding] = []
        for rule in allRules {
            guard case .certificate(let check) = rule.check, rule.appliesTo.contains(.certificate(role)),
                !onlyDevices || rule.isAboutDevices
            else { continue }
            findings += check(input).map(rule.finding)
        }
        return findings
    }

    public static func lint(
        certificate: Certificate, role: LintRole, issuer: Certificate? = nil, context: LintContext = LintContext()
    ) -> [LintFinding] {
        lint(certificate: certificate.derBytes, role: role, issuer: issuer, context: context)
    }

    /// What stacks on devices do with a bundle as a whole. Its certificates are judged one by one.
    public static func lint(bundle: LintedBundle, context: LintContext) -> [LintFinding] {
        let input = BundleInput(bundle: bundle, context: context)
        return allRules.flatMap { rule -> [LintFinding] in
            guard case .bundle(let check) = rule.check else { return [] }
            return check(input).map(rule.finding)
        }
    }

    /// - Parameters:
    ///   - certificateList: DER. Memory grows by 16 to 32 bytes an entry.
    ///   - issuer: The certificate of the CA whose CRL it is.
    ///   - previous: DER of the CRL that it follows. One that cannot be read counts as a finding.
    public static func lint(
        certificateList: [UInt8], issuer: Certificate? = nil, previous: [UInt8]? = nil,
        context: LintContext = LintContext(), onlyDevices: Bool = false
    ) -> [LintFinding] {
        let input: CertificateListInput
        do throws(PKIXError) {
            input = CertificateListInput(
                list: try LintedCertificateList(certificateList, of: "CRL"), issuer: issuer,
                previous: try previous.map { bytes throws(PKIXError) in
                    try LintedCertificateList(bytes, of: "previous CRL")
                },
                context: context)
        } catch {
            return [listReads.finding(error.reason)]
        }
        var findings: [LintFinding] = []
        for rule in allRules {
            guard case .certificateList(let check) = rule.check, !onlyDevices || rule.isAboutDevices else { continue }
            findings += check(input).map(rule.finding)
        }
        return onlyDevices ? findings : findings + lintEntries(input)
    }

    public static func lint(
        certificateList: CertificateList, issuer: Certificate? = nil, previous: CertificateList? = nil,
        context: LintContext = LintContext()
    ) -> [LintFinding] {
        lint(
            certificateList: certificateList.derBytes, issuer: issuer, previous: previous?.derBytes, context: context)
    }

    /// All rules on entries in one pass; each gives at most one finding, which names the first entry and counts the
    /// rest.
    private static func lintEntries(_ input: CertificateListInput) -> [LintFinding] {
        let rules = CertificateListEntryRules.all
        let checks = rules.map { rule -> @Sendable (LintedEntry, CertificateListInput) -> String? in
            if case .entry(let check) = rule.check { check } else { { _, _ in nil } }
        }
        var messages = [String?](repeating: nil, count: rules.count)
        var others = [Int](repeating: 0, count: rules.count)
        input.list.forEachEntry { entry in
            for index in checks.indices {
                guard let problem = checks[index](entry, input) else { continue }
                if messages[index] == nil {
                    messages[index] = "Entry \(entry.index) (serial number \(entry.serialNumberHex)) \(problem)"
                } else {
                    others[index] += 1
                }
            }
            return true
        }
        return rules.indices.compactMap { index in
            messages[index].map {
                rules[index].finding($0 + (others[index] == 0 ? "." : ", and so do \(others[index]) others."))
            }
        }
    }
}
