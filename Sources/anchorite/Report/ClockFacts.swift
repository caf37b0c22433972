import Authority
import Groundwork

/// The clocks of an incident in words.
struct ClockFacts {
    private let clocks: [ResponseClock]
    private let declared: Timestamp
    private let time: Timestamp

    init(_ clocks: [ResponseClock], declared: Timestamp, at time: Timestamp) {
        self.clocks = clocks
        self.declared = declared
        self.time = time
    }

    var isAnyLate: Bool { clocks.contains { $0.act == .revoke && $0.isLate(at: time) } }

    var lines: [String] {
        clocks.map { clock in
            let late = clock.isLate(at: time) ? "LATE " : ""
            let start = clock.act == .revoke ? "\(clock.limit)" : "\(clock.limit) after the revocation"
            let until = clock.act == .revoke ? "by" : "at the latest by"
            return "\(late)\(clock.act.rawValue) \(until) \(Phrase.time(clock.deadline)), "
                + "\(Phrase.distance(of: clock.deadline, from: time)) (\(clock.rule), \(start))"
        }
    }

    var json: JSONValue {
        .array(clocks.map { clock in
            [
                "act": .string(clock.act.rawValue), "rule": .string(clock.rule), "limit": .string(clock.limit.description),
                "deadline": .string(clock.deadline.rfc3339), "late": .boolean(clock.isLate(at: time)),
            ]
        })
    }
}
