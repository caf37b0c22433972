import Groundwork

/// How far the approvals of a plan have come. Unlike ``PlanApprovals`` it goes on after a bad approval, to say which
/// they are; with one of them the plan is not run.
public struct QuorumProgress: Sendable {
    /// A file that does not count, and why.
    public struct Refusal: Sendable {
        public var path: String
        public var error: PlanError
    }

    /// A person who rejected the plan, or one before it.
    public struct Objection: Sendable {
        public var person: Approver
        public var because: String
        /// Whether it is this plan, and not one before it that never ran.
        public var isOfThisPlan: Bool
    }

    /// A seat's role, who fills it, and who else could.
    public struct Role: Sendable {
        public var role: String
        public var needed: Int
        public var filledBy: [Operator]
        /// Persons of the role who have not approved and may.
        public var couldFill: [Operator]
        public var missing: Int { max(0, needed - filledBy.count) }
    }

    /// Each person once, in the order of their ids.
    public let approvers: [Approver]
    public let refusals: [Refusal]
    /// The rejections that count, in the order of their files.
    public let rejections: [Objection]
    /// For each operation of the plan, in its order.
    public let operations: [[Role]]

    public var isReached: Bool {
        refusals.isEmpty && operations.allSatisfy { $0.allSatisfy { $0.missing == 0 } }
    }

    /// - Parameters:
    ///   - files: the approval files, by path.
    ///   - rejected: the rejection files, by path.
    ///   - planBytes: the plan file, as the operators have it.
    public init(
        _ files: [(path: String, bytes: [UInt8])], rejections rejected: [(path: String, bytes: [UInt8])] = [], of plan: Plan, planBytes: [UInt8], under policy: Policy,
        at time: Timestamp
    ) {
        var approvers: [String: Approver] = [:]
        var refusals: [Refusal] = []
        for file in files {
            do throws(PlanError) {
                let approver = try Approval(path: file.path, bytes: file.bytes)
                    .approver(of: planBytes, requestedBy: plan.requester, under: policy, at: time)
                approvers[approver.operator] = approver
            } catch {
                refusals.append(Refusal(path: file.path, error: error))
            }
        }
        let persons = approvers.values.sorted { $0.operator < $1.operator }
        let (digest, title) = (Digest(of: planBytes), plan.title)
        var objections: [Objection] = []
        for file in rejected {
            do throws(PlanError) {
                let rejection = try Rejection(path: file.path, bytes: file.bytes)
                let person = try rejection.rejecter(under: policy, at: time)
                try rejection.check(against: digest, title: title, approvers: persons, held: [])
                objections.append(Objection(
                    person: person, because: rejection.statement.because,
                    isOfThisPlan: rejection.statement.plan == digest))
            } catch {
                refusals.append(Refusal(path: file.path, error: error))
            }
        }
        rejections = objections
        self.approvers = persons
        self.refusals = refusals
        let requester = policy.approvals.requesterMayApprove ? nil : plan.requester
        operations = plan.operations.map { operation in
            Quorum(operation.quorum, approvers: persons).roles.map { role in
                let holders = policy.operators(withRole: role.role)
                return Role(
                    role: role.role, needed: role.needed, filledBy: holders.filter { role.filledBy.contains($0.id) },
                    couldFill: holders.filter {
                        approvers[$0.id] == nil && $0.id != requester && $0.hasKey(at: time)
                    })
            }
        }
    }
}
