/// Persons of a policy, one or two, who can do the same together without anybody else.
///
/// What they may approve is one thing, what they can unlock is another: neither implies the other, and a signature needs
/// both.
public struct InsiderGroup: Sendable, Hashable {
    /// The roles of each of the persons: one entry for a single person, two for a pair; sorted.
    public let roles: [[String]]
    /// The ids of the persons who are such a group, sorted.
    public internal(set) var persons: [[String]]
    /// What they are enough for.
    public let acts: [PolicyAct]

    /// Every single person and every pair of a policy, those together who have the same roles and the same power.
    public static func all(of policy: Policy) -> [InsiderGroup] {
        let acts = policy.acts
        let people = policy.operators
        let singles = people.map { [$0] }
        let pairs = people.indices.flatMap { first in people[(first + 1)...].map { [people[first], $0] } }
        var groups: [InsiderGroup] = []
        for persons in singles + pairs {
            let ordered = persons.sorted { ($0.roles.sorted().joined(separator: " "), $0.id) < ($1.roles.sorted().joined(separator: " "), $1.id) }
            let roles = ordered.map { $0.roles.sorted() }
            let possible = acts.filter { $0.isPossible(for: persons) }
            let ids = ordered.map(\.id)
            if let known = groups.firstIndex(where: { $0.roles == roles && $0.acts == possible }) {
                groups[known].persons.append(ids)
            } else {
                groups.append(InsiderGroup(roles: roles, persons: [ids], acts: possible))
            }
        }
        return groups
    }
}
