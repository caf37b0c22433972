import Authority
import Groundwork

/// What an approver is shown before signing.
enum PlanExplanation {
    /// - Parameter path: of the plan, for finding the authority that it continues.
    /// - Throws: ``PlanError`` for a plan that is not what its ceremony file, the policy and the ledger give: nobody
    ///   should approve it.
    static func say(_ plan: Plan, path: String = "plan.json", authority: String? = nil) throws {
        let context = try PlanContext(plan.canonicalBytes, path: path, authority: authority)
        PlanFacts(context: context).sheet.say()
        if case .refused(let error) = context.verdict { try PlanFile.naming(path) { throw error } }
    }
}

/// Who has approved a plan, and who is missing.
enum QuorumText {
    static func say(_ plan: Plan, _ planBytes: [UInt8], _ papers: PlanPapers, _ policy: Policy) {
        let progress = QuorumProgress(
            papers.approvals.map { ($0.path, $0.bytes) },
            rejections: papers.rejections.map { ($0.path, $0.bytes) }, of: plan, planBytes: planBytes, under: policy, at: .now())
        Terminal.say("Ceremony \(plan.number), \(plan.title)", .bold)
        let names = progress.approvers.map(\.name)
        Terminal.say("  approved  " + (names.isEmpty ? "by nobody" : "by \(names.joined(separator: ", "))"))
        for objection in progress.rejections { Terminal.say("  rejected  by \(Shown.text(objection.words))", .yellow) }
        for refusal in progress.refusals { Terminal.say("  refused   \(refusal.error)") }
        for duplicate in progress.duplicates { Terminal.say("  once      \(Shown.text(duplicate.words)), counted once", .yellow) }
        for line in progress.missingLines(of: plan) { Terminal.say("  missing   \(line)") }
    }
}

extension QuorumProgress {
    /// Who is missing, one line for what the same persons are missing for; empty where nobody is.
    func missingLines(of plan: Plan) -> [String] {
        var missing: [(words: String, who: String, operations: [Int])] = []
        for (index, roles) in operations.enumerated() {
            for role in roles where role.missing > 0 {
                let who = Phrase.list(role.couldFill.map(\.name), "or")
                let words = "\(role.missing) more \(role.role)"
                if let same = missing.firstIndex(where: { $0.words == words && $0.who == who }) {
                    missing[same].operations.append(index + 1)
                } else {
                    missing.append((words, who, [index + 1]))
                }
            }
        }
        var lines = missing.map { line in
            let kind = line.operations.count == 1 ? ", \(plan.operations[line.operations[0] - 1].kind.rawValue)" : ""
            return "\(line.words) for \(Phrase.operations(line.operations))\(kind)"
                + (line.who.isEmpty ? ", and nobody is left" : ": \(line.who)")
        }
        for role in change?.roles ?? [] where role.missing > 0 {
            let who = Phrase.list(role.couldFill.map(\.name), "or")
            lines.append(
                "under the new policy: \(role.missing) more \(role.role)"
                    + (who.isEmpty ? ", and nobody is left" : ": \(who)"))
        }
        return lines + (change?.unproven ?? []).map { "\($0.person.name), with the new key \($0.fingerprint)" }
    }
}
