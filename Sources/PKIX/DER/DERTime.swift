/// Times in certificates and CRLs, as seconds since 1970-01-01T00:00:00Z.
///
/// RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050, both with seconds, in UTC, without fractions.
public enum DERTime {
    /// 99991231235959Z, which says that there is no well-defined expiration date (RFC 5280 4.1.2.5).
    public static let noExpiration: Int64 = 253_402_300_799
    /// 1950-01-01T00:00:00Z, the first second that UTCTime can hold.
    public static let earliest: Int64 = -631_152_000
    /// 2050-01-01T00:00:00Z, from which on GeneralizedTime is used.
    static let firstGeneralized: Int64 = 2_524_608_000

    /// The complete element (15 or 17 bytes) for a time between 1950 and 9999.
    public static func encode(_ seconds: Int64) throws(PKIXError) -> [UInt8] {
        try check(seconds)
        return [UInt8](unsafeUninitializedCapacity: maximumLength) { $1 = write(seconds, to: $0) }
    }

    /// As GeneralizedTime whatever the year, as invalidityDate demands (RFC 5280 5.3.2).
    static func encodeGeneralized(_ seconds: Int64) throws(PKIXError) -> [UInt8] {
        try check(seconds)
        return [UInt8](unsafeUninitializedCapacity: maximumLength) { $1 = writeGeneralized(seconds, to: $0) }
    }

    /// Tag, length, and YYYYMMDDHHMMSSZ.
    static let maximumLength = 17

    static func check(_ seconds: Int64) throws(PKIXError) {
        guard (earliest...noExpiration).contains(seconds) else {
            throw PKIXError(.invalidValue, "The time \(seconds) s since 1970 lies outside the years 1950 to 9999.")
        }
    }

    /// Writes the element for a checked time to a buffer of at least ``maximumLength`` bytes; gives the bytes written.
    static func write(_ seconds: Int64, to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        guard seconds < firstGeneralized else { return writeGeneralized(seconds, to: buffer) }
        buffer[0] = DERTag.utcTime
        buffer[1] = 13
        let (date, second) = split(seconds)
        write((date.year % 100, date.month, date.day), second, to: buffer, at: 2)
        return 15
    }

    static func writeGeneralized(_ seconds: Int64, to buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
        buffer[0] = DERTag.generalizedTime
        buffer[1] = 15
        let (date, second) = split(seconds)
        writePair(date.year / 100, to: buffer, at: 2)
        write((date.year % 100, date.month, date.day), second, to: buffer, at: 4)
        return 17
    }

    private static func split(_ seconds: Int64) -> (date: (year: Int64, month: Int64, day: Int64), second: Int64) {
        let second = floorModulo(seconds, 86_400)
        return (civil((seconds - second) / 86_400), second)
    }

    /// YYMMDDHHMMSSZ.
    private static func write(
        _ date: (Int64, Int64, Int64), _ second: Int64, to buffer: UnsafeMutableBufferPointer<UInt8>, at offset: Int
    ) {
        writePair(date.0, to: buffer, at: offset)
        writePair(date.1, to: buffer, at: offset + 2)
        writePair(date.2, to: buffer, at: offset + 4)
        writePair(second / 3600, to: buffer, at: offset + 6)
        writePair(second / 60 % 60, to: buffer, at: offset + 8)
        writePair(second % 60, to: buffer, at: offset + 10)
        buffer[offset + 12] = 0x5A
    }

    private static func writePair(_ value: Int64, to buffer: UnsafeMutableBufferPointer<UInt8>, at offset: Int) {
        buffer[offset] = 0x30 + UInt8(truncatingIfNeeded: value / 10)
        buffer[offset + 1] = 0x30 + UInt8(truncatingIfNeeded: value % 10)
    }

    /// Reads the content of a UTCTime or GeneralizedTime; nil unless it has DER's one form and a date that exists.
    static func decode(tag: UInt8, _ content: some RandomAccessCollection<UInt8>) -> Int64? {
        let pairs = tag == DERTag.utcTime ? 6 : 7
        guard content.count == pairs * 2 + 1, content.last == 0x5A else { return nil }
        var index = content.startIndex
        func pair() -> Int64? {
            let high = content[index] &- 0x30
            content.formIndex(after: &index)
            let low = content[index] &- 0x30
            content.formIndex(after: &index)
            return high < 10 && low < 10 ? Int64(high * 10 + low) : nil
        }
        var century: Int64?
        if tag == DERTag.generalizedTime {
            century = pair()
            guard century != nil else { return nil }
        }
        guard let yearOfCentury = pair(), let month = pair(), let day = pair(), let hour = pair(),
            let minute = pair(), let second = pair()
        else { return nil }
        let year = (century ?? (yearOfCentury >= 50 ? 19 : 20)) * 100 + yearOfCentury
        guard year >= 1950, (1...12).contains(month), day >= 1, hour < 24, minute < 60, second < 60 else { return nil }
        let days = daysSince1970(year: year, month: month, day: day)
        // The 30th of February gives the number of another day.
        guard civil(days) == (year, month, day) else { return nil }
        return days * 86_400 + hour * 3600 + minute * 60 + second
    }

    private static func floorModulo(_ value: Int64, _ modulus: Int64) -> Int64 {
        let rest = value % modulus
        return rest < 0 ? rest + modulus : rest
    }

    /// The proleptic Gregorian date, computed in years that begin in March so that the leap day comes last.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let dayOfEra = floorModulo(shifted, 146_097)
        let era = (shifted - dayOfEra) / 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func daysSince1970(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let yearOfEra = floorModulo(shiftedYear, 400)
        let era = (shiftedYear - yearOfEra) / 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension DERReader {
    /// `Time ::= CHOICE { utcTime UTCTime, generalTime GeneralizedTime }`, with the choice that RFC 5280 demands.
    mutating func readTime(_ field: @autoclosure () -> String) throws(PKIXError) -> Int64 {
        let element = try read(field())
        guard element.tag == DERTag.utcTime || element.tag == DERTag.generalizedTime else {
            throw error("\(field()) should be a time, found \(DERTag.name(element.tag))", at: element.start)
        }
        guard let time = DERTime.decode(tag: element.tag, bytes[element.content]) else {
            throw error("\(field()) is not a time of the form that DER demands", at: element.start)
        }
        guard (time >= DERTime.firstGeneralized) == (element.tag == DERTag.generalizedTime) else {
            throw error("\(field()) must be UTCTime through 2049 and GeneralizedTime from 2050", at: element.start)
        }
        return time
    }

    mutating func readGeneralizedTime(_ field: @autoclosure () -> String) throws(PKIXError) -> Int64 {
        let element = try read(DERTag.generalizedTime, field())
        guard let time = DERTime.decode(tag: element.tag, bytes[element.content]) else {
            throw error("\(field()) is not a time of the form that DER demands", at: element.start)
        }
        return time
    }
}
