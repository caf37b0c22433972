/// Name constraints of an intermediate. RFC 5280 section 4.2.1.10 wants them critical; mbedTLS, BearSSL, Go and pyca
/// then refuse the certificate altogether, so critical is allowed only when every target of the profile copes with it.
public struct NameConstraintRule: Sendable, Equatable {
    public let mode: Mode
    /// The permitted directoryName subtree, RDNs in encoding order; empty: none.
    public let permittedDirectory: [SubjectAttribute]
    /// Permitted dNSName subtrees.
    public let permittedDNS: [Template]

    public init(mode: Mode, permittedDirectory: [SubjectAttribute], permittedDNS: [Template]) {
        self.mode = mode
        self.permittedDirectory = permittedDirectory
        self.permittedDNS = permittedDNS
    }

    public enum Mode: String, Sendable, Hashable, CaseIterable {
        case off
        case nonCritical = "non-critical"
        case critical
    }

    /// No name constraints.
    public static let off = NameConstraintRule(mode: .off, permittedDirectory: [], permittedDNS: [])
}
