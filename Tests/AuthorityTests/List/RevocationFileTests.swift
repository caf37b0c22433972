import Crypto
import Foundation
import Groundwork
import PKIX
import Testing

@testable import Authority

/// The CSV files that CRLs of devices are made from.
struct RevocationFileTests {
    private let folder = try! TemporaryFolder()
    private let latest = Timestamp(rfc3339: "2027-06-01T12:00:00Z")!

    private func read(
        _ text: String, maximum: Int = 1000
    ) throws -> (entries: [PlainRevokedEntry], bad: String?, summary: RevocationFile.Summary) {
        let path = "\(folder.path)/revoked.csv"
        try Data(text.utf8).write(to: URL(filePath: path))
        var file = try RevocationFile(path, latest: latest, maximumEntries: maximum)
        var bad = BadLines()
        var entries: [PlainRevokedEntry] = []
        let summary = try file.read(&bad) { entry, _ in entries.append(entry) }
        return (entries, bad.sentence(about: "revoked.csv"), summary)
    }

    private func entry(_ hex: String, _ date: String, _ reason: CRLReason? = nil, _ invalidity: String? = nil) throws -> PlainRevokedEntry {
        PlainRevokedEntry(
            serial: try #require(SerialKey(hexDigits: Array(hex.utf8))),
            revocationDate: try #require(Timestamp(rfc3339: date)).secondsSinceEpoch, reason: reason,
            invalidityDate: invalidity.flatMap { Timestamp(rfc3339: $0)?.secondsSinceEpoch })
    }

    @Test func `lines become entries`() throws {
        let text = """
            serial,date,reason
            0A1b,2027-03-02T10:00:00Z,keyCompromise
            ff,2027-03-02T10:00:00+02:00,
            01,2027-03-02T10:00:00.999-01:30,superseded
            02,2027-06-01T12:00:00Z,unspecified

            """
        let (entries, bad, summary) = try read(text)
        #expect(bad == nil)
        #expect(try entries == [
            entry("0a1b", "2027-03-02T10:00:00Z", .keyCompromise), entry("ff", "2027-03-02T08:00:00Z"),
            entry("01", "2027-03-02T11:30:00Z", .superseded), entry("02", "2027-06-01T12:00:00Z"),
        ])
        #expect(summary.digest == Digest(of: Array(text.utf8)))
        #expect(summary.size == text.utf8.count)
    }

    @Test func `a fourth column says since when`() throws {
        let (entries, bad, _) = try read(
            "serial,date,reason,invalidity\r\n01,2027-03-02T10:00:00Z,keyCompromise,2027-02-01T00:00:00Z\r\n02,2027-03-02T10:00:00Z,,\r\n")
        #expect(bad == nil)
        #expect(try entries == [
            entry("01", "2027-03-02T10:00:00Z", .keyCompromise, "2027-02-01T00:00:00Z"), entry("02", "2027-03-02T10:00:00Z"),
        ])
    }

    @Test func `a header alone is a file without entries`() throws {
        let (entries, bad, _) = try read("serial,date,reason\n")
        #expect(entries.isEmpty)
        #expect(bad == nil)
    }

    @Test(arguments: [
        ("0g,2027-03-02T10:00:00Z,", "\"0g\" is no serial number"),
        ("00,2027-03-02T10:00:00Z,", "\"00\" is no serial number"),
        ("123,2027-03-02T10:00:00Z,", "\"123\" is no serial number"),
        (",2027-03-02T10:00:00Z,", "\"\" is no serial number"),
        ("800000000000000000000000000000000000000000,2027-03-02T10:00:00Z,", "is no serial number"),
        ("01,2027-03-02,", "\"2027-03-02\" is no date of RFC 3339"),
        ("01,2027-02-30T10:00:00Z,", "is no date"), ("01,2027-03-02 10:00:00Z,", "is no date"),
        ("01,2027-03-02T10:00:00,", "is no date"), ("01,2027-03-02T10:00:00.Z,", "is no date"),
        ("01,2027-03-02T10:00:00+0200,", "is no date"), ("01,2027-03-02T24:00:00Z,", "is no date"),
        ("01,1949-12-31T23:59:59Z,", "lies before 1950"),
        ("01,2027-06-01T12:00:01Z,", "lies after the CRL's thisUpdate"),
        ("01,2027-03-02T10:00:00Z,keycompromise", "\"keycompromise\" is no reason. Reasons: unspecified, keyCompromise"),
        ("01,2027-03-02T10:00:00Z,certificateHold", "the reason certificateHold does not stand in a CRL of ours"),
        ("01,2027-03-02T10:00:00Z,removeFromCRL", "the reason removeFromCRL does not stand in a CRL of ours"),
        ("01,2027-03-02T10:00:00Z", "it has 2 fields, not 3"), ("01,2027-03-02T10:00:00Z,,", "it has 4 fields, not 3"),
        ("", "it is empty"), ("\"01\",2027-03-02T10:00:00Z,", "is no serial number"),
        (" 01,2027-03-02T10:00:00Z,", "is no serial number"),
    ])
    func `a bad line is told with its number`(line: String, problem: String) throws {
        let (entries, bad, _) = try read("serial,date,reason\n01,2027-03-02T10:00:00Z,\n\(line)\n02,2027-03-02T10:00:00Z,\n")
        #expect(entries.count == 2)
        let text = try #require(bad)
        #expect(text.hasPrefix("revoked.csv has one bad line:\n  line 3: "), "\(text)")
        #expect(text.contains(problem), "\(text)")
    }

    @Test(arguments: [
        "", "serial,date\n", "Serial,date,reason\n", "serial,date,reason,since\n", "serial;date;reason\n", "serial, date, reason\n",
        "\u{FEFF}serial,date,reason\n", "01,2027-03-02T10:00:00Z,\n",
    ])
    func `the first line names the columns`(text: String) throws {
        let bad = try #require(try read(text).bad)
        #expect(bad.contains("line 1: "), "\(bad)")
    }

    @Test func `all bad lines are told at once, up to a hundred`() throws {
        let lines = (2...400).map { $0.isMultiple(of: 2) ? "xx,2027-03-02T10:00:00Z," : "0101,2027-03-02T10:00:00Z," }
        let (entries, bad, _) = try read("serial,date,reason\n" + lines.joined(separator: "\n") + "\n")
        #expect(entries.count == 199)
        let text = try #require(bad)
        #expect(text.hasPrefix("revoked.csv has 200 bad lines:\n  line 2: "))
        #expect(text.contains("\n  line 200: "))
        #expect(!text.contains("\n  line 202: "))
        #expect(text.hasSuffix("\n  and 100 more"))
    }

    @Test func `a file that is cut off is refused`() throws {
        let bad = try #require(try read("serial,date,reason\n01,2027-03-02T10:00:00Z,keyComp").bad)
        #expect(bad.contains("line 2: it does not end with a line feed"))
    }

    @Test func `a line of any length is survived`() throws {
        let long = String(repeating: "a", count: 3_000_000)
        let (entries, bad, _) = try read("serial,date,reason\n\(long)\n01,2027-03-02T10:00:00Z,\n")
        #expect(entries.count == 1)
        #expect(try #require(bad).hasPrefix("revoked.csv has one bad line:\n  line 2: "))
        #expect(try #require(try read("serial,date,reason\n\(long)").bad).contains("line 2: "))
        let zeros = String(repeating: "\0", count: 2_000)
        #expect(try #require(try read("serial,date,reason\n\(zeros)\n").bad).contains("line 2: it has 1 fields"))
    }

    @Test func `lines are read the same wherever a piece of the file ends`() throws {
        // Lines of 45 octets cross the borders of the pieces in which the file is read.
        let count = 60_000
        let lines = (1...count).map { "\(String(format: "%016x", $0)),2027-03-02T10:00:00Z,superseded" }
        let (entries, bad, _) = try read("serial,date,reason\n" + lines.joined(separator: "\n") + "\n", maximum: count)
        #expect(bad == nil)
        #expect(entries.count == count)
        #expect(entries.last?.serial == SerialKey(hexDigits: Array(String(format: "%016x", count).utf8)))
    }

    @Test func `more entries than the policy allows are refused`() throws {
        let text = "serial,date,reason\n01,2027-03-02T10:00:00Z,\n02,2027-03-02T10:00:00Z,\n"
        #expect(throws: PlanError.self) { try read(text, maximum: 1) }
        #expect(try read(text, maximum: 2).entries.count == 2)
    }

    @Test func `what is no file is refused`() {
        #expect(throws: PlanError.self) { _ = try RevocationFile(folder.path, latest: latest, maximumEntries: 1) }
        #expect(throws: PlanError.self) { _ = try RevocationFile("\(folder.path)/absent", latest: latest, maximumEntries: 1) }
    }
}
