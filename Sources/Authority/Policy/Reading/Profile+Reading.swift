import Groundwork
import StrictYAML

extension Profile {
    /// Reads a profile and applies what is standard for its kind; `PolicyCheck` judges the result.
    init(
        _ name: String, _ reader: YAMLReader, scopes: [String: ScopeField], crlURLs: [Template]
    ) throws(YAMLError) {
        let kind = try reader.read(ProfileKeys.kind)
        let fields = try Self.fields(try reader.read(ProfileKeys.scope), among: scopes)
        let validity = try reader.read(ProfileKeys.validity)
        let hasYear = fields.contains { $0.kind == .year }

        let pathLength = try reader.readIfPresent(ProfileKeys.pathLength)
        if pathLength != nil, !kind.isAuthority {
            throw reader.error(
                at: ProfileKeys.pathLength,
                "only a CA certificate has a path length, and this is of kind \(kind.rawValue).",
                remedy: "Remove the key.")
        }
        let hardwareModule = try reader.readIfPresent(ProfileKeys.hardwareModule)
        if hardwareModule != nil, kind != .endEntity {
            throw reader.error(
                at: ProfileKeys.hardwareModule,
                "only a device has a hardware module, and this is of kind \(kind.rawValue).", remedy: "Remove the key.")
        }
        let endsAfterYear = try reader.readIfPresent(ProfileKeys.endsAfterYear)
        if endsAfterYear != nil, !hasYear {
            throw reader.error(
                at: ProfileKeys.endsAfterYear, "the scope has no year after which the certificate could end.",
                remedy: "Add a field of kind year to the scope, or remove the key.")
        }
        let standardUsage: [KeyUsageBit] = kind.isAuthority ? [.keyCertSign, .cRLSign] : [.digitalSignature]

        self.init(
            name: name, kind: kind, subject: try reader.read(ProfileKeys.subject), scope: fields, validity: validity,
            maximumValidity: try reader.readIfPresent(ProfileKeys.maximumValidity) ?? validity,
            validityEndsAt: endsAfterYear.map { .afterYear($0) } ?? (hasYear ? .yearWindow : .fullTerm),
            backdate: try reader.readIfPresent(ProfileKeys.backdate),
            pathLength: pathLength ?? (kind == .intermediate ? 0 : nil),
            keyUsage: try reader.readIfPresent(ProfileKeys.keyUsage) ?? standardUsage,
            extendedKeyUsage: try reader.read(ProfileKeys.extendedKeyUsage),
            certificatePolicies: try reader.read(ProfileKeys.certificatePolicies),
            nameConstraints: try reader.read(ProfileKeys.nameConstraints), hardwareModule: hardwareModule,
            authorityInformationAccess: try reader.read(ProfileKeys.authorityInformationAccess),
            crlDistributionPoints: try reader.readIfPresent(ProfileKeys.crlDistributionPoints)
                ?? (kind == .root ? [] : crlURLs),
            keyTypes: try reader.read(ProfileKeys.keyTypes),
            signatureScheme: try reader.readIfPresent(ProfileKeys.signature),
            onePerScope: try reader.read(ProfileKeys.onePerScope), targets: try reader.read(ProfileKeys.targets))
    }

    private static func fields(
        _ names: [Placed<String>], among scopes: [String: ScopeField]
    ) throws(YAMLError) -> [ScopeField] {
        var fields: [ScopeField] = []
        for name in names {
            guard let field = scopes[name.value] else {
                throw name.node.error(
                    "there is no scope field \"\(name.value)\".",
                    remedy: Suggestion.sentence("Defined under scopes", scopes.keys.sorted(), for: name.value))
            }
            guard !fields.contains(field) else {
                throw name.node.error("\"\(name.value)\" stands in the scope twice.", remedy: "Remove one of them.")
            }
            if field.kind == .year, fields.contains(where: { $0.kind == .year }) {
                throw name.node.error("a scope has one year.", remedy: "Remove all but one.")
            }
            fields.append(field)
        }
        return fields
    }
}
