import Authority
import Testing

/// Persons on seats: one person fills one seat, whatever roles they have.
@Suite struct QuorumTests {
    private func people(_ roles: [String: Set<String>]) -> [Approver] {
        roles.map { Approver(operator: $0.key, name: $0.key, roles: $0.value, key: "") }
    }

    private func rule(_ seats: (String, Int, Int)...) -> QuorumRule {
        QuorumRule(seats: seats.map { QuorumSeats(role: $0.0, needed: $0.1, of: $0.2) })
    }

    @Test func `a person with two roles fills one seat`() {
        let both = rule(("officer", 1, 2), ("witness", 1, 2))
        #expect(!Quorum(both, approvers: people(["bo": ["officer", "witness"]])).isReached)
        #expect(Quorum(both, approvers: people(["bo": ["officer", "witness"], "cy": ["witness"]])).isReached)
        #expect(Quorum(both, approvers: people(["bo": ["officer", "witness"], "ana": ["officer"]])).isReached)
    }

    @Test func `an assignment is found where greed would miss it`() {
        // Whoever seats bo as officer first leaves no witness: the matching must move people.
        let seats = rule(("officer", 2, 3), ("witness", 1, 3), ("auditor", 1, 2))
        let approvers = people([
            "a": ["officer", "witness", "auditor"], "b": ["officer", "witness"], "c": ["officer"], "d": ["witness", "auditor"],
        ])
        #expect(Quorum(seats, approvers: approvers).isReached)
        for left in approvers.indices {
            var fewer = approvers
            fewer.remove(at: left)
            #expect(!Quorum(seats, approvers: fewer).isReached)
        }
    }

    @Test func `a person who comes twice counts once`() {
        let two = rule(("officer", 2, 2))
        let ana = Approver(operator: "ana", name: "Ana", roles: ["officer"], key: "one")
        let again = Approver(operator: "ana", name: "Ana", roles: ["officer"], key: "two")
        #expect(!Quorum(two, approvers: [ana, again]).isReached)
        #expect(Quorum(two, approvers: [ana, again] + people(["bo": ["officer"]])).isReached)
    }

    @Test func `what is missing is told by role, and who is there by name`() {
        let quorum = Quorum(rule(("officer", 2, 3), ("witness", 1, 1)), approvers: people(["ana": ["officer"]]))
        #expect(quorum.roles.map(\.missing) == [1, 1])
        #expect(quorum.roles[0].filledBy == ["ana"])
    }

    @Test func `a role that nobody asked for fills no seat`() {
        #expect(!Quorum(rule(("officer", 1, 1)), approvers: people(["x": ["engineer"], "y": []])).isReached)
        #expect(Quorum(rule(), approvers: []).isReached)
    }

    /// Against every assignment there is, for all small cases.
    @Test func `the matching is as good as trying everything`() {
        let roles = ["a", "b", "c"]
        for code in 0..<(8 * 8 * 8 * 8) {
            let persons = (0..<4).map { person in
                Set(roles.indices.filter { code >> (3 * person + $0) & 1 == 1 }.map { roles[$0] })
            }
            let seats = ["a", "a", "b", "c"]
            let reached = Quorum(
                rule(("a", 2, 4), ("b", 1, 4), ("c", 1, 4)),
                approvers: persons.enumerated().map {
                    Approver(operator: "p\($0.offset)", name: "", roles: $0.element, key: "")
                }).isReached
            #expect(reached == possible(seats[...], persons), "\(persons)")
        }
    }

    private func possible(_ seats: ArraySlice<String>, _ persons: [Set<String>]) -> Bool {
        guard let seat = seats.first else { return true }
        return persons.indices.contains { index in
            guard persons[index].contains(seat) else { return false }
            var rest = persons
            rest.remove(at: index)
            return possible(seats.dropFirst(), rest)
        }
    }
}
