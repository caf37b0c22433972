/// Whether persons fill the seats that a rule asks for.
///
/// A person fills one seat, however many roles or keys they have, so this is a matching between seats and persons.
public struct Quorum: Sendable {
    /// For each role: how many seats it has, and who fills them.
    public struct Role: Hashable, Sendable {
        public let role: String
        public let needed: Int
        /// Operator ids, in a maximum matching of persons to seats.
        public let filledBy: [String]
        public var missing: Int { needed - filledBy.count }
    }

    public let roles: [Role]

    public var isReached: Bool { roles.allSatisfy { $0.missing == 0 } }

    /// `1 more officer and 2 more witnesses`
    var missingWords: String {
        roles.filter { $0.missing > 0 }.map { "\($0.missing) more \($0.role)\($0.missing == 1 ? "" : "s")" }
            .joined(separator: " and ")
    }

    /// Finds an assignment of persons to seats that fills as many seats as possible.
    ///
    /// - Parameter approvers: a person who comes more than once counts once.
    public init(_ rule: QuorumRule, approvers: [Approver]) {
        let seats = rule.seats.flatMap { Array(repeating: $0.role, count: $0.needed) }
        let persons = Dictionary(approvers.map { ($0.operator, $0.roles) }, uniquingKeysWith: { first, _ in first })
        var matching = SeatMatching(seats: seats, persons: persons)
        let filled = matching.solve()
        roles = rule.seats.map { seat in
            let people = filled.filter { seats[$0.key] == seat.role }.map(\.value).sorted()
            return Role(role: seat.role, needed: seat.needed, filledBy: people)
        }
    }
}

extension QuorumRule {
    /// Whether these persons together could fill every seat.
    public func isReachable(by persons: [Operator]) -> Bool {
        Quorum(self, approvers: persons.map { Approver(operator: $0.id, name: $0.name, roles: $0.roles, key: "") })
            .isReached
    }
}

/// A maximum bipartite matching by augmenting paths (Kuhn).
private struct SeatMatching {
    let seats: [String]
    let persons: [String: Set<String>]
    private var seatOf: [String: Int] = [:]

    init(seats: [String], persons: [String: Set<String>]) {
        self.seats = seats
        self.persons = persons
    }

    /// The person on each filled seat, by the seat's index.
    mutating func solve() -> [Int: String] {
        for seat in seats.indices {
            var visited: Set<String> = []
            _ = place(seat, &visited)
        }
        return Dictionary(uniqueKeysWithValues: seatOf.map { ($0.value, $0.key) })
    }

    private mutating func place(_ seat: Int, _ visited: inout Set<String>) -> Bool {
        let candidates = persons.filter { $0.value.contains(seats[seat]) }.keys.sorted()
        for person in candidates where visited.insert(person).inserted {
            if let taken = seatOf[person] {
                guard place(taken, &visited) else { continue }
            }
            seatOf[person] = seat
            return true
        }
        return false
    }
}
