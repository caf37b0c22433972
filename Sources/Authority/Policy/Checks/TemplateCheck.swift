import StrictYAML

/// Every placeholder of a profile must have a value when the profile is used, and what comes out must have the right
/// form.
struct TemplateCheck {
    let policy: Policy
    let profile: Profile

    private var path: String { "profiles.\(profile.name)" }

    func run() throws(YAMLError) {
        for (index, attribute) in profile.subject.enumerated() {
            try check(attribute, at: "\(path).subject[\(index)].\(attribute.type)")
        }
        for (index, attribute) in profile.nameConstraints.permittedDirectory.enumerated() {
            try check(attribute, at: "\(path).name-constraints.directory[\(index)].\(attribute.type)")
        }
        for (index, template) in profile.nameConstraints.permittedDNS.enumerated() {
            try check(template, known: scopeNames, at: "\(path).name-constraints.dns[\(index)]")
        }
        if let module = profile.hardwareModule {
            try check(module.serial, known: subjectNames, at: "\(path).hardware-module.serial")
        }
        for (index, template) in profile.certificatePolicies.enumerated() {
            try checkIdentifier(template, at: "\(path).certificate-policies[\(index)]")
        }
        try checkURLs(profile.authorityInformationAccess, "authority-information-access")
        try checkURLs(profile.crlDistributionPoints, "crl-distribution-points")
    }

    private var scopeNames: [String] { profile.scope.map(\.name) }

    /// Fields all of whose values have numbers.
    private var numberNames: [String] {
        profile.scope.filter { !$0.numbers.isEmpty }.map { $0.name + ScopeField.numberSuffix }
    }

    private var subjectNames: [String] {
        var names = scopeNames + numberNames + [TemplateName.authority.rawValue, TemplateName.environment.rawValue]
        if policy.organization != nil { names.append(TemplateName.organization.rawValue) }
        switch profile.kind {
        case .root: names.append(TemplateName.name.rawValue)
        case .bundleSigner, .recordKey: names += [TemplateName.name.rawValue, TemplateName.issuer.rawValue]
        case .intermediate, .endEntity: names += [TemplateName.issuer.rawValue, TemplateName.generation.rawValue]
        }
        return names
    }

    private func check(_ attribute: SubjectAttribute, at place: String) throws(YAMLError) {
        try check(attribute.template, known: subjectNames, at: place)
        if attribute.template.placeholders.isEmpty,
            !SubjectAttribute.allows(attribute.template.source, for: attribute.type)
        {
            throw policy.source.error(
                at: place, "\(Quoted(attribute.template.source)) cannot be the value of \(attribute.type).",
                remedy: SubjectAttribute.remedy(for: attribute.type))
        }
    }

    private func check(_ template: Template, known: [String], at place: String) throws(YAMLError) {
        for name in template.placeholders where !known.contains(name) {
            throw policy.source.error(
                at: place, "there is no placeholder {\(name)} here.",
                remedy: Suggestion.sentence("Placeholders here", known, for: name))
        }
    }

    private func checkIdentifier(_ template: Template, at place: String) throws(YAMLError) {
        let years = profile.scope.filter { $0.kind == .year }.map(\.name)
        try check(template, known: numberNames + years, at: place)
        let sample = template.pieces.map { if case .text(let text) = $0 { text } else { "1" } }.joined()
        guard DottedIdentifier.accepts(sample) else {
            throw policy.source.error(
                at: place, "\(Quoted(template.source)) is not an object identifier.",
                remedy: "Write numbers with dots between, such as 1.3.6.1.4.1.99999.1.{factory-number}.")
        }
    }

    private func checkURLs(_ templates: [Template], _ key: String) throws(YAMLError) {
        guard !templates.isEmpty else { return }
        guard profile.kind != .root else {
            throw policy.source.error(
                at: "\(path).\(key)", "a root has no issuer but itself, so nothing is to be fetched.",
                remedy: "Remove the key.")
        }
        // Texts could hold what has a meaning in a URL.
        let known =
            profile.scope.filter { $0.kind != .text }.map(\.name) + [
                TemplateName.authority.rawValue, TemplateName.issuer.rawValue,
            ]
        for (index, template) in templates.enumerated() {
            let own = "\(path).\(key)[\(index)]"
            let place = policy.source.marks[own] == nil ? "crl.urls[\(index)]" : own
            try check(template, known: known, at: place)
            let characters = template.literal.utf8.filter { $0 != 0x20 }
            guard template.source.hasPrefix("http://"), !template.source.contains(" "),
                characters.allSatisfy({ (0x21...0x7E).contains($0) }), template.source.utf8.count > 8
            else {
                throw policy.source.error(
                    at: place, "\(Quoted(template.source)) is not a URL that devices can fetch.",
                    remedy: "Write http:// and what follows; https would need the certificate that is being checked.")
            }
        }
    }
}
