import Groundwork
import StrictYAML

/// An incident that is rehearsed against the clock: what is declared, how long people take, by when each phase should be
/// over, and which devices must refuse in the end.
public struct DrillFile: Sendable {
    public let source: SourceMap
    public let title: String
    public let purpose: String?
    /// The policy that is rehearsed, relative to the folder of this file unless absolute.
    public let policyPath: String
    /// The ceremonies that make the authority in which it happens, in their order.
    public let before: [String]
    public let incident: Incident
    public let people: People
    /// The longest that a phase may take, people and machine together.
    public let targets: [Target: CalendarDuration]
    public let server: Server
    public let devices: [Device]
    /// Whether a break-glass package is opened, in the place of a ceremony.
    public let opensPackage: Bool

    /// What is declared.
    public struct Incident: Sendable, Equatable {
        public let scope: [String: String]
        public let reason: RevocationReason
        /// How long before the declaration the key may have been in the wrong hands.
        public let since: CalendarDuration?
    }

    /// What is measured, in the order in which it happens.
    public enum Phase: String, Sendable, CaseIterable {
        /// From the declaration to the ceremony file.
        case written
        /// To the plan.
        case planned
        /// To the last approval that the quorum needs.
        case approved
        /// To the signed record.
        case signed
        /// To the last share that a package needs, where one is opened in the place of a ceremony.
        case gathered
        /// To the CRL and the bundle that were in it.
        case opened
        /// To the switch of the publication.
        case published
        /// To the moment in which the server gives everything new.
        case served
        /// To the moment in which the last device refuses.
        case refused

        /// Whether there is such a phase where a package is opened, or where a ceremony is held.
        public func happens(openingPackage: Bool) -> Bool {
            switch self {
            case .written, .planned, .approved, .signed: !openingPackage
            case .gathered, .opened: openingPackage
            case .published, .served, .refused: true
            }
        }
    }

    /// A phase, or all of them.
    public enum Target: Hashable, Sendable {
        case phase(Phase)
        case total
    }

    /// How long a person takes.
    public enum Pace: Sendable, Equatable {
        case simulated(CalendarDuration)
        /// The drill waits for the person, and takes the time.
        case asked
    }

    /// The people's part of the phases.
    public struct People: Sendable, Equatable {
        public let phases: [Phase: Pace]
        /// From the plan on, by the operator's id; all begin at once.
        public let approvals: [String: Pace]
        /// From the declaration until the responder has typed the shares that they hold, by the operator's id; all begin at
        /// once.
        public let shares: [String: Pace]
    }

    /// What serves the publication.
    public enum Server: Sendable, Equatable {
        /// With the headers that the publication brings.
        case nginx
        /// A program that serves `{root}` at `{port}` until it is ended.
        case command([String])
    }

    /// A program that does what a device does, and ends with 0 when it accepts.
    public struct Device: Sendable, Equatable {
        public let name: String
        /// `{folder}`, `{url}`, `{crl}` and `{bundle}` are filled in.
        public let command: [String]
        /// What it ends with when it refuses.
        public let refusal: Int
    }
}

extension DrillFile {
    /// Where a file is that this one names.
    public func path(_ named: String) -> String {
        named.hasPrefix("/") ? named : FilePath.joined(FilePath.directory(of: source.file), named)
    }
}
