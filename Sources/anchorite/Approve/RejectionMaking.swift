import Authority
import Groundwork
import SSHSignature

/// Makes the file that says who refuses a plan, and why.
struct RejectionMaking {
    let plan: Plan
    let planBytes: [UInt8]
    /// Where the plan lies.
    let folder: String
    let policy: Policy

    /// - Returns: where the rejection lies.
    func make(because: String, signer: any ApprovalSigner, output: String?) async throws -> String {
        var statement: Rejection.Statement?
        let signature = try await signer.sign(namespace: Rejection.namespace) { key in
            let person = try refuse(key)
            let made = Rejection.Statement(
                plan: Digest(of: planBytes), title: plan.title, operator: person.id, because: because)
            statement = made
            return made.bytes
        }
        guard let statement else { throw Failure(Exit.badInput, "Nothing was signed") }
        let target = output ?? FilePath.joined(folder, statement.operator + Rejection.fileEnding)
        let bytes = statement.file(signature: signature)
        _ = try Rejection(path: target, bytes: bytes).rejecter(under: policy, at: .now())
        try NewOutput.create(target, bytes, option: "--output")
        return target
    }

    /// Refuses a key that cannot reject the plan.
    ///
    /// - Returns: whose it is.
    @discardableResult
    func refuse(_ key: SSHPublicKey) throws -> Operator {
        guard let person = policy.owner(of: key)?.person else {
            throw PlanError(
                .rejection, "the key \(key.fingerprint) is no operator's",
                advice: "Sign with a key of the policy; nothing was signed")
        }
        try refuseSecondMind(person)
        return person
    }

    /// Nobody approves a plan and rejects it.
    private func refuseSecondMind(_ person: Operator) throws {
        for approval in try PlanPapers(beside: folder).approvals
        where policy.owner(of: approval.signature.publicKey)?.person == person {
            throw PlanError(
                .rejection, "\(approval.path) is an approval by \(person.name)",
                advice: "Take it out of the folder first, if it does not hold any more")
        }
    }
}

/// What operators signed about a plan, as it lies beside it.
struct PlanPapers {
    let approvals: [Approval]
    let rejections: [Rejection]

    /// - Throws: ``PlanError`` with control APPROVAL-FORM or REJECTION for a file that is not what its name says.
    init(beside folder: String) throws {
        let names = try DurableDirectory.names(in: folder)
        approvals = try names.filter { $0.hasSuffix(Approval.fileEnding) }
            .map { try Approval(path: FilePath.joined(folder, $0), bytes: Self.read(folder, $0)) }
        rejections = try names.filter { $0.hasSuffix(Rejection.fileEnding) }
            .map { try Rejection(path: FilePath.joined(folder, $0), bytes: Self.read(folder, $0)) }
    }

    /// More bytes than any of them has.
    private static let maximumBytes = 1 << 16

    /// What is judged is what lies beside the plan; a link would let somebody else say what that is.
    private static func read(_ folder: String, _ name: String) throws(FileError) -> [UInt8] {
        try DurableFile.read(
            FilePath.joined(folder, name), maximumBytes: maximumBytes, followingSymbolicLinks: false)
    }
}
