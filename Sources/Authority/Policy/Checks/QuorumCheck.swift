import StrictYAML

/// A quorum must speak of roles that exist, count right, be reachable, and never be one person.
struct QuorumCheck {
    let policy: Policy
    let rule: QuorumRule
    let path: String
    /// Whether who asks for the ceremony does not count.
    var excludesRequester = false

    func run() throws(YAMLError) {
        try checkCounts()
        try checkReachable()
        guard rule.personsNeeded >= 2 || policy.environment == .development else {
            throw policy.source.error(
                at: path, "one person alone could reach this quorum.",
                remedy: "Ask for two persons at least; only a development policy may ask for one.",
                control: Control.quorumOfPersons.rawValue)
        }
        try checkRequester()
    }

    /// Whoever asks for a ceremony must be one without whom the quorum can be reached.
    private func checkRequester() throws(YAMLError) {
        guard excludesRequester, !policy.approvals.requesterMayApprove, policy.environment != .development,
            policy.operators.allSatisfy({ one in !rule.isReachable(by: policy.operators.filter { $0.id != one.id }) })
        else { return }
        throw policy.source.error(
            at: path, "whoever asks for it would be needed to approve it, and who asks does not count.",
            remedy: "Ask for fewer persons, or write requester-may-approve: yes.",
            control: Control.quorumReachable.rawValue)
    }

    /// The roles exist, the numbers after "of" are right, and no number before it is larger.
    func checkCounts() throws(YAMLError) {
        let roles = Set(policy.operators.flatMap(\.roles)).sorted()
        for seats in rule.seats {
            let place = "\(path).\(seats.role)"
            let holders = policy.operators(withRole: seats.role)
            guard !holders.isEmpty else {
                throw policy.source.error(
                    at: place, "no operator has the role \"\(seats.role)\".",
                    remedy: Suggestion.sentence("Roles", roles, for: seats.role))
            }
            guard holders.count == seats.of else {
                throw policy.source.error(
                    at: place,
                    "the quorum says of \(seats.of), but the role \(seats.role) has \(holders.count) operators "
                        + "(\(holders.map(\.id).joined(separator: ", "))).",
                    remedy: "Write \(seats.needed) of \(holders.count), or correct the operators.")
            }
            guard seats.needed <= seats.of else {
                throw policy.source.error(
                    at: place, "\(seats) can never be reached.", remedy: "At most \(seats.of) can approve.")
            }
        }
    }

    /// One person fills one seat. By Hall's theorem all seats can be filled exactly when, for every set of roles, the
    /// persons who have any of them are at least as many as the seats of all of them.
    private func checkReachable() throws(YAMLError) {
        let seats = rule.seats
        guard seats.count <= 10 else {
            throw policy.source.error(
                at: path, "the quorum has \(seats.count) roles.", remedy: "At most 10 can stand here.")
        }
        for set in 1..<(1 << seats.count) {
            let chosen = seats.indices.filter { set & (1 << $0) != 0 }.map { seats[$0] }
            let needed = chosen.reduce(0) { $0 + $1.needed }
            let persons = policy.operators.filter { person in chosen.contains { person.roles.contains($0.role) } }
            guard persons.count >= needed else {
                throw policy.source.error(
                    at: path,
                    "\(chosen.map(\.role).joined(separator: " and ")) need \(needed) persons together, and only "
                        + "\(persons.map(\.id).joined(separator: ", ")) have these roles.",
                    remedy: "One person fills one seat: ask for fewer, or give the roles to more persons.",
                    control: "QUORUM-REACHABLE")
            }
        }
    }
}
