import Groundwork
import StrictYAML

/// The keys of a ceremony file.
private enum CeremonyKeys {
    static let format = YAMLKey.required(
        "anchorite", YAMLForm<String>.name(among: ["ceremony/1"], "the format of a ceremony"),
        "What the file is: ceremony/1.")
    static let title = YAMLKey.required("title", YAMLForm<String>.line(), "What is wanted, in one line.")
    static let purpose = YAMLKey.optional("purpose", YAMLForm<String>.paragraph(), "Why it is wanted.")
    static let authority = YAMLKey.required(
        "authority", YAMLForm<String>.slug, "The authority's short name, as in its policy.")
    static let environment = YAMLKey.required(
        "environment", YAMLForm<DeploymentEnvironment>.choice, "As in the policy.")
    static let policy = YAMLKey.required(
        "policy", YAMLForm<String>.path, "The policy file, relative to the folder of this file.")
    static let requester = YAMLKey.optional(
        "requester", YAMLForm<String>.slug, "The operator who asks for it, by the short name in the policy.")
    static let opens = YAMLKey.optional(
        "opens", YAMLForm<Timestamp>.timestamp, "The ceremony may not begin before this time.")
    static let closes = YAMLKey.optional(
        "closes", YAMLForm<Timestamp>.timestamp, "The ceremony may not run after this time.")
    static let declared = YAMLKey.optional(
        "declared", YAMLForm<Timestamp>.timestamp,
        "When the incident was declared that this answers; how late it is, is counted from there.")
    static let operations = YAMLKey.required(
        "operations", YAMLForm<[CeremonyOperation]>.list(of: CeremonyOperation.form),
        "What is to be done, in this order.")

    static let record = YAMLRecord(
        "the ceremony",
        [
            format.description, title.description, purpose.description, authority.description,
            environment.description, policy.description, requester.description, opens.description,
            closes.description, declared.description, operations.description,
        ])
}

extension CeremonyFile {
    /// JSON Schema of a ceremony file, for editors.
    public static var schema: JSONValue {
        YAMLSchema.record(CeremonyKeys.record).document(
            title: "Anchorite ceremony", description: "A list of operations that somebody wants done.")
    }

    /// Reads a ceremony file. `file` is the name under which errors speak of it. Whether a policy allows what it asks
    /// for is `check(against:)`'s to say.
    public init(_ bytes: [UInt8], file: String) throws(YAMLError) {
        let root = try YAMLDocument(bytes, file: file).root
        let reader = try YAMLReader(root, record: CeremonyKeys.record)
        _ = try reader.read(CeremonyKeys.format)
        let opens = try reader.readIfPresent(CeremonyKeys.opens)
        let closes = try reader.readIfPresent(CeremonyKeys.closes)
        if let opens, let closes, closes <= opens {
            throw reader.error(
                at: CeremonyKeys.closes, "the window would close (\(closes)) before it opens (\(opens)).",
                remedy: "Put the later time in closes.")
        }
        self.init(
            bytes: bytes, digest: Digest(of: bytes), source: root.sourceMap,
            title: try reader.read(CeremonyKeys.title), authority: try reader.read(CeremonyKeys.authority),
            environment: try reader.read(CeremonyKeys.environment), policyPath: try reader.read(CeremonyKeys.policy),
            purpose: try reader.readIfPresent(CeremonyKeys.purpose),
            requester: try reader.readIfPresent(CeremonyKeys.requester),
            window: CeremonyWindow(opens: opens, closes: closes), declared: try reader.readIfPresent(CeremonyKeys.declared),
            operations: try reader.read(CeremonyKeys.operations))
    }
}
