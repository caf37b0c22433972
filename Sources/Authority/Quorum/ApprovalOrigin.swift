import Groundwork
import SSHSignature

/// How messages speak of an approval.
public enum ApprovalOrigin: Sendable {
    /// A file in a plan's folder.
    case folder
    /// A key that somebody is about to approve with; there is no file yet.
    case key
}

extension SSHPublicKey {
    /// The operator who may approve with this key.
    ///
    /// - Parameter path: the approval's file, or the key's.
    /// - Throws: ``PlanError`` with control APPROVAL-OPERATOR for a key that is nobody's, out of its time, or of the one
    ///   who asked for the ceremony.
    public func approver(
        requestedBy requester: String?, under policy: Policy, at time: Timestamp, path: String,
        _ origin: ApprovalOrigin
    ) throws(PlanError) -> Approver {
        let isFile = origin == .folder
        guard let (person, key) = owner(policy) else {
            throw PlanError(
                .approvalOperator,
                isFile
                    ? "\(path) is made with the key \(fingerprint), which is no operator's"
                    : "\(path) holds the key \(fingerprint), which is no operator's in the policy",
                advice: isFile
                    ? "Take the file out of the folder"
                    : "Approve with the key whose public half stands in the policy; nothing was signed")
        }
        if person.id == requester, !policy.approvals.requesterMayApprove {
            throw PlanError(
                .approvalOperator,
                "\(path) is \(isFile ? "by" : "the key of") \(person.name), who asked for the ceremony",
                advice: "The policy wants other persons to approve it; "
                    + (isFile ? "take the file out of the folder" : "nothing was signed"))
        }
        let advice = isFile ? "Take the file out of the folder" : "Approve with a key that counts now; nothing was signed"
        if let notBefore = key.notBefore, time < notBefore {
            throw PlanError(
                .approvalOperator, "\(path): the key of \(person.name) counts from \(notBefore) only", advice: advice)
        }
        if let notAfter = key.notAfter, time > notAfter {
            throw PlanError(
                .approvalOperator, "\(path): the key of \(person.name) counted until \(notAfter)", advice: advice)
        }
        return Approver(operator: person.id, name: person.name, roles: person.roles, key: fingerprint)
    }

    /// The operator whose key it is, and the key as the policy has it.
    func owner(_ policy: Policy) -> (Operator, OperatorKey)? {
        for person in policy.operators {
            for key in person.keys
            where (try? SSHPublicKey(authorizedKeysLine: key.authorizedKeysLine)) == self {
                return (person, key)
            }
        }
        return nil
    }
}
