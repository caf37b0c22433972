/// How many distinct persons of which roles must approve, as `{security-officer: 2 of 3, witness: 1 of 2}`.
public struct QuorumRule: Sendable, Hashable {
    /// In the order of the file; no role twice, at least one.
    public let seats: [QuorumSeats]

    public init(seats: [QuorumSeats]) {
        self.seats = seats
    }

    /// The number of distinct persons that the rule asks for: one person fills one seat.
    public var personsNeeded: Int { seats.reduce(0) { $0 + $1.needed } }
}

/// The seats of one role in a quorum.
public struct QuorumSeats: Sendable, Hashable, CustomStringConvertible {
    public let role: String
    /// How many persons of the role must approve, 1…`of`.
    public let needed: Int
    /// How many operators have the role. Written down so that the policy checks itself.
    public let of: Int

    public init(role: String, needed: Int, of: Int) {
        self.role = role
        self.needed = needed
        self.of = of
    }

    /// `security-officer: 2 of 3`
    public var description: String { "\(role): \(needed) of \(of)" }
}
