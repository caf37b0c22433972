/// A text with placeholders such as `Acme {environment} Device Root {name}`.
public struct Template: Sendable, Hashable, CustomStringConvertible {
    /// As written in the policy.
    public let source: String
    let pieces: [Piece]

    enum Piece: Sendable, Hashable {
        case text(String)
        case placeholder(String)
    }

    /// The placeholders in order, without braces; one may come twice.
    public var placeholders: [String] {
        pieces.compactMap { piece in
            if case .placeholder(let name) = piece { name } else { nil }
        }
    }

    public var description: String { source }
}

/// What templates take from outside the scope.
public struct TemplateContext: Sendable, Equatable {
    public let authority: String
    public let environment: DeploymentEnvironment
    public let organization: String?
    /// The root's name, such as `G1`; nil where there is none.
    public let name: String?
    /// The issuer's file name, such as `g1` or `factory-tallinn-2027`; nil for a root.
    public let issuer: String?
    /// 1 for the first certificate of its profile and scope in the ledger, 2 for its replacement. `{generation}` is
    /// nothing for 1, so that only a replacement's name shows it.
    public let generation: Int

    public init(
        authority: String, environment: DeploymentEnvironment, organization: String? = nil, name: String? = nil,
        issuer: String? = nil, generation: Int = 1
    ) {
        self.authority = authority
        self.environment = environment
        self.organization = organization
        self.name = name
        self.issuer = issuer
        self.generation = generation
    }
}
