/// A piece of what a template comes to when part of the scope is still open: a factory fills in the device.
public enum TemplatePart: Hashable, Sendable {
    case text(String)
    /// Whatever a scope field of this name will say; the same wherever it comes.
    case field(String)
}

extension Template {
    /// The template with what is known filled in, blanks squeezed as in a finished text. No two texts stand side by side.
    ///
    /// - Parameters:
    ///   - values: what is known, by placeholder.
    ///   - open: the placeholders that may stay.
    func parts(_ values: [String: String], open: Set<String>) throws(ScopeError) -> [TemplatePart] {
        var parts: [TemplatePart] = []
        for piece in pieces {
            let text: String
            switch piece {
            case .text(let literal): text = literal
            case .placeholder(let name) where values[name] == nil && open.contains(name):
                parts.append(.field(name))
                continue
            case .placeholder(let name):
                guard let value = values[name] else {
                    throw ScopeError(
                        .profile, field: name, "the template \"\(source)\" needs {\(name)}, which has no value here",
                        advice: "Values are known for \(values.keys.sorted().joined(separator: ", "))")
                }
                text = value
            }
            if case .text(let before)? = parts.last {
                parts[parts.count - 1] = .text(before + text)
            } else {
                parts.append(.text(text))
            }
        }
        return parts.enumerated().compactMap { index, part in
            guard case .text(let text) = part else { return part }
            let squeezed = Self.squeezed(text, isFirst: index == 0, isLast: index == parts.count - 1)
            return squeezed.isEmpty ? nil : .text(squeezed)
        }
    }

    /// Runs of blanks become one; none is left at the beginning or end of the whole.
    private static func squeezed(_ text: String, isFirst: Bool, isLast: Bool) -> String {
        var result = text.split(separator: " ").joined(separator: " ")
        if !isFirst, text.first == " " { result = " " + result }
        if !isLast, text.last == " ", result.last != " " { result += " " }
        return result
    }
}

/// What a profile demands of certificates that somebody else signs, for a scope of which part is open.
public struct OpenProfile: Sendable {
    public let profile: Profile
    /// The scope fields that are filled in later, in the order of the profile.
    public let openFields: [ScopeField]
    private let values: [String: String]

    /// - Parameter scope: what is known of the scope; fields that the profile does not have are left aside.
    /// - Throws: ``ScopeError`` for a value that the policy does not allow.
    public init(_ profile: Profile, scope: [String: String], context: TemplateContext) throws(ScopeError) {
        self.profile = profile
        for field in profile.scope {
            if let value = scope[field.name] { try field.check(value) }
        }
        openFields = profile.scope.filter { scope[$0.name] == nil }
        values = context.values(for: scope, of: profile.scope)
    }

    /// The subject's RDNs, first to last.
    public func subject() throws(ScopeError) -> [(attribute: SubjectAttribute, parts: [TemplatePart])] {
        var subject: [(attribute: SubjectAttribute, parts: [TemplatePart])] = []
        for attribute in profile.subject { subject.append((attribute, try parts(attribute.template))) }
        return subject
    }

    /// hwType and hwSerialNum; nil where the profile names no hardware module.
    public func hardwareModule() throws(ScopeError) -> (type: String, serial: [TemplatePart])? {
        guard let module = profile.hardwareModule else { return nil }
        return (module.type, try parts(module.serial))
    }

    /// Dotted object identifiers. Throws where one hangs on an open field.
    public func certificatePolicies() throws(ScopeError) -> [String] { try closed(profile.certificatePolicies) }

    /// URLs of the issuer's CRL. Throws where one hangs on an open field.
    public func crlDistributionPoints() throws(ScopeError) -> [String] { try closed(profile.crlDistributionPoints) }

    /// URLs of the issuer's certificate. Throws where one hangs on an open field.
    public func authorityInformationAccess() throws(ScopeError) -> [String] {
        try closed(profile.authorityInformationAccess)
    }

    private func parts(_ template: Template) throws(ScopeError) -> [TemplatePart] {
        let names = openFields.map(\.name) + openFields.filter { !$0.numbers.isEmpty }.map { $0.name + ScopeField.numberSuffix }
        return try template.parts(values, open: Set(names))
    }

    private func closed(_ templates: [Template]) throws(ScopeError) -> [String] {
        var texts: [String] = []
        for template in templates { texts.append(try template.expand(values)) }
        return texts
    }
}
