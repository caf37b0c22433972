import Groundwork
import SSHSignature

/// A detached SSHSIG over a plan file, made by one operator.
public struct Approval: Sendable {
    /// The namespace of every approval (PROTOCOL.sshsig).
    public static let namespace = "anchorite-plan"
    /// The ending of an approval's file name.
    public static let fileEnding = ".approval"

    /// Where it was read, for messages.
    public let path: String
    /// The file, as it was.
    public let bytes: [UInt8]
    public let signature: SSHSIG

    /// - Throws: ``PlanError`` with control APPROVAL-FORM.
    public init(path: String, bytes: [UInt8]) throws(PlanError) {
        self.path = path
        self.bytes = bytes
        do {
            signature = try SSHSIG(armored: bytes)
        } catch {
            throw PlanError(
                .approvalForm, "\(path) is not an approval: \(error.sentence)",
                advice: "Take the file out of the folder, or ask for it again")
        }
    }

    /// Who approved, if the approval is good for this plan under this policy.
    ///
    /// - Parameter origin: how messages speak of it.
    /// - Throws: ``PlanError``: APPROVAL-OPERATOR for a key that is nobody's or out of its time, APPROVAL-PLAN for
    ///   another plan or namespace, APPROVAL-PRESENCE for a FIDO key that was not touched.
    public func approver(
        of plan: [UInt8], requestedBy requester: String?, under policy: Policy, at time: Timestamp,
        _ origin: ApprovalOrigin = .folder
    ) throws(PlanError) -> Approver {
        let person = try signature.publicKey.approver(
            requestedBy: requester, under: policy, at: time, path: path, origin)
        do {
            let requirements = FIDORequirements(
                presence: true, verification: policy.approvals.requireUserVerification)
            try signature.verify(message: plan, namespace: Self.namespace, requirements: requirements)
        } catch .presenceMissing, .verificationMissing, .otherApplication {
            throw PlanError(
                .approvalPresence, "\(path): the security key of \(person.name) does not show that its owner was there",
                advice: origin == .folder
                    ? "Ask \(person.name) to approve again and to touch the key, with its PIN where the policy says so"
                    : "Approve again and touch the key, with its PIN where the policy says so; nothing was written")
        } catch .otherNamespace(let found, _) {
            throw PlanError(
                .approvalPlan, "\(path) is signed under the namespace \(found), not \(Self.namespace)",
                advice: "Sign with ssh-keygen -Y sign -n \(Self.namespace)")
        } catch {
            throw PlanError(
                .approvalPlan, "\(path) by \(person.name) does not approve this plan: it signs another file",
                advice: "Ask \(person.name) to compare the plan's digest and to approve again")
        }
        return person
    }
}

extension Approval {
    /// Who approved, by the policy in force or by the one that the plan puts in force: one of them must count the
    /// approval. Each policy judges by its own persons, keys and rules.
    ///
    /// - Parameter new: the policy that the plan puts in force, if it changes the policy.
    /// - Throws: like ``approver(of:requestedBy:under:at:_:)``, when neither policy counts it.
    public func approver(
        of plan: [UInt8], requestedBy requester: String?, under policy: Policy, or new: Policy?, at time: Timestamp,
        _ origin: ApprovalOrigin = .folder
    ) throws(PlanError) -> JudgedApprover {
        try JudgedApprover(inForce: policy, new: new, key: signature.publicKey) { policy throws(PlanError) in
            try approver(of: plan, requestedBy: requester, under: policy, at: time, origin)
        }
    }
}

/// A person who approved a plan, as each of the policies sees them that judge it.
public struct JudgedApprover: Hashable, Sendable {
    /// Nil: the policy in force does not count the approval.
    public let inForce: Approver?
    /// Nil: the policy that the plan puts in force does not count it, or there is none.
    public let new: Approver?
    /// The same person, under the policy in force where that knows them.
    public let person: Approver

    /// - Throws: what the policy in force says where it knows the key, else what the new one says.
    public init(
        inForce policy: Policy, new: Policy?, key: SSHPublicKey, judge: (Policy) throws(PlanError) -> Approver
    ) throws(PlanError) {
        var refusal: PlanError
        do {
            let person = try judge(policy)
            self.inForce = person
            self.new = new.flatMap { try? judge($0) }
            self.person = person
            return
        } catch {
            refusal = error
        }
        guard let new else { throw refusal }
        do {
            let person = try judge(new)
            self.inForce = nil
            self.new = person
            self.person = person
        } catch {
            if key.owner(policy) == nil { refusal = error }
            throw refusal
        }
    }
}

/// A person who approved.
public struct Approver: Hashable, Sendable {
    /// The operator's id in the policy.
    public let `operator`: String
    public let name: String
    public let roles: Set<String>
    /// The SSH fingerprint of the key that signed.
    public let key: String

    public init(operator: String, name: String, roles: Set<String>, key: String) {
        self.operator = `operator`
        self.name = name
        self.roles = roles
        self.key = key
    }
}

extension SSHSignatureError {
    var sentence: String { Authority.sentence(self) }
}
