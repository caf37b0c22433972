import ArgumentParser
import Authority
import Groundwork
import StrictYAML

/// The scope of certificates in the policy's own words: `--factory shenzhen-2 --year 2027`.
///
/// Which options there are is known only with the policy, so everything that a command does not know lands here. A command
/// with these options therefore has no other positional arguments. A bare word counts for the one field that has it as a
/// value.
struct ScopeOptions: ParsableArguments {
    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "What the certificate is for, by the fields of the policy's scopes: --factory shenzhen-2 --year 2027.",
            valueName: "scope"))
    var words: [String] = []

    /// Whether nothing was said about the scope.
    var isEmpty: Bool { words.isEmpty }

    /// What was typed, as the scope of certificates: fields that the policy in force has, or that certificates of the past
    /// bear, with values that the policy allows or a certificate bears.
    ///
    /// - Parameter options: the command's own options, such as `--reason`, for what is mistyped.
    /// - Throws: ``Failure`` with exit code 64 for words that say nothing, and with control SCOPE-KNOWN for a field or value
    ///   that there is not.
    func scope(in state: AuthorityState, besides options: [String] = []) throws -> [String: String] {
        let known = KnownScopes(state)
        var scope: [String: String] = [:]
        var rest = words[...]
        while let word = rest.popFirst() {
            let field: String
            let value: String
            if word.hasPrefix("--"), word.utf8.count > 2 {
                let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                field = String(parts[0])
                try known.check(field: field, besides: options)
                if parts.count == 2 {
                    value = String(parts[1])
                } else {
                    guard let next = rest.first, !next.hasPrefix("-") else {
                        throw Failure(
                            Exit.usage, "--\(field) has no value", advice: known.advice(on: field))
                    }
                    value = next
                    rest.removeFirst()
                }
            } else {
                guard !word.hasPrefix("-") else {
                    throw Failure(
                        Exit.usage, "\(Quoted(word)) is neither an option nor a value", advice: known.fieldsAdvice)
                }
                field = try known.field(of: word)
                value = word
            }
            try known.check(value, of: field)
            guard scope.updateValue(value, forKey: field) == nil else {
                throw Failure(Exit.usage, "the \(field) is given twice", advice: "Give it once")
            }
        }
        return scope
    }
}

/// The fields and values that the policy in force or certificates of the past know.
private struct KnownScopes {
    private let policy: Policy
    /// The values by field, sorted.
    private let values: [String: [String]]

    init(_ state: AuthorityState) {
        policy = state.policy
        var found = state.policy.scopeFields.mapValues { Set($0.allowed ?? []) }
        for record in state.certificates.values {
            for (field, value) in record.planned.scope { found[field, default: []].insert(value) }
        }
        values = found.mapValues { $0.sorted() }
    }

    private var options: [String] { values.keys.sorted().map { "--\($0)" } }

    var fieldsAdvice: String { "The scope's options are \(options.joined(separator: ", "))" }

    func advice(on field: String) -> String? {
        values[field].flatMap { $0.isEmpty || $0.count > 100 ? nil : "Known are \($0.joined(separator: ", "))" }
    }

    func check(field: String, besides others: [String]) throws {
        guard values[field] == nil else { return }
        var advice = values.isEmpty ? "The policy has no scopes" : fieldsAdvice
        if let nearest = NearestName.nearest(to: "--\(field)", among: options + others) {
            advice += "; did you mean \(nearest)?"
        }
        throw Failure(
            Exit.usage, "there is no option --\(field), and the scope has no such field", advice: advice, control: .scopeKnown)
    }

    func check(_ value: String, of field: String) throws {
        let known = values[field] ?? []
        guard !known.contains(value) else { return }
        if let rule = policy.scopeFields[field], (try? rule.check(value)) != nil { return }
        var advice = advice(on: field)
        if let nearest = NearestName.nearest(to: value, among: known) {
            advice = [advice, "did you mean \(nearest)?"].compactMap { $0 }.joined(separator: "; ")
        }
        throw Failure(
            Exit.usage, "there is no \(field) \(Quoted(value)), neither in the policy nor in a certificate", advice: advice,
            control: .scopeKnown)
    }

    /// The one field that has a value.
    func field(of value: String) throws -> String {
        let fields = values.filter { $0.value.contains(value) }.keys.sorted()
        guard let field = fields.first else {
            let nearest = NearestName.nearest(to: value, among: values.values.joined().sorted())
            throw Failure(
                Exit.usage, "\(Quoted(value)) is no value of the scope that the policy or a certificate knows",
                advice: nearest.map { "\(fieldsAdvice); did you mean \($0)?" } ?? fieldsAdvice, control: .scopeKnown)
        }
        guard fields.count == 1 else {
            throw Failure(
                Exit.usage, "\(Quoted(value)) may be a value of \(fields.joined(separator: " or "))",
                advice: "Write --\(field) \(value) or whichever is meant", control: .scopeKnown)
        }
        return field
    }
}

extension AuthorityState {
    /// The certificates that a scope speaks of, in the order in which they were issued: those whose own scope, with that of
    /// their issuers, has all its fields with these values.
    func certificates(
        within scope: [String: String], where isMeant: (CertificateRecord) -> Bool = { _ in true }
    ) -> [CertificateRecord] {
        issued.compactMap { certificates[$0] }.filter { record in
            guard isMeant(record) else { return false }
            let full = fullScope(of: record.planned.name)
            return scope.allSatisfy { full[$0.key] == $0.value }
        }
    }
}
