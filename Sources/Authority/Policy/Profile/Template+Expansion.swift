import Groundwork
import StrictYAML

/// The placeholders that every policy knows, beside the names of scope fields.
enum TemplateName: String, CaseIterable {
    case authority, environment, organization, name, issuer, generation
}

extension Template {
    /// Reads a template; throws a sentence without its place.
    init(_ source: String) throws(TemplateError) {
        var pieces: [Piece] = []
        var rest = Substring(source)
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            if brace > rest.startIndex { pieces.append(.text(String(rest[..<brace]))) }
            guard rest[brace] == "{" else { throw TemplateError(problem: "a } stands without its {.") }
            let inside = rest[rest.index(after: brace)...]
            guard let end = inside.firstIndex(where: { $0 == "{" || $0 == "}" }), inside[end] == "}" else {
                throw TemplateError(problem: "a { stands without its }.")
            }
            let name = String(inside[..<end])
            guard Slug.accepts(name) else {
                throw TemplateError(problem: "\(Quoted(name)) in braces is not the name of a placeholder.")
            }
            pieces.append(.placeholder(name))
            rest = inside[inside.index(after: end)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        self.source = source
        self.pieces = pieces
    }

    /// The text with every placeholder filled in, blanks squeezed: none at either end, never two together. A
    /// placeholder without a value is an error.
    func expand(_ values: [String: String]) throws(ScopeError) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .text(let literal): text += literal
            case .placeholder(let name):
                guard let value = values[name] else {
                    throw ScopeError(
                        .profile, field: name,
                        "the template \(Quoted(source)) needs {\(name)}, which has no value here",
                        advice: "Values are known for \(values.keys.sorted().joined(separator: ", "))")
                }
                text += value
            }
        }
        return text.split(separator: " ").joined(separator: " ")
    }

    /// The literal text alone.
    var literal: String {
        pieces.map { if case .text(let text) = $0 { text } else { " " } }.joined()
    }
}

/// A template that cannot be read.
struct TemplateError: Error {
    let problem: String
}

extension YAMLForm where Value == Template {
    /// A text with placeholders.
    static let template = YAMLForm(
        schema: .text(pattern: "^[^\\n]{1,400}$", form: "a template")
    ) { node throws(YAMLError) in
        let text = try YAMLForm<String>.line(maximumLength: 400).read(node)
        do throws(TemplateError) {
            return try Template(text)
        } catch {
            throw node.error(error.problem, remedy: "Write placeholders as {factory}.")
        }
    }
}

extension TemplateContext {
    /// What the placeholders stand for, for a scope whose values are checked.
    func values(for scope: [String: String], of fields: [ScopeField]) -> [String: String] {
        var values: [String: String] = [
            TemplateName.authority.rawValue: authority,
            TemplateName.environment.rawValue: environment.word,
            TemplateName.generation.rawValue: generation == 1 ? "" : String(generation),
        ]
        values[TemplateName.organization.rawValue] = organization
        values[TemplateName.name.rawValue] = name
        values[TemplateName.issuer.rawValue] = issuer
        for field in fields {
            guard let value = scope[field.name] else { continue }
            values[field.name] = value
            values[field.name + ScopeField.numberSuffix] = field.numbers[value].map(String.init)
        }
        return values
    }
}
