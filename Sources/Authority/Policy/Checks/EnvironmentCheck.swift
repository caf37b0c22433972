import StrictYAML

/// A root's name says which world it is of, so that a development root is never taken for a production one.
struct EnvironmentCheck {
    static let control = "ENVIRONMENT-IN-NAME"

    /// Words that mark what is not production.
    private static let foreignWords: [String: DeploymentEnvironment] = [
        "development": .development, "dev": .development, "test": .development, "testing": .development,
        "staging": .staging, "stage": .staging,
    ]

    let policy: Policy
    let profile: Profile

    func run() throws(YAMLError) {
        let path = "profiles.\(profile.name).subject"
        guard let index = profile.subject.lastIndex(where: { $0.type == "CN" }) else {
            throw policy.source.error(
                at: path, "a root needs a common name.", remedy: "Add a line with CN.", control: Self.control)
        }
        let template = profile.subject[index].template
        let place = "\(path)[\(index)].CN"
        let words = template.literal.lowercased().split { !$0.isLetter }.map(String.init)
        for word in words {
            guard let meant = Self.foreignWords[word], meant != policy.environment else { continue }
            throw policy.source.error(
                at: place, "the name says \"\(word)\", and the environment is \(policy.environment.rawValue).",
                remedy: "Change the name, or the environment.", control: Self.control)
        }
        let word = policy.environment.word.lowercased()
        guard
            policy.environment == .production || words.contains(word)
                || template.placeholders.contains(TemplateName.environment.rawValue)
        else {
            throw policy.source.error(
                at: place, "the name does not say that this is \(policy.environment.rawValue).",
                remedy: "Use {environment} in it.", control: Self.control)
        }
    }
}
