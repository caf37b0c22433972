/// A length of time as people write it: `25y`, `18mo`, `397d`, `12h`, `30m`.
///
/// Years and months follow the calendar; a day is 86,400 seconds.
public struct CalendarDuration: Hashable, Sendable, CustomStringConvertible {
    public enum Unit: String, CaseIterable, Sendable {
        case years = "y"
        case months = "mo"
        case days = "d"
        case hours = "h"
        case minutes = "m"

        var isCalendarAware: Bool { self == .years || self == .months }

        /// In months where the unit follows the calendar, in seconds otherwise.
        var size: Int64 {
            switch self {
            case .years: 12
            case .months: 1
            case .days: 86_400
            case .hours: 3600
            case .minutes: 60
            }
        }
    }

    /// Never negative.
    public let count: Int64
    public let unit: Unit

    /// Nil when the count is negative or beyond 10,000 years.
    public init?(_ count: Int64, _ unit: Unit) {
        let limit: Int64 = unit.isCalendarAware ? 120_000 : 316_000_000_000
        guard count >= 0, count <= limit / unit.size else { return nil }
        self.count = count
        self.unit = unit
    }

    /// A decimal count without leading zeros, and a unit, with nothing between.
    public init?(_ string: some StringProtocol) {
        let digits = string.utf8.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        guard !digits.isEmpty, digits.count <= 12, digits.count == 1 || digits.first != UInt8(ascii: "0"),
            let count = Int64(String(decoding: digits, as: UTF8.self)),
            let unit = Unit(rawValue: String(decoding: string.utf8.dropFirst(digits.count), as: UTF8.self))
        else { return nil }
        self.init(count, unit)
    }

    public var description: String { "\(count)\(unit.rawValue)" }
}
