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

    /// A file that approves once more with a key that has approved already.
    public struct Duplicate: Sendable {
        public var path: String
        public var person: Approver
    }

    /// A seat's role, who fills it, and who else could.
    public struct Role: Sendable {
        public var role: String
        public var needed: Int
        public var filledBy: [Operator]
        /// Persons of the role who have not approved, nor rejected the plan, and may.
        public var couldFill: [Operator]
        public var missing: Int { max(0, needed - filledBy.count) }
    }

    /// Each person once, in the order of their ids.
    public let approvers: [Approver]
    public let refusals: [Refusal]
    /// In the order of their files.
    public let duplicates: [Duplicate]
    /// The rejections that count, in the order of their files.
    public let rejections: [Objection]
    /// For each operation of the plan, in its order.
    public let operations: [[Role]]
    /// What a change of policy needs beside that; nil where the plan changes no policy.
    public let change: Change?

    /// What is missing under the policy that a plan puts in force.
    public struct Change: Sendable {
        /// The new policy's quorum for changes of policy.
        public var roles: [Role]
        /// The new keys that have not approved the plan.
        public var unproven: [PolicyChange.NewKey]
    }

    /// Whether every seat is filled and every new key has approved; a bad file in the folder may still stand against it.
    public var isFilled: Bool {
        operations.allSatisfy { $0.allSatisfy { $0.missing == 0 } }
            && change.map { $0.unproven.isEmpty && $0.roles.allSatisfy { $0.missing == 0 } } != false
    }

    public var isReached: Bool { refusals.isEmpty && isFilled }

    /// - Parameters:
    ///   - files: the approval files, by path.
    ///   - rejected: the rejection files, by path.
    ///   - planBytes: the plan file, as the operators have it.
    public init(
        _ files: [(path: String, bytes: [UInt8])], rejections rejected: [(path: String, bytes: [UInt8])] = [],
        of plan: Plan, planBytes: [UInt8], under policy: Policy, at time: Timestamp
    ) {
        let change = try? plan.change(from: policy)
        var approvers: [String: Approver] = [:]
        var inForce: [Approver] = []
        var new: [Approver] = []
        var refusals: [Refusal] = []
        var duplicates: [Duplicate] = []
        var keys: Set<String> = []
        for file in files {
            do throws(PlanError) {
                let approver = try Approval(path: file.path, bytes: file.bytes)
                    .approver(of: planBytes, requestedBy: plan.requester, under: policy, or: change?.new, at: time)
                if !keys.insert(approver.person.key).inserted || change == nil && approvers[approver.person.operator] != nil {
                    duplicates.append(Duplicate(path: file.path, person: approver.person))
                }
                approvers[approver.person.operator] = approver.person
                if let person = approver.inForce { inForce.append(person) }
                if let person = approver.new { new.append(person) }
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
        self.duplicates = duplicates
        let opposed = Set(objections.filter(\.isOfThisPlan).map(\.person.operator))
        operations = plan.operations.map {
            Self.roles(Quorum($0.quorum, approvers: inForce), inForce, opposed, plan.requester, policy, time)
        }
        self.change = change.map { change in
            let approvals = ChangeApprovals(change, approvers: new)
            return Change(
                roles: Self.roles(approvals.quorum, new, opposed, plan.requester, change.new, time), unproven: approvals.unproven)
        }
    }

    private static func roles(
        _ quorum: Quorum, _ approvers: [Approver], _ opposed: Set<String>, _ requester: String?, _ policy: Policy,
        _ time: Timestamp
    ) -> [Role] {
        let present = Set(approvers.map(\.operator)).union(opposed)
        let requester = policy.approvals.requesterMayApprove ? nil : requester
        return quorum.roles.map { role in
            let holders = policy.operators(withRole: role.role)
            return Role(
                role: role.role, needed: role.needed, filledBy: holders.filter { role.filledBy.contains($0.id) },
                couldFill: holders.filter {
                    !present.contains($0.id) && $0.id != requester && $0.hasKey(at: time)
                })
        }
    }
}
