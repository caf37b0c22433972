import Groundwork

/// When certificate revocation lists are due, by kind of issuer, and where they are found.
public struct CRLRules: Sendable, Equatable {
    /// For roots.
    public let root: CRLSchedule
    /// For intermediates.
    public let intermediate: CRLSchedule
    /// The distribution points of every certificate whose profile names none of its own; roots have none.
    /// `{issuer}` becomes the issuer's file name.
    public let urls: [Template]

    public init(root: CRLSchedule, intermediate: CRLSchedule, urls: [Template]) {
        self.root = root
        self.intermediate = intermediate
        self.urls = urls
    }

    /// The schedule of an issuer made under a profile of this kind; nil for what issues nothing.
    public func schedule(for kind: ProfileKind) -> CRLSchedule? {
        switch kind {
        case .root: root
        case .intermediate: intermediate
        case .endEntity, .bundleSigner, .recordKey: nil
        }
    }
}

/// How long a CRL is good, and when its successor is due.
public struct CRLSchedule: Sendable, Equatable {
    /// nextUpdate − thisUpdate.
    public let nextUpdate: CalendarDuration
    /// The next CRL is due this long before nextUpdate, so that devices hold a good one without a gap.
    public let overlap: CalendarDuration
    /// How many CRLs may be signed at once for the months to come, the first among them; nil: one at a time.
    public let series: Int?
    /// Into how many the CRLs of an issuer are split, by serial number; nil: one holds all.
    public let shards: Int?
    /// How long a delta CRL is good, which goes with every CRL; nil: there is none.
    public let delta: CalendarDuration?

    public init(
        nextUpdate: CalendarDuration, overlap: CalendarDuration, series: Int? = nil, shards: Int? = nil,
        delta: CalendarDuration? = nil
    ) {
        self.nextUpdate = nextUpdate
        self.overlap = overlap
        self.series = series
        self.shards = shards
        self.delta = delta
    }
}
