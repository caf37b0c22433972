import Authority
import Groundwork

/// What a drill measured, against what was aimed at.
struct DrillReport {
    /// One phase: what people took, by the drill file or by the clock, and what the machine took.
    struct Measured {
        var phase: DrillFile.Phase
        var people: Duration
        var machine: Duration
        var total: Duration { people + machine }
    }

    /// What a device said.
    struct Judged {
        var name: String
        /// What it said before the incident; it must accept.
        var before: Verdict
        /// What it said in the end; it must refuse.
        var after: Verdict
        /// From the moment in which the server had everything.
        var time: Duration

        var holds: Bool { before.isAccepted && after.isRefused }
    }

    enum Verdict: Equatable {
        case accepted, refused(String), failed(String)

        var isAccepted: Bool { self == .accepted }
        var isRefused: Bool { if case .refused = self { true } else { false } }
        var words: String {
            switch self {
            case .accepted: "accepted"
            case .refused(let why): "refused: \(why)"
            case .failed(let why): "FAILED: \(why)"
            }
        }
    }

    /// A length of time that was aimed at.
    struct Aim {
        /// What it is for: a phase, `total`, or an act of a clock.
        var name: String
        var rule: String
        var limit: CalendarDuration
        var measured: Duration
        var isMet: Bool { measured <= limit.inDrill }
    }

    var title: String
    var authority: String
    var target: String
    var scope: [String: String]
    var reason: RevocationReason
    var declared: Timestamp
    /// The package that was opened; nil where a ceremony was held.
    var package: String?
    var phases: [Measured] = []
    /// Who approved, or typed shares, in the order in which they came.
    var people: [(name: String, roles: [String], time: Duration)] = []
    var devices: [Judged] = []
    var aims: [Aim] = []
    var notices: [String] = []

    var total: Duration { phases.reduce(.zero) { $0 + $1.total } }
    var missed: [Aim] { aims.filter { !$0.isMet } }
    var holds: Bool { missed.isEmpty && devices.allSatisfy(\.holds) }

    /// From the end of one phase to the end of another; nil: from the declaration.
    func time(after start: DrillFile.Phase? = nil, to end: DrillFile.Phase) -> Duration {
        let all = DrillFile.Phase.allCases
        let from = start.flatMap(all.firstIndex).map { $0 + 1 } ?? 0
        guard let to = all.firstIndex(of: end) else { return .zero }
        let wanted = all[from...max(from, to)]
        return phases.filter { wanted.contains($0.phase) }.reduce(.zero) { $0 + $1.total }
    }

    /// Compares with the drill file, the policy and the Forum's rules.
    mutating func compare(_ file: DrillFile, _ clocks: [ResponseClock]) {
        aims = phases.compactMap { measured in
            file.targets[.phase(measured.phase)].map {
                Aim(name: measured.phase.rawValue, rule: "the drill", limit: $0, measured: measured.total)
            }
        }
        if let limit = file.targets[.total] { aims.append(Aim(name: "total", rule: "the drill", limit: limit, measured: total)) }
        aims += clocks.map { clock in
            Aim(
                name: clock.act.rawValue, rule: clock.rule, limit: clock.limit,
                measured: clock.act == .revoke ? time(to: .opened) : time(after: .opened, to: .served))
        }
    }
}

extension DrillFile.Phase {
    /// What happens in it, as people say it.
    var words: String {
        switch self {
        case .written: "the ceremony is written"
        case .planned: "it is planned"
        case .approved: "the quorum has approved"
        case .signed: "it is signed and on record"
        case .gathered: "enough shares are typed"
        case .opened: "the package is open"
        case .published: "it is published"
        case .served: "the server gives it"
        case .refused: "every device refuses"
        }
    }
}

extension CalendarDuration {
    /// A month has 30 days and a year 365: nobody drills for that long.
    var inDrill: Duration { .seconds((Timestamp.epoch.adding(self) ?? .latest).secondsSinceEpoch) }
}

extension Duration {
    var milliseconds: Int64 {
        let (seconds, rest) = components
        return seconds * 1000 + rest / 1_000_000_000_000_000
    }

    /// `0.42 s`, `12.3 s`, `2 hours, 5 minutes`
    var words: String {
        let milliseconds = milliseconds
        guard milliseconds >= 60_000 else {
            let digits = milliseconds < 10_000 ? milliseconds / 10 : milliseconds / 100
            let unit: Int64 = milliseconds < 10_000 ? 100 : 10
            let rest = String(digits % unit)
            let zeros = String(repeating: "0", count: String(unit).count - 1 - rest.count)
            return "\(digits / unit).\(zeros)\(rest) s"
        }
        return Phrase.duration(from: .epoch, to: Timestamp(secondsSinceEpoch: milliseconds / 1000) ?? .latest)
    }
}
