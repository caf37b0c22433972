extension PolicyDifference {
    static let profile: [Facet<Profile>] = [
        Facet(elsewhere: "name"),
        Facet("kind", "the kind") { $0.kind.rawValue },
        Facet("subject", "the subject") { FacetWords.names($0.subject) },
        // What a field allows is told of the scope itself.
        Facet("scope", "the scope") { FacetWords.list($0.scope.map(\.name)) },
        Facet("validity", "the validity") { $0.validity.description },
        Facet("maximumValidity", "the longest validity") { $0.maximumValidity.description },
        Facet("validityEndsAt", "the validity's end") { profile in
            switch profile.validityEndsAt {
            case .fullTerm: "its full term"
            case .yearWindow: "the end of its year's window"
            case .afterYear(let duration): "\(duration) after its year"
            }
        },
        Facet("backdate", "the backdating") { FacetWords.optional($0.backdate) },
        Facet("pathLength", "the path length") { FacetWords.optional($0.pathLength) },
        Facet("keyUsage", "the key usage") { FacetWords.list($0.keyUsage.map(\.rawValue)) },
        Facet("extendedKeyUsage", "the extended key usage") { FacetWords.list($0.extendedKeyUsage) },
        Facet("certificatePolicies", "certificate-policies") {
            FacetWords.list($0.certificatePolicies.map(\.source))
        },
        Facet("nameConstraints") {
            FacetWords.sentences(nameConstraints, $0.nameConstraints, $1.nameConstraints, about: "name constraints")
        },
        Facet("hardwareModule", "the hardware module") {
            $0.hardwareModule.map { "\($0.type) \($0.serial.source)" } ?? "none"
        },
        Facet("authorityInformationAccess", "the issuer's place") {
            FacetWords.list($0.authorityInformationAccess.map(\.source))
        },
        Facet("crlDistributionPoints", "the CRL's place") { FacetWords.list($0.crlDistributionPoints.map(\.source)) },
        Facet("keyTypes", "key-types") { FacetWords.list($0.keyTypes) },
        Facet("signatureScheme", "rsa-signature") { ($0.signatureScheme ?? .pkcs1).rawValue },
        Facet("onePerScope", "one-per-scope") { FacetWords.answer($0.onePerScope) },
        Facet("targets", "targets") { FacetWords.list($0.targets.map(\.rawValue)) },
    ]

    static let nameConstraints: [Facet<NameConstraintRule>] = [
        Facet("mode", "the mode") { $0.mode.rawValue },
        Facet("permittedDirectory", "the permitted names") { FacetWords.names($0.permittedDirectory) },
        Facet("permittedDNS", "the permitted DNS names") { FacetWords.list($0.permittedDNS.map(\.source)) },
    ]
}
