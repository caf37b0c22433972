import Groundwork
import PKIX
import StrictYAML

/// The keys of a profile.
enum ProfileKeys {
    static let kind = YAMLKey.required(
        "kind", YAMLForm<ProfileKind>.choice, "What the profile makes.")
    static let subject = YAMLKey.required(
        "subject", SubjectAttribute.form,
        "The subject, an attribute a line, first to last. Placeholders: the scope's fields and {environment}, "
            + "{organization}, "
            + "{authority}; {name} for roots and bundle signers, {issuer}, and {generation}, which numbers "
            + "replacements."
    )
    static let scope = YAMLKey.standard(
        "scope", YAMLForm<[Placed<String>]>.list(of: YAMLForm<String>.slug.placed, atLeast: 0), [], as: "[]",
        "The fields, defined under scopes, that limit a certificate, such as [factory, year].")
    static let validity = YAMLKey.required(
        "validity", YAMLForm<CalendarDuration>.duration,
        "How long a certificate is valid before a year clamps it. 9999y: no well-defined end.")
    static let maximumValidity = YAMLKey.optional(
        "maximum-validity", YAMLForm<CalendarDuration>.duration,
        "The longest validity that may come out. Left out: validity itself.")
    static let endsAfterYear = YAMLKey.optional(
        "ends-after-year", YAMLForm<CalendarDuration>.duration,
        "Certificates with a year in their scope end this long after its 31 December at the latest. Left out: with the "
            + "year's window.")
    static let backdate = YAMLKey.optional(
        "backdate", YAMLForm<CalendarDuration>.duration, "How far before planning the validity begins.")
    static let pathLength = YAMLKey.optional(
        "path-length", .integer(in: 0...8),
        "How many CA certificates may stand below. Left out: no limit for a root, 0 for an intermediate.")
    static let keyUsage = YAMLKey.optional(
        "key-usage", YAMLForm<[KeyUsageBit]>.distinctList(of: .choice),
        "Left out: keyCertSign and cRLSign for CAs, digitalSignature for others.")
    static let extendedKeyUsage = YAMLKey.standard(
        "extended-key-usage", YAMLForm<[String]>.distinctList(of: ExtendedKeyUsageName.form, atLeast: 0), [], as: "[]",
        "Names such as clientAuth, or dotted object identifiers.")
    static let certificatePolicies = YAMLKey.standard(
        "certificate-policies", YAMLForm<[Template]>.distinctList(of: .template, atLeast: 0), [], as: "[]",
        "Dotted object identifiers; {factory-number} is the number of the scope's factory. Never critical.")
    static let nameConstraints = YAMLKey.standard(
        "name-constraints", NameConstraintRule.form, .off, as: "off",
        "Names that are permitted below an intermediate.")
    static let hardwareModule = YAMLKey.optional(
        "hardware-module", HardwareModuleRule.form,
        "The HardwareModuleName (RFC 4108) in subjectAltName, as IEEE 802.1AR has it; for end entities.")
    static let authorityInformationAccess = YAMLKey.standard(
        "authority-information-access", YAMLForm<[Template]>.distinctList(of: .template, atLeast: 0), [], as: "[]",
        "URLs of the issuer's certificate.")
    static let crlDistributionPoints = YAMLKey.optional(
        "crl-distribution-points", YAMLForm<[Template]>.distinctList(of: .template, atLeast: 0),
        "URLs of the issuer's CRL. Left out: crl.urls, and none for roots.")
    static let keyTypes = YAMLKey.required(
        "key-types", YAMLForm<[String]>.distinctList(of: .keyType), "The keys that are allowed; the first is generated."
    )
    static let signature = YAMLKey.optional(
        "rsa-signature", YAMLForm<RSASignatureScheme>.choice, "How RSA keys sign. Left out: rsa-pkcs1.")
    static let onePerScope = YAMLKey.standard(
        "one-per-scope", .boolean, true, as: "yes", "Whether a scope has at most one live certificate.")
    static let targets = YAMLKey.standard(
        "targets", YAMLForm<[DeviceTarget]>.distinctList(of: DeviceTarget.form), DeviceTarget.standard,
        as: "[\(DeviceTarget.standard.map(\.rawValue).joined(separator: ", "))]",
        "The stacks that must accept the certificate and its CRLs: mbedtls for all versions that are known, or one of "
            + "them, such as mbedtls-2.28 (docs/stacks.md).")
    static let quorum = YAMLKey.optional(
        "quorum", QuorumRule.form, "Who must approve, in place of the operation's quorum.")

    static let record = YAMLRecord(
        "a profile",
        [
            kind.description, subject.description, scope.description, validity.description,
            maximumValidity.description, endsAfterYear.description, backdate.description, pathLength.description,
            keyUsage.description, extendedKeyUsage.description, certificatePolicies.description,
            nameConstraints.description, hardwareModule.description, authorityInformationAccess.description, crlDistributionPoints.description,
            keyTypes.description, signature.description, onePerScope.description, targets.description,
            quorum.description,
        ])

    static let form = YAMLForm<[NamedValue<YAMLReader>]>.dictionary(
        keys: .slug, of: .record(record) { reader throws(YAMLError) in reader })
}

/// Purposes of RFC 5280 section 4.2.1.12.
enum ExtendedKeyUsageName {
    static let oids = [
        ("serverAuth", "1.3.6.1.5.5.7.3.1"), ("clientAuth", "1.3.6.1.5.5.7.3.2"), ("codeSigning", "1.3.6.1.5.5.7.3.3"),
        ("emailProtection", "1.3.6.1.5.5.7.3.4"), ("timeStamping", "1.3.6.1.5.5.7.3.8"),
        ("OCSPSigning", "1.3.6.1.5.5.7.3.9"),
    ]

    /// A name or a dotted object identifier; read as the latter.
    static let form = YAMLForm<String>(
        schema: .text(
            pattern: "^(\(oids.map(\.0).joined(separator: "|"))|[0-2](\\.(0|[1-9][0-9]*))+)$",
            form: "an extended key usage")
    ) { node throws(YAMLError) in
        let text = try node.text("an extended key usage")
        if let known = oids.first(where: { $0.0 == text }) { return known.1 }
        guard DottedIdentifier.accepts(text) else {
            throw node.error(
                "\(Quoted(text)) is not an extended key usage.",
                remedy: Suggestion.sentence("Allowed are dotted object identifiers, and", oids.map(\.0), for: text))
        }
        return text
    }
}

extension DeviceTarget {
    /// The stacks of a profile that names none.
    static let standard = ["openssl", "wolfssl", "mbedtls", "esp-idf"].compactMap(DeviceTarget.init)

    static let form = YAMLForm<String>.name(among: names, "a stack that is known here").map {
        text, node throws(YAMLError) in
        guard let target = DeviceTarget(rawValue: text) else { throw node.error("\(Quoted(text)) is not known here.") }
        return target
    }
}

extension HardwareModuleRule {
    private static let typeKey = YAMLKey.required(
        "type", YAMLForm<String>(
            schema: .text(pattern: "^[0-2](\\.(0|[1-9][0-9]*))+$", form: "an object identifier")
        ) { node throws(YAMLError) in
            let text = try node.text("an object identifier")
            guard DottedIdentifier.accepts(text) else {
                throw node.error(
                    "\(Quoted(text)) is not an object identifier.",
                    remedy: "Write numbers with dots between, such as 1.3.6.1.4.1.99999.5.1.")
            }
            return text
        }, "hwType: the object identifier of a kind of device, from your own arc.")
    private static let serialKey = YAMLKey.required(
        "serial", .template, "hwSerialNum, such as \"{device}\".")

    static let record = YAMLRecord("a hardware module", [typeKey.description, serialKey.description])

    static let form = YAMLForm<HardwareModuleRule>.record(record) { reader throws(YAMLError) in
        HardwareModuleRule(type: try reader.read(typeKey), serial: try reader.read(serialKey))
    }
}

extension NameConstraintRule {
    private static let modeKey = YAMLKey.required(
        "mode", YAMLForm<Mode>.choice([.nonCritical, .critical]),
        "non-critical is enforced by OpenSSL and wolfSSL and ignored by mbedTLS; critical breaks mbedTLS and others.")
    private static let directoryKey = YAMLKey.standard(
        "directory", SubjectAttribute.form, [], as: "none", "The RDNs that every subject below begins with.")
    private static let dnsKey = YAMLKey.standard(
        "dns", YAMLForm<[Template]>.distinctList(of: .template), [], as: "none", "The permitted DNS subtrees.")

    static let record = YAMLRecord(
        "name constraints", [modeKey.description, directoryKey.description, dnsKey.description])

    /// `off`, or a mapping.
    static let form = YAMLForm<NameConstraintRule>.either(
        scalar: YAMLForm<String>.name(among: ["off"], "a rule for name constraints").map { _, _ throws(YAMLError) in
            .off
        },
        otherwise: .record(record) { reader throws(YAMLError) in
            let rule = NameConstraintRule(
                mode: try reader.read(modeKey), permittedDirectory: try reader.read(directoryKey),
                permittedDNS: try reader.read(dnsKey))
            guard !rule.permittedDirectory.isEmpty || !rule.permittedDNS.isEmpty else {
                throw reader.node.error(
                    "the name constraints permit nothing in particular.", remedy: "Add directory or dns, or write off.")
            }
            return rule
        })
}
