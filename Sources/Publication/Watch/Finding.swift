import Groundwork

/// What an endpoint gives, compared with what it should.
public struct Finding: Sendable {
    public enum Verdict: String, Sendable, CaseIterable {
        case fresh
        /// Signed and whole, but something newer is out.
        case stale
        /// The newest, and past its end all the same: a ceremony is overdue.
        case expired
        /// Newer than the authority that it was compared with.
        case ahead
        /// Not what should be there, or not signed by whom it should.
        case wrong
        case unreachable
    }

    public var endpoint: Endpoint
    public var verdict: Verdict
    /// One sentence without a full stop.
    public var reason: String
    /// The CRL number or the bundle's sequence that is served.
    public var number: Int64?
    /// When the first that is newer than the served one was to be had, at the earliest; or when the served one ended.
    public var since: Timestamp?
    /// The nextUpdate of a CRL, the expiry of a bundle that is served.
    public var end: Timestamp?
    /// What devices bear, and the web server's keeper should know.
    public var notice: String?

    public var isFresh: Bool { verdict == .fresh }
}
