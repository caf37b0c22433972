import Groundwork

/// How fast an incident is to be answered. Nothing is refused for being late; `revoke` and `status` say so, and drills are
/// measured by it.
public struct ResponseRules: Sendable, Equatable {
    /// From the declaration to the signed revocation; nil: no aim.
    public let revoke: CalendarDuration?
    /// From the signed revocation to its publication; nil: no aim.
    public let publish: CalendarDuration?

    /// No aims.
    public static let none = ResponseRules(revoke: nil, publish: nil)

    public init(revoke: CalendarDuration?, publish: CalendarDuration?) {
        self.revoke = revoke
        self.publish = publish
    }
}
