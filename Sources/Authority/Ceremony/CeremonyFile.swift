import Groundwork
import StrictYAML

/// A list of operations that somebody wants done, as one YAML file. It decides nothing: planning resolves it against
/// the policy and the ledger.
public struct CeremonyFile: Sendable, Equatable {
    /// The exact bytes of the file.
    public let bytes: [UInt8]
    /// SHA-256 of `bytes`.
    public let digest: Digest
    /// Where every value stands in the file, for errors that are found later.
    public let source: SourceMap
    /// One line that says what is wanted.
    public let title: String
    /// The authority's slug; must equal the policy's.
    public let authority: String
    /// Must equal the policy's.
    public let environment: DeploymentEnvironment
    /// The policy file, relative to the folder of this file unless absolute.
    public let policyPath: String
    /// Why it is wanted.
    public let purpose: String?
    /// The operator's id who asks for it.
    public let requester: String?
    public let window: CeremonyWindow
    /// When the incident was declared that this answers.
    public let declared: Timestamp?
    /// In the order in which they are done; at least one.
    public let operations: [CeremonyOperation]

    public init(
        bytes: [UInt8], digest: Digest, source: SourceMap, title: String, authority: String,
        environment: DeploymentEnvironment, policyPath: String, purpose: String? = nil, requester: String? = nil,
        window: CeremonyWindow, declared: Timestamp? = nil, operations: [CeremonyOperation]
    ) {
        self.bytes = bytes
        self.digest = digest
        self.source = source
        self.title = title
        self.authority = authority
        self.environment = environment
        self.policyPath = policyPath
        self.purpose = purpose
        self.requester = requester
        self.window = window
        self.declared = declared
        self.operations = operations
    }
}

extension CeremonyFile {
    /// Where a file is that this one names: relative to the folder of this file unless absolute.
    public func path(_ named: String) -> String {
        named.hasPrefix("/") ? named : FilePath.joined(FilePath.directory(of: source.file), named)
    }
}

/// When a ceremony may be planned and run.
public struct CeremonyWindow: Sendable, Equatable {
    /// Not before; nil: from planning on.
    public let opens: Timestamp?
    /// Not after; nil: until the policy's approval window ends.
    public let closes: Timestamp?

    public init(opens: Timestamp? = nil, closes: Timestamp? = nil) {
        self.opens = opens
        self.closes = closes
    }
}
