import Authority

/// What an approver is shown before signing.
enum PlanExplanation {
    static func say(_ plan: Plan) throws {
        Terminal.say("\(plan.title)", .bold)
        for (index, operation) in plan.operations.enumerated() { Terminal.say("  \(index + 1). \(operation.title)") }
        Terminal.say("Digest \(plan.digest.hex)")
        for row in plan.digest.rows { Terminal.say("  \(row)") }
    }
}

/// Who has approved a plan, and who is missing.
enum QuorumText {
    static func say(_ plan: Plan, _ approvals: [Approval], _ authority: String) {
        Terminal.say("\(plan.title): \(approvals.count) approval\(approvals.count == 1 ? "" : "s") beside the plan")
    }
}
