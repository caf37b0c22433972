import Groundwork

/// One thing that limits a certificate: its factory, its year, its product.
public struct ScopeField: Sendable, Equatable {
    public let name: String
    public let kind: Kind
    /// The only values that exist, sorted; nil: whatever the kind allows.
    public let allowed: [String]?
    /// The number of each allowed value, `{factory-number}` in templates of object identifiers; empty: none.
    public let numbers: [String: Int64]
    /// A year's window opens this long before 1 January; nil: on it.
    public let early: CalendarDuration?
    /// A year's window closes this long after 31 December; nil: with it.
    public let late: CalendarDuration?

    public init(
        name: String, kind: Kind, allowed: [String]? = nil, numbers: [String: Int64], early: CalendarDuration? = nil,
        late: CalendarDuration? = nil
    ) {
        self.name = name
        self.kind = kind
        self.allowed = allowed
        self.numbers = numbers
        self.early = early
        self.late = late
    }

    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// `[a-z0-9-]{1,32}`, no hyphen at either end: safe in file names, URLs and names.
        case identifier
        /// 2000…2099; gives the certificate its window.
        case year
        /// 1…64 printable ASCII characters, no blank at either end.
        case text
    }
}

/// When certificates of a year may be made: `opens` ≤ time ≤ `closes`.
public struct YearWindow: Sendable, Equatable {
    public let year: Int
    public let opens: Timestamp
    public let closes: Timestamp

    public init(year: Int, opens: Timestamp, closes: Timestamp) {
        self.year = year
        self.opens = opens
        self.closes = closes
    }
}

/// A validity, both ends included.
public struct ValidityPeriod: Sendable, Equatable {
    public let notBefore: Timestamp
    public let notAfter: Timestamp

    public init(notBefore: Timestamp, notAfter: Timestamp) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }
}
