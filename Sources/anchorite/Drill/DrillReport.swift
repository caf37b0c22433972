import Authority
import Groundwork

/// What a drill measured, against what was aimed at.
struct DrillReport {
    /// One phase: what people took, by the drill file or by the clock, and what the machine took.
    struct Measured {
        var phase: DrillFile.Phase
        var people: Duration
        var machine: Duration
        /// Where the people's time is from; empty where they do nothing.
        var sources: Set<PeopleSource> = []
        /// Why what the phase waits for did not happen, a device each: `deaf goes on accepting`.
        var exceptions: [String] = []

        var total: Duration { people + machine }
        var isReached: Bool { exceptions.isEmpty }

        /// What happened in it.
        var words: String { isReached ? phase.words : "NOT every device refuses: \(Phrase.list(exceptions))" }

        /// `25 minutes (simulated)`
        var peopleWords: String { sources.isEmpty && people == .zero ? "" : "\(people.words)\(sources.note)" }
    }

    /// Where the time that people take is from.
    enum PeopleSource: String {
        /// The drill file says it; nobody did anything.
        case simulated
        /// Somebody was waited for.
        case asked
    }

    /// Somebody who approved, or typed shares.
    struct Person {
        var name: String
        var roles: [String]
        var time: Duration
        var source: PeopleSource
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

        /// Why the drill does not hold for it; nil when it does.
        var exception: String? {
            switch (before, after) {
            case (.accepted, .refused): nil
            case (.accepted, .accepted): "\(name) goes on accepting"
            case (.accepted, .failed): "\(name) failed, and did not refuse"
            case (.refused, _): "\(name) refused before the incident already, which proves nothing"
            case (.failed, _): "\(name) failed before the incident already, which proves nothing"
            }
        }
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
        /// Whether what is aimed at happened at all.
        var isReached = true
        var isMet: Bool { isReached && measured <= limit.inDrill }
        var measuredWords: String { isReached ? measured.words : "not reached in \(measured.words)" }
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
    var people: [Person] = []
    var devices: [Judged] = []
    var aims: [Aim] = []
    var notices: [String] = []

    var total: Duration { phases.reduce(.zero) { $0 + $1.total } }
    var missed: [Aim] { aims.filter { !$0.isMet } }
    var holds: Bool { missed.isEmpty && devices.allSatisfy(\.holds) }
    /// Why not every device refuses as it must; empty when all do.
    var exceptions: [String] { devices.compactMap(\.exception) }

    var sources: Set<PeopleSource> { phases.reduce(into: []) { $0.formUnion($1.sources) } }

    /// What the people's times are worth: a sentence or two.
    var peopleSentence: String {
        switch (sources.contains(.simulated), sources.contains(.asked)) {
        case (true, false):
            "People's times are simulated: they are those of the drill file, and nobody did anything. The machine's are measured. "
                + "What is met here is met if people are as quick as the file says."
        case (false, true): "People's times are asked: somebody was waited for, and the time was taken. The machine's are measured."
        case (true, true):
            "People's times are simulated (those of the drill file, and nobody did anything) or asked (somebody was waited for), "
                + "as each says. The machine's are measured. What is met here is met if people are as quick as the file says."
        case (false, false): "Nobody's time is in it: the drill file gives people none. The machine's are measured."
        }
    }

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
                Aim(
                    name: measured.phase.rawValue, rule: "the drill", limit: $0, measured: measured.total,
                    isReached: measured.isReached)
            }
        }
        if let limit = file.targets[.total] {
            let isReached = phases.allSatisfy(\.isReached)
            aims.append(Aim(name: "total", rule: "the drill", limit: limit, measured: total, isReached: isReached))
        }
        aims += clocks.map { clock in
            Aim(
                name: clock.act.rawValue, rule: clock.rule, limit: clock.limit,
                measured: clock.act == .revoke ? time(to: .opened) : time(after: .opened, to: .served))
        }
    }
}

extension Set<DrillReport.PeopleSource> {
    var words: String { map(\.rawValue).sorted(by: >).joined(separator: " and ") }
    /// What goes with "every target is met".
    var metNote: String { contains(.simulated) ? ", with simulated people" : "" }
    /// ` (simulated)`, or nothing.
    var note: String { isEmpty ? "" : " (\(words))" }
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
