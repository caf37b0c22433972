/// Which world an authority serves. Part of the policy, of the root's name, of the ledger and of every bundle; a file
/// of one environment is refused in another.
public enum DeploymentEnvironment: String, Sendable, Hashable, CaseIterable {
    case production
    case staging
    case development

    /// The word that `{environment}` becomes in a name: nothing in production, so that a production name needs no
    /// marker and every other name shows what it is.
    public var word: String {
        switch self {
        case .production: ""
        case .staging: "Staging"
        case .development: "Development"
        }
    }
}
