import Groundwork

/// A policy that comes into force in place of the one before.
public struct PlannedPolicy: Hashable, Sendable {
    /// The number of the policy in the authority's life; the first is 1.
    public var number: Int64
    /// SHA-256 of the file's bytes, which stand among the plan's inputs.
    public var digest: Digest
    /// Where the file goes, relative to the authority.
    public var path: String

    public init(number: Int64, digest: Digest, path: String) {
        self.number = number
        self.digest = digest
        self.path = path
    }
}

extension Plan {
    /// The policy that the plan puts in force, if it does.
    var plannedPolicy: (id: StepID, policy: PlannedPolicy)? {
        for (id, step) in steps {
            if case .policy(let policy) = step { return (id, policy) }
        }
        return nil
    }

    /// The bytes of the policy that a plan puts in force.
    func input(of policy: PlannedPolicy) throws(PlanError) -> [UInt8] {
        guard let input = inputs.first(where: { Digest(of: $0.bytes) == policy.digest }) else {
            throw PlanError(.plan, "the plan does not hold the policy \(policy.path) that it puts in force")
        }
        return input.bytes
    }

    /// The change of policy that the plan makes, if it makes one.
    ///
    /// - Parameter policy: the policy in force.
    /// - Throws: ``PlanError`` when the plan does not hold the new policy, or that is malformed.
    public func change(from policy: Policy) throws(PlanError) -> PolicyChange? {
        guard let planned = plannedPolicy?.policy else { return nil }
        let new = try Policy.parsed(try input(of: planned), path: planned.path)
        return PolicyChange(old: policy, new: new)
    }
}
