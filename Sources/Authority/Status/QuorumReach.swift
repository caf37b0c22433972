import Groundwork

/// Who could fill the seats of a quorum.
public struct QuorumReach: Sendable {
    /// The persons that have one of the roles and a key that counts at the time.
    public let candidates: [Operator]
    /// Operators with one of the roles, none of whose keys counts at the time.
    public let withoutKey: [Operator]
    /// Whether all candidates together fill every seat.
    public let isReachable: Bool
    /// Whether the seats are still filled when any one of the candidates is missing.
    public let survivesAbsence: Bool

    /// - Parameter requester: the operator who asks for the ceremony and, if the policy says so, fills no seat.
    public init(_ rule: QuorumRule, policy: Policy, at time: Timestamp, requester: String? = nil) {
        let roles = Set(rule.seats.map(\.role))
        let persons = policy.operators.filter {
            !$0.roles.isDisjoint(with: roles) && (policy.approvals.requesterMayApprove || $0.id != requester)
        }
        candidates = persons.filter { $0.hasKey(at: time) }
        withoutKey = persons.filter { !$0.hasKey(at: time) }
        let approvers = candidates.map { Approver(operator: $0.id, name: $0.name, roles: $0.roles, key: "") }
        isReachable = Quorum(rule, approvers: approvers).isReached
        survivesAbsence =
            isReachable
            && approvers.indices.allSatisfy { absent in
                var rest = approvers
                rest.remove(at: absent)
                return Quorum(rule, approvers: rest).isReached
            }
    }
}

extension Operator {
    /// Whether one of the operator's keys counts at a time.
    public func hasKey(at time: Timestamp) -> Bool {
        keys.contains { ($0.notBefore ?? .earliest) <= time && time <= ($0.notAfter ?? .latest) }
    }
}
