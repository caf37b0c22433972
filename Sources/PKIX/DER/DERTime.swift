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
        guard (earliest...noExpiration).contains(seconds) else { throw outOfRange(seconds) }
        guard seconds >= firstGeneralized else {
            return [DERTag.utcTime, 13] + digits(seconds).dropFirst(2) + [0x5A]
        }
        return try encodeGeneralized(seconds)
    }

    /// As GeneralizedTime whatever the year, as invalidityDate demands (RFC 5280 5.3.2).
    static func encodeGeneralized(_ seconds: Int64) throws(PKIXError) -> [UInt8] {
        guard (earliest...noExpiration).contains(seconds) else { throw outOfRange(seconds) }
        return [DERTag.generalizedTime, 15] + digits(seconds) + [0x5A]
    }

    private static func outOfRange(_ seconds: Int64) -> PKIXError {
        PKIXError(.invalidValue, "The time \(seconds) s since 1970 lies outside the years 1950 to 9999.")
    }

    /// YYYYMMDDHHMMSS in ASCII. `seconds` lies between 1950 and 9999.
    private static func digits(_ seconds: Int64) -> [UInt8] {
        let days = (seconds - floorModulo(seconds, 86_400)) / 86_400
        let second = floorModulo(seconds, 86_400)
        let (year, month, day) = civil(days)
        var result: [UInt8] = []
        result.reserveCapacity(14)
        func append(_ value: Int64) {
            result.append(0x30 + UInt8(value / 10))
            result.append(0x30 + UInt8(value % 10))
        }
        append(year / 100)
        append(year % 100)
        append(month)
        append(day)
        append(second / 3600)
        append(second / 60 % 60)
        append(second % 60)
        return result
    }

    /// Reads the content of a UTCTime or GeneralizedTime; nil unless it has DER's one form and a date that exists.
    static func decode(tag: UInt8, _ content: some Collection<UInt8>) -> Int64? {
        var numbers: [Int64] = []
        var tens: Int64?
        guard content.count == (tag == DERTag.utcTime ? 13 : 15) else { return nil }
        for (index, byte) in content.enumerated() {
            if index == content.count - 1 {
                guard byte == 0x5A else { return nil }
                break
            }
            guard (0x30...0x39).contains(byte) else { return nil }
            let digit = Int64(byte - 0x30)
            if let high = tens {
                numbers.append(high * 10 + digit)
                tens = nil
            } else {
                tens = digit
            }
        }
        if tag == DERTag.utcTime { numbers.insert(numbers[0] >= 50 ? 19 : 20, at: 0) }
        guard numbers.count == 7 else { return nil }
        let year = numbers[0] * 100 + numbers[1]
        guard year >= 1950, (1...12).contains(numbers[2]), numbers[3] >= 1, numbers[4] < 24, numbers[5] < 60,
            numbers[6] < 60
        else { return nil }
        let days = daysSince1970(year: year, month: numbers[2], day: numbers[3])
        guard civil(days) == (year, numbers[2], numbers[3]) else { return nil }
        return days * 86_400 + numbers[4] * 3600 + numbers[5] * 60 + numbers[6]
    }

    private static func floorModulo(_ value: Int64, _ modulus: Int64) -> Int64 {
        let rest = value % modulus
        return rest < 0 ? rest + modulus : rest
    }

    /// The proleptic Gregorian date, computed in years that begin in March so that the leap day comes last.
    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
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
    mutating func readTime(_ field: String) throws(PKIXError) -> Int64 {
        let element = try read(field)
        guard element.tag == DERTag.utcTime || element.tag == DERTag.generalizedTime else {
            throw error("\(field) should be a time, found \(DERTag.name(element.tag))", at: element.start)
        }
        guard let time = DERTime.decode(tag: element.tag, bytes[element.content]) else {
            throw error("\(field) is not a time of the form that DER demands", at: element.start)
        }
        guard (time >= DERTime.firstGeneralized) == (element.tag == DERTag.generalizedTime) else {
            throw error("\(field) must be UTCTime through 2049 and GeneralizedTime from 2050", at: element.start)
        }
        return time
    }

    mutating func readGeneralizedTime(_ field: String) throws(PKIXError) -> Int64 {
        let element = try read(DERTag.generalizedTime, field)
        guard let time = DERTime.decode(tag: element.tag, bytes[element.content]) else {
            throw error("\(field) is not a time of the form that DER demands", at: element.start)
        }
        return time
    }
}
