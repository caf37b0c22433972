import Groundwork
import StrictYAML

extension Profile {
    /// Throws unless the scope has exactly the profile's fields, each with a value that the policy allows.
    public func check(scope: [String: String]) throws(ScopeError) {
        let names = self.scope.map(\.name)
        for name in scope.keys.sorted() where !names.contains(name) {
            var advice = names.isEmpty ? "It has none" : "Its fields are \(names.joined(separator: ", "))"
            if let nearest = NearestName.nearest(to: name, among: names) { advice += "; nearest is \(nearest)" }
            throw ScopeError(
                .scopeKnown, field: name, "the scope of profile \(self.name) has no field \(Quoted(name))",
                advice: advice)
        }
        for field in self.scope {
            guard let value = scope[field.name] else {
                throw ScopeError(
                    .scopeKnown, "the scope of profile \(self.name) needs a \(field.name), which is missing",
                    advice: field.allowed.map { "The policy knows \($0.joined(separator: ", "))" })
            }
            try field.check(value)
        }
    }

    /// The subject's RDNs, first to last. Throws when the scope is not the profile's, when a placeholder has no value,
    /// and when a value has a length that RFC 5280 (appendix A.1) does not allow.
    public func subject(
        for scope: [String: String], context: TemplateContext
    ) throws(ScopeError) -> [SubjectValue] {
        try check(scope: scope)
        return try expand(subject, context.values(for: scope, of: self.scope))
    }

    /// hwSerialNum as text; nil where the profile names no hardware module.
    public func hardwareSerial(
        for scope: [String: String], context: TemplateContext
    ) throws(ScopeError) -> String? {
        guard let template = hardwareModule?.serial else { return nil }
        try check(scope: scope)
        return try expand([template], context.values(for: scope, of: self.scope)).first
    }

    /// The policies' dotted object identifiers.
    public func certificatePolicies(
        for scope: [String: String], context: TemplateContext
    ) throws(ScopeError) -> [String] {
        try check(scope: scope)
        return try expand(certificatePolicies, context.values(for: scope, of: self.scope))
    }

    /// The URLs of the issuer's CRL.
    public func crlDistributionPoints(
        for scope: [String: String], context: TemplateContext
    ) throws(ScopeError) -> [String] {
        try check(scope: scope)
        return try expand(crlDistributionPoints, context.values(for: scope, of: self.scope))
    }

    /// The URLs of the issuer's certificate.
    public func authorityInformationAccess(
        for scope: [String: String], context: TemplateContext
    ) throws(ScopeError) -> [String] {
        try check(scope: scope)
        return try expand(authorityInformationAccess, context.values(for: scope, of: self.scope))
    }

    /// The directoryName subtree that is permitted below an intermediate; empty: none.
    public func permittedDirectory(
        for scope: [String: String], context: TemplateContext
    ) throws(ScopeError) -> [SubjectValue] {
        try check(scope: scope)
        return try expand(nameConstraints.permittedDirectory, context.values(for: scope, of: self.scope))
    }

    /// The dNSName subtrees that are permitted below an intermediate.
    public func permittedDNS(
        for scope: [String: String], context: TemplateContext
    ) throws(ScopeError) -> [String] {
        try check(scope: scope)
        return try expand(nameConstraints.permittedDNS, context.values(for: scope, of: self.scope))
    }

    private func expand(_ templates: [Template], _ values: [String: String]) throws(ScopeError) -> [String] {
        var texts: [String] = []
        for template in templates { texts.append(try template.expand(values)) }
        return texts
    }

    private func expand(
        _ attributes: [SubjectAttribute], _ values: [String: String]
    ) throws(ScopeError) -> [SubjectValue] {
        var subject: [SubjectValue] = []
        for attribute in attributes {
            let value = try attribute.template.expand(values)
            guard SubjectAttribute.allows(value, for: attribute.type) else {
                throw ScopeError(
                    .profile,
                    "\(attribute.type) would be \(Quoted(value)) in a certificate of profile \(name)",
                    advice: attribute.type == "C"
                        ? "A country is two capital letters"
                        : "It must have 1 to \(SubjectAttribute.maximumLength) characters")
            }
            subject.append(SubjectValue(type: attribute.type, oid: attribute.oid, value: value))
        }
        return subject
    }
}
