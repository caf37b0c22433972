import Groundwork

/// How soon somebody must have acted after an incident was declared.
public struct ResponseClock: Sendable, Hashable {
    public enum Act: String, Sendable, CaseIterable {
        /// The revocation is signed.
        case revoke
        /// Its CRL can be fetched.
        case publish
    }

    public var act: Act
    /// Whose rule it is.
    public var rule: String
    /// Counted from the declaration, or for ``Act/publish`` from the revocation.
    public var limit: CalendarDuration
    /// The latest moment; for ``Act/publish``, if the revocation comes at its latest.
    public var deadline: Timestamp

    public func isLate(at time: Timestamp) -> Bool { deadline < time }

    /// The clocks of the CA/Browser Forum's Baseline Requirements and of the policy, the shortest of each act first.
    ///
    /// BR 4.9.1.2: a subordinate CA is revoked within seven days. BR 4.9.1.1: another certificate within 24 hours if its key
    /// is compromised, else within five days. BR 4.9.7: the CRL of a CA is published within 24 hours of a revocation.
    /// Device makers are not bound by them; they are what others find possible.
    ///
    /// - Parameter isOfAuthorities: whether a CA is revoked.
    public static func all(
        declared: Timestamp, isOfAuthorities: Bool, reason: RevocationReason, policy: Policy
    ) -> [ResponseClock] {
        let forum = "CA/Browser Forum BR"
        var found: [ResponseClock] = []
        func add(_ act: Act, _ rule: String, _ limit: CalendarDuration?, from start: Timestamp) {
            guard let limit else { return }
            found.append(ResponseClock(act: act, rule: rule, limit: limit, deadline: start.adding(limit) ?? .latest))
        }
        add(.revoke, "the policy", policy.response.revoke, from: declared)
        if isOfAuthorities {
            add(.revoke, "\(forum) 4.9.1.2", CalendarDuration(7, .days), from: declared)
        } else {
            let isCompromise = [.keyCompromise, .cACompromise, .aACompromise].contains(reason)
            add(
                .revoke, "\(forum) 4.9.1.1", isCompromise ? CalendarDuration(24, .hours) : CalendarDuration(5, .days),
                from: declared)
        }
        let latest = found.map(\.deadline).min() ?? declared
        add(.publish, "the policy", policy.response.publish, from: latest)
        add(.publish, "\(forum) 4.9.7", CalendarDuration(24, .hours), from: latest)
        return found.sorted { ($0.act == .revoke ? 0 : 1, $0.deadline) < ($1.act == .revoke ? 0 : 1, $1.deadline) }
    }

    /// The clocks of a plan that revokes; none for another.
    public static func all(of plan: Plan, in state: AuthorityState?, policy: Policy) -> [ResponseClock] {
        let revocations = plan.steps.compactMap { _, step -> PlannedRevocation? in
            if case .revocation(let revocation) = step { revocation } else { nil }
        }
        guard let first = revocations.first else { return [] }
        // Where nothing is known of what is revoked, that a root's CRL says so is taken for a CA's.
        let isOfAuthorities = revocations.contains {
            state?.certificates[$0.certificate]?.planned.kind.isAuthority ?? (state == nil)
        }
        return all(
            declared: plan.declared ?? plan.created, isOfAuthorities: isOfAuthorities, reason: first.reason, policy: policy)
    }
}
