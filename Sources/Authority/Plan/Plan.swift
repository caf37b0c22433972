import Groundwork

/// A ceremony resolved against policy and ledger: everything is decided, only keys that do not exist yet are open.
///
/// The file is RFC 8785 canonical JSON, and its SHA-256 is what the operators approve. It holds every input of its own
/// making (the ceremony file, the CSRs, the nonce, the time), so anybody who has the ledger can make it again and
/// compare: see ``Planner``.
public struct Plan: Hashable, Sendable {
    /// The format, and with it the rules by which a plan derives from its inputs.
    public static let format = "plan/1"

    /// A file that the ceremony names (a CSR, a certificate) as it was read when the plan was made.
    public struct Input: Hashable, Sendable {
        /// The path as the ceremony file writes it.
        public var path: String
        public var bytes: [UInt8]

        public init(path: String, bytes: [UInt8]) {
            self.path = path
            self.bytes = bytes
        }
    }

    /// Where the ledger stood.
    public struct LedgerHead: Hashable, Sendable {
        /// The number of lines.
        public var size: Int64
        /// SHA-256 of the last line, or zeros for an empty ledger.
        public var digest: Digest

        public init(size: Int64, digest: Digest) {
            self.size = size
            self.digest = digest
        }

        public static let empty = LedgerHead(size: 0, digest: .zero)
    }

    /// The policy that the plan obeys. The text is there when the plan establishes the authority.
    public struct PolicyReference: Hashable, Sendable {
        public var digest: Digest
        public var text: String?
    }

    public var authority: String
    public var environment: DeploymentEnvironment
    /// The number of the ceremony in the authority's life, from 1.
    public var number: Int64
    /// When the plan was made, and the time that everything in it derives from.
    public var created: Timestamp
    /// From when approvals and the run are valid.
    public var opens: Timestamp
    /// Until when approvals and the run are valid.
    public var closes: Timestamp
    /// 32 random octets: serial numbers, key ids and proofs derive from it.
    public var nonce: [UInt8]
    public var head: LedgerHead
    public var policy: PolicyReference
    /// The text of the ceremony file.
    public var ceremony: String
    public var inputs: [Input]
    public var operations: [PlannedOperation]

    /// The digest of the ceremony file.
    public var ceremonyDigest: Digest { Digest(of: Array(ceremony.utf8)) }

    /// All steps in the order in which they are done.
    public var steps: [(id: StepID, step: PlannedStep)] {
        operations.enumerated().flatMap { operation, planned in
            planned.steps.enumerated().map { (StepID(operation: operation, step: $0.offset), $0.element) }
        }
    }

    /// The names of the tokens that the plan needs, sorted.
    public func tokens(knownKeys: (String) -> String?) -> [String] {
        var names: Set<String> = []
        for (_, step) in steps {
            switch step {
            case .generateKey(let key): names.insert(key.token)
            case .certificate, .certificateList, .bundleSignature:
                if let key = step.signingKey, let token = knownKeys(key) { names.insert(token) }
            case .breakGlass: names.formUnion(step.signingKeys.compactMap(knownKeys))
            case .custody(let custody): names.insert(custody.token)
            case .judgeKey(let judgement): names.insert(judgement.token)
            case .destroyKey(let destruction): names.insert(destruction.token)
            case .revocation, .policy, .bundle, .rootUpdate: break
            }
        }
        return names.sorted()
    }
}

/// The place of a step in a plan: indices of the operation and of the step in it, from 0.
public struct StepID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var operation: Int
    public var step: Int

    public init(operation: Int, step: Int) {
        self.operation = operation
        self.step = step
    }

    public static func < (left: StepID, right: StepID) -> Bool {
        (left.operation, left.step) < (right.operation, right.step)
    }

    /// As people count: operation 1, step 1.
    public var description: String { "operation \(operation + 1), step \(step + 1)" }
}
