import Groundwork
import SSHSignature

/// An operator's signed word that a plan should not be run, and why.
public struct Rejection: Sendable {
    /// The namespace of every rejection (PROTOCOL.sshsig).
    public static let namespace = "anchorite-rejection"
    /// The ending of a rejection's file name.
    public static let fileEnding = ".rejection"
    private static let format = "rejection/1"

    /// What is signed.
    public struct Statement: Hashable, Sendable {
        /// The digest of the plan.
        public var plan: Digest
        /// The ceremony's title, as the plan has it.
        public var title: String
        /// The operator's id.
        public var `operator`: String
        public var because: String

        public init(plan: Digest, title: String, operator: String, because: String) {
            self.plan = plan
            self.title = title
            self.operator = `operator`
            self.because = because
        }

        fileprivate var members: [String: JSONValue] {
            [
                "anchorite": .string(Rejection.format), "plan": .string(plan.hex), "title": .string(title),
                "operator": .string(`operator`), "because": .string(because),
            ]
        }

        /// The bytes to be signed: canonical JSON.
        public var bytes: [UInt8] { JSONValue.object(members).canonicalBytes }

        /// The file: the same, and the armored signature.
        public func file(signature: [UInt8]) -> [UInt8] {
            let armored = JSONValue.string(String(decoding: signature, as: UTF8.self))
            return JSONValue.object(members.merging(["signature": armored]) { $1 }).canonicalBytes
        }
    }

    /// Where it was read, for messages.
    public let path: String
    /// The file, as it was.
    public let bytes: [UInt8]
    public let statement: Statement
    private let signature: OperatorSignature

    /// The SSH fingerprint of the key that signed.
    public var key: String { signature.signature.publicKey.fingerprint }

    /// - Throws: ``PlanError`` with control REJECTION.
    public init(path: String, bytes: [UInt8]) throws(PlanError) {
        self.path = path
        self.bytes = bytes
        let armored: String
        do {
            var reader = try JSONObjectReader(JSONValue(canonical: bytes), path: "")
            guard try reader.string("anchorite") == Self.format else {
                throw reader.invalid("anchorite", "expected \(Self.format)")
            }
            statement = Statement(
                plan: try reader.digest("plan"), title: try reader.string("title"),
                operator: try reader.string("operator"), because: try reader.string("because"))
            armored = try reader.string("signature")
            try reader.finish()
        } catch {
            throw PlanError(
                .rejection, "\(path) is no rejection: \(sentence(error))",
                advice: "Take the file out of the folder, or ask for it again")
        }
        guard RecordText.isLine(statement.because) else {
            throw PlanError(
                .rejection, "\(path) gives no reason on one line", advice: "Take the file out of the folder")
        }
        signature = try OperatorSignature(path: path, armored: Array(armored.utf8), control: .rejection)
    }

    /// Who rejected, by the policy.
    ///
    /// - Throws: ``PlanError`` with control REJECTION.
    public func rejecter(under policy: Policy, at time: Timestamp) throws(PlanError) -> Approver {
        let signer = try signature.signer(
            of: statement.bytes, namespace: Self.namespace, what: "what it says", under: policy, at: time)
        guard signer.operator == statement.operator else {
            throw PlanError(
                .rejection, "\(path) is in the name of \(statement.operator), and signed by \(signer.operator)",
                advice: "Take the file out of the folder, and ask both")
        }
        return signer
    }
}
