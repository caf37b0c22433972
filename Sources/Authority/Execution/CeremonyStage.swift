/// A piece of a ceremony's work, between two moments at which people may stop it.
public struct CeremonyStage: Hashable, Sendable {
    public enum Work: Hashable, Sendable {
        /// Positions in the plan's steps.
        case steps(Range<Int>)
        /// The last line, and the checkpoint.
        case close
    }

    public let work: Work
    /// From 1.
    public let number: Int
    public let of: Int

    /// More stages than this, and nobody looks at the next one any more.
    static let maximum = 30

    /// The stages of a plan: each step by itself, or operations together in a plan of many steps; then the close.
    public static func stages(of plan: Plan) -> [CeremonyStage] {
        let ranges = ranges(of: plan)
        return (ranges.map(Work.steps) + [.close]).enumerated().map {
            CeremonyStage(work: $0.element, number: $0.offset + 1, of: ranges.count + 1)
        }
    }

    private static func ranges(of plan: Plan) -> [Range<Int>] {
        let steps = plan.steps
        guard steps.count > maximum else { return steps.indices.map { $0..<$0 + 1 } }
        let operations = joined(Array(steps.indices).map { $0..<$0 + 1 }) {
            steps[$0].id.operation == steps[$1].id.operation
        }
        guard operations.count > maximum else { return operations }
        let kinds = joined(operations) {
            plan.operations[steps[$0].id.operation].kind == plan.operations[steps[$1].id.operation].kind
        }
        guard kinds.count > maximum else { return kinds }
        let each = (kinds.count + maximum - 1) / maximum
        return stride(from: 0, to: kinds.count, by: each).map {
            kinds[$0].lowerBound..<kinds[min($0 + each, kinds.count) - 1].upperBound
        }
    }

    /// Neighbours that belong together become one.
    private static func joined(_ ranges: [Range<Int>], _ belong: (Int, Int) -> Bool) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for range in ranges {
            if let last = result.last, belong(last.lowerBound, range.lowerBound) {
                result[result.count - 1] = last.lowerBound..<range.upperBound
            } else {
                result.append(range)
            }
        }
        return result
    }
}

/// What people decide before a stage.
public enum CeremonyDecision: Sendable {
    case goOn
    /// The ceremony is suspended, on record.
    case suspend(by: String, reason: String)
    /// The run ends here, as an interruption does.
    case stop
}

/// Asks the people in the room, between two steps and never within one.
public protocol CeremonyGuide: AnyObject {
    /// Who is there, asked before the first login of a ceremony that is to be opened; nil to stop.
    func participants(under policy: Policy) throws -> [Participant]?

    /// Who goes on with a ceremony that is open, and why now; nil to stop.
    func resumption(of ceremony: CeremonyProgress, under policy: Policy) throws -> (by: String, reason: String)?

    func before(_ stage: CeremonyStage) throws -> CeremonyDecision
}
