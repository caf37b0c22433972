import Glibc

/// A moment in UTC, in whole seconds, from year 0000 to the end of year 9999.
///
/// The proleptic Gregorian calendar without leap seconds, as in RFC 5280 and POSIX.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let secondsSinceEpoch: Int64

    /// 0000-01-01T00:00:00Z.
    public static let earliest = Timestamp(unchecked: -62_167_219_200)
    /// 9999-12-31T23:59:59Z, which in RFC 5280 section 4.1.2.5 means "no well-defined expiration date".
    public static let latest = Timestamp(unchecked: 253_402_300_799)
    public static let epoch = Timestamp(unchecked: 0)

    private init(unchecked seconds: Int64) { secondsSinceEpoch = seconds }

    /// Nil outside the years 0000 to 9999, which RFC 3339 and GeneralizedTime cannot write.
    public init?(secondsSinceEpoch seconds: Int64) {
        guard (Self.earliest.secondsSinceEpoch...Self.latest.secondsSinceEpoch).contains(seconds) else { return nil }
        secondsSinceEpoch = seconds
    }

    /// Nil unless the date exists and the time is between 00:00:00 and 23:59:59.
    public init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        guard (0...9999).contains(year), (1...12).contains(month),
            day >= 1, day <= GregorianCalendar.days(inMonth: month, of: Int64(year)),
            (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second)
        else { return nil }
        let days = GregorianCalendar.days(fromYear: Int64(year), month: Int64(month), day: Int64(day))
        secondsSinceEpoch = days * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }

    /// Reads exactly `YYYY-MM-DDTHH:MM:SSZ`: upper case, UTC, no fraction (a subset of RFC 3339 section 5.6).
    public init?(rfc3339 string: some StringProtocol) {
        let text = Array(string.utf8)
        guard text.count == 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
            text[10] == UInt8(ascii: "T"), text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            text[19] == UInt8(ascii: "Z"),
            let year = Self.number(text[0..<4]), let month = Self.number(text[5..<7]),
            let day = Self.number(text[8..<10]), let hour = Self.number(text[11..<13]),
            let minute = Self.number(text[14..<16]), let second = Self.number(text[17..<19])
        else { return nil }
        self.init(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }

    /// The clock of this machine.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(secondsSinceEpoch: Int64(time.tv_sec)) ?? .latest
    }

    /// `YYYY-MM-DDTHH:MM:SSZ`.
    public var rfc3339: String {
        let parts = components
        var text: [UInt8] = []
        text.reserveCapacity(20)
        Self.append(parts.year, digits: 4, to: &text)
        for (separator, number) in [
            ("-", parts.month), ("-", parts.day), ("T", parts.hour), (":", parts.minute), (":", parts.second),
        ] {
            text.append(contentsOf: separator.utf8)
            Self.append(number, digits: 2, to: &text)
        }
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    public var description: String { rfc3339 }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.secondsSinceEpoch < right.secondsSinceEpoch
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var number = 0
        for digit in digits {
            guard case UInt8(ascii: "0")...UInt8(ascii: "9") = digit else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }

    private static func append(_ number: Int, digits: Int, to text: inout [UInt8]) {
        var divisor = digits == 4 ? 1000 : 10
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }
}

extension Timestamp {
    /// The parts of the moment in UTC; `month` and `day` count from 1.
    public struct Components: Hashable, Sendable {
        public let year, month, day, hour, minute, second: Int
    }

    public var components: Components {
        // Moving the origin to the earliest moment keeps every quotient non-negative.
        let elapsed = secondsSinceEpoch - Self.earliest.secondsSinceEpoch
        let days = elapsed / 86_400 + Self.earliest.secondsSinceEpoch / 86_400
        let inDay = Int(elapsed % 86_400)
        let date = GregorianCalendar.date(ofDay: days)
        return Components(
            year: date.year, month: date.month, day: date.day,
            hour: inDay / 3600, minute: inDay / 60 % 60, second: inDay % 60)
    }

    public var year: Int { components.year }
    public var month: Int { components.month }
    public var day: Int { components.day }

    /// Nil when the result is outside the years 0000 to 9999.
    public func adding(seconds: Int64) -> Timestamp? {
        let (sum, overflow) = secondsSinceEpoch.addingReportingOverflow(seconds)
        return overflow ? nil : Timestamp(secondsSinceEpoch: sum)
    }

    /// Adds years and months by the calendar: the same day of the month, or its last day where that one does not
    /// exist (29 February and one year give 28 February). Nil when the result is outside the years 0000 to 9999.
    public func adding(_ duration: CalendarDuration) -> Timestamp? {
        moved(by: duration, sign: 1)
    }

    /// The same, backwards.
    public func subtracting(_ duration: CalendarDuration) -> Timestamp? {
        moved(by: duration, sign: -1)
    }

    private func moved(by duration: CalendarDuration, sign: Int64) -> Timestamp? {
        let (amount, tooLarge) = duration.count.multipliedReportingOverflow(by: sign * duration.unit.size)
        guard !tooLarge else { return nil }
        guard duration.unit.isCalendarAware else { return adding(seconds: amount) }
        let now = components
        let (months, overflow) = Int64(now.year * 12 + now.month - 1).addingReportingOverflow(amount)
        guard !overflow, (0..<120_000).contains(months) else { return nil }
        let year = months / 12
        let month = Int(months % 12) + 1
        return Timestamp(
            year: Int(year), month: month, day: min(now.day, GregorianCalendar.days(inMonth: month, of: year)),
            hour: now.hour, minute: now.minute, second: now.second)
    }
}
