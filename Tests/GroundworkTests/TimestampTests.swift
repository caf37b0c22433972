import Foundation
import Groundwork
import Testing

struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2027-03-02T10:00:00Z", 1_803_981_600), ("2000-02-29T23:59:59Z", 951_868_799),
        ("1969-12-31T23:59:59Z", -1),
        ("0000-01-01T00:00:00Z", -62_167_219_200), ("0000-02-29T00:00:00Z", -62_162_121_600),
        ("9999-12-31T23:59:59Z", 253_402_300_799), ("2038-01-19T03:14:08Z", 2_147_483_648),
    ] as [(String, Int64)])
    func knownMomentsConvertBothWays(text: String, seconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.secondsSinceEpoch == seconds)
        #expect(Timestamp(secondsSinceEpoch: seconds)?.rfc3339 == text)
    }

    @Test func everyDayOfTheCalendarAgreesWithFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        // Foundation's calendar is Julian before October 1582, so the comparison begins after that.
        for day in stride(from: Int64(-141_000), through: 2_932_896, by: 97) {
            let moment = try #require(Timestamp(secondsSinceEpoch: day * 86_400 + 3_723))
            let date = Date(timeIntervalSince1970: Double(moment.secondsSinceEpoch))
            let expected = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
            let found = moment.components
            #expect(found.year == expected.year && found.month == expected.month && found.day == expected.day)
            #expect(found.hour == expected.hour && found.minute == expected.minute && found.second == expected.second)
        }
    }

    @Test func everyDayComesBackFromItsText() throws {
        for day in stride(from: Int64(-719_528), through: 2_932_896, by: 31) {
            let moment = try #require(Timestamp(secondsSinceEpoch: day * 86_400))
            #expect(Timestamp(rfc3339: moment.rfc3339) == moment)
        }
    }

    @Test(arguments: [
        "2027-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2027-13-01T00:00:00Z", "2027-00-01T00:00:00Z",
        "2027-01-00T00:00:00Z", "2027-04-31T00:00:00Z", "2027-01-01T24:00:00Z", "2027-01-01T00:60:00Z",
        "2016-12-31T23:59:60Z", "2027-01-01t00:00:00Z", "2027-01-01T00:00:00z", "2027-01-01T00:00:00+00:00",
        "2027-01-01T00:00:00.0Z", "2027-01-01 00:00:00Z", "2027-1-01T00:00:00Z", "+027-01-01T00:00:00Z", "",
        "2027-01-01T00:00:00Z ", "٢٠٢٧-01-01T00:00:00Z",
    ])
    func aTimeInAnotherSpellingIsRefused(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(arguments: [
        ("2028-02-29T12:00:00Z", "1y", "2029-02-28T12:00:00Z"), ("2028-02-29T12:00:00Z", "4y", "2032-02-29T12:00:00Z"),
        ("2027-01-31T00:00:00Z", "1mo", "2027-02-28T00:00:00Z"),
        ("2027-12-15T00:00:00Z", "18mo", "2029-06-15T00:00:00Z"),
        ("2027-03-02T10:00:00Z", "397d", "2028-04-02T10:00:00Z"),
        ("2027-03-02T10:00:00Z", "12h", "2027-03-02T22:00:00Z"),
        ("2027-03-02T10:00:00Z", "30m", "2027-03-02T10:30:00Z"),
        ("9974-12-31T23:59:59Z", "25y", "9999-12-31T23:59:59Z"),
    ])
    func durationsFollowTheCalendar(start: String, duration: String, end: String) throws {
        let sum = Timestamp(rfc3339: start)?.adding(try #require(CalendarDuration(duration)))
        #expect(sum?.rfc3339 == end)
    }

    @Test func arithmeticThatLeavesTheCalendarGivesNothing() throws {
        let year = try #require(CalendarDuration("1y"))
        let longest = try #require(CalendarDuration("10000y"))
        #expect(Timestamp.latest.adding(year) == nil)
        #expect(Timestamp.latest.adding(seconds: 1) == nil)
        #expect(Timestamp.latest.adding(seconds: .max) == nil)
        #expect(Timestamp.earliest.adding(seconds: .min) == nil)
        #expect(Timestamp.earliest.subtracting(year) == nil)
        #expect(Timestamp.earliest.adding(longest) == nil)
        #expect(Timestamp(secondsSinceEpoch: .max) == nil)
        #expect(Timestamp(rfc3339: "2028-02-29T00:00:00Z")?.subtracting(year)?.rfc3339 == "2027-02-28T00:00:00Z")
    }

    @Test func durationsAreWrittenInOneWay() {
        for good in ["0d", "25y", "18mo", "397d", "12h", "30m"] { #expect(CalendarDuration(good)?.description == good) }
        for bad in ["", "5", "y", "05d", "-1d", "+1d", "1 d", "1.5h", "1D",
            "1w", "1s", "1yy", "10001y", "999999999999d",
            "99999999999999999999d", "١d"]
        {
            #expect(CalendarDuration(bad) == nil)
        }
    }

    @Test func theClockIsInThisCentury() {
        #expect((2024...2100).contains(Timestamp.now().year))
    }
}
