import Authority
import Groundwork

/// A rejection: who refused which plan, and why.
enum RejectionFacts {
    /// - Parameter context: the plan that it lies beside.
    /// - Returns: whether it is good, as far as that can be said.
    static func sheet(_ bytes: [UInt8], path: String, context: PlanContext?) throws -> (sheet: Sheet, holds: Bool) {
        let rejection = try Rejection(path: path, bytes: bytes)
        let statement = rejection.statement
        var sheet = Sheet("Rejection")
        sheet.data("file", "rejection")
        sheet.fact("by", statement.operator, key: "operator")
        sheet.fact("because", statement.because, key: "because")
        sheet.fact("plan", [statement.title, statement.plan.hex], key: "plan", .string(statement.plan.hex))
        sheet.fact("made with", rejection.key, key: "key")
        guard let context, let policy = context.policy else {
            sheet.fact(
                "signed", ["not known: name the plan with --plan, and the authority with --authority"], key: "holds",
                "unchecked", style: .yellow)
            return (sheet, true)
        }
        let isOfPlan = context.digest == statement.plan
        sheet.fact(
            "rejects", [isOfPlan ? "the plan beside it" : "another plan than the one beside it"], key: "this-plan",
            .boolean(isOfPlan))
        do throws(PlanError) {
            let person = try rejection.rejecter(under: policy, at: context.plan.created)
            sheet.fact(
                "signed", ["by \(person.name) (\(person.roles.sorted().joined(separator: ", ")))"], key: "holds", true,
                style: .green)
            return (sheet, true)
        } catch {
            sheet.fact("signed", ["NOT: \(error)"], key: "holds", false, style: .red)
            return (sheet, false)
        }
    }
}

/// A deviation that somebody wrote down.
enum DeviationFacts {
    static func sheet(_ bytes: [UInt8], path: String) throws -> Sheet {
        let name = "\(AuthorityPaths.deviationFolder)/\(FilePath.name(of: path))"
        let deviation = try PendingDeviation(path: name, bytes: bytes)
        var sheet = Sheet("Deviation")
        sheet.data("file", "deviation")
        sheet.fact("by", deviation.by, key: "by")
        sheet.fact("what", deviation.text, key: "text")
        sheet.fact("because", deviation.because, key: "because")
        sheet.fact("at", [Phrase.time(deviation.time)], key: "time", .string(deviation.time.rfc3339))
        return sheet
    }
}
