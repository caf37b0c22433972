import Authority
import Groundwork
import SSHSignature

/// An approval: who signed, with which key, and over what, if the plan is at hand.
enum ApprovalFacts {
    /// - Parameter context: the plan that it should approve.
    /// - Returns: whether it approves that plan, as far as that can be said.
    static func sheet(_ bytes: [UInt8], path: String, context: PlanContext?) throws -> (sheet: Sheet, holds: Bool) {
        let approval = try Approval(path: path, bytes: bytes)
        let key = approval.signature.publicKey
        var sheet = Sheet("Approval")
        sheet.data("file", "approval")
        sheet.fact("made with", ["\(key.type.rawValue)", key.fingerprint], key: "key", .string(key.fingerprint))
        sheet.data("key-type", .string(key.type.rawValue))
        sheet.fact("namespace", approval.signature.namespace, key: "namespace")
        sheet.fact("hash", approval.signature.hash.rawValue, key: "hash")
        if let fido = approval.signature.signature.fido {
            sheet.fact(
                "security key",
                [
                    fido.isUserPresent ? "was touched" : "was NOT touched",
                    fido.isUserVerified ? "its owner was verified" : "its owner was not verified",
                    "counter \(fido.counter)",
                ],
                key: "fido",
                [
                    "present": .boolean(fido.isUserPresent), "verified": .boolean(fido.isUserVerified),
                    "counter": .integer(Int64(fido.counter)),
                ])
        }
        guard let context else {
            sheet.fact(
                "approves", ["not known: name the plan with --plan"], key: "approves", "unchecked", style: .yellow)
            return (sheet, true)
        }
        let holds = add(approval, context, to: &sheet)
        return (sheet, holds)
    }

    private static func add(_ approval: Approval, _ context: PlanContext, to sheet: inout Sheet) -> Bool {
        let plan = context.plan
        sheet.fact(
            "plan", ["ceremony \(plan.number) of \(plan.authority)", context.digest.hex], key: "plan",
            .string(context.digest.hex))
        guard let policy = context.policy else {
            let signs =
                (try? approval.signature.verify(
                    message: context.bytes, namespace: Approval.namespace, requirements: FIDORequirements())) != nil
            sheet.fact(
                "approves", [signs ? "this plan" : "NOT this plan"], key: "approves", .boolean(signs),
                style: signs ? .green : .red)
            sheet.fact("by", "not known: name the authority with --authority", key: "operator", style: .yellow)
            return signs
        }
        do throws(PlanError) {
            let judged = try approval.approver(
                of: context.bytes, requestedBy: context.ceremony?.requester, under: policy,
                or: try plan.change(from: policy)?.new, at: plan.created)
            let approver = judged.person
            sheet.fact("approves", ["this plan"], key: "approves", true, style: .green)
            sheet.fact(
                "by", ["\(approver.name) (\(approver.roles.sorted().joined(separator: ", ")))"], key: "operator",
                .string(approver.operator))
            if context.change != nil {
                let counts =
                    (judged.inForce == nil ? [] : ["under the policy in force"])
                    + (judged.new == nil ? [] : ["under the new policy"])
                sheet.fact("counts", [Phrase.list(counts)], key: "counts-under", .array(counts.map(JSONValue.string)))
            }
            return true
        } catch {
            sheet.fact("approves", ["NOT this plan"], key: "approves", false, style: .red)
            sheet.fact("because", "\(error)", key: "reason")
            return false
        }
    }
}
