import Foundation
import Groundwork
import Ledger
import Testing

struct LedgerWriterTests {
    let fixture: LedgerFixture

    init() throws { fixture = try LedgerFixture() }

    private func writeAll() throws -> LedgerWriter {
        let writer = try LedgerWriter.create(fixture.path)
        for entry in LedgerFixture.entries {
            try writer.append(entry.event, entry.fields, time: #require(Timestamp(rfc3339: entry.time)))
        }
        return writer
    }

    @Test func whatIsWrittenIsWhatOthersWouldWrite() throws {
        let writer = try writeAll()
        #expect(fixture.content(fixture.path) == LedgerFixture.bytes)
        #expect(writer.head.hex == LedgerFixture.head)
        #expect(writer.root.hex == LedgerFixture.root)
        #expect(writer.count == 5)
    }

    @Test func aBatchIsTheSameAsItsEventsOneByOne() throws {
        let writer = try LedgerWriter.create(fixture.path)
        let time = try #require(Timestamp(rfc3339: "2027-03-02T10:00:00Z"))
        let batch = LedgerFixture.entries.prefix(2).map { ($0.event, $0.fields) }
        let events = try writer.append(batch, time: time)
        #expect(events.map(\.index) == [0, 1])
        #expect(events[1].previous == events[0].digest)
        #expect(writer.head == events[1].digest)
        #expect(try writer.append([], time: time) == [])
        #expect(fixture.content(fixture.path) == Array(LedgerFixture.lines.prefix(2).map { $0 + "\n" }.joined().utf8))
    }

    @Test func aLedgerIsContinuedWhereItEnds() throws {
        try fixture.put(lines: Array(LedgerFixture.lines.prefix(4)))
        var replayed: [String] = []
        let writer = try LedgerWriter.open(fixture.path) { replayed.append($0.event) }
        #expect(replayed == LedgerFixture.entries.prefix(4).map(\.event))
        try writer.append("ceremony-closed", time: #require(Timestamp(rfc3339: "2027-03-03T00:00:00Z")))
        #expect(fixture.content(fixture.path) == LedgerFixture.bytes)
        #expect(writer.root.hex == LedgerFixture.root)
    }

    @Test func anExistingLedgerIsNotCreatedAgainAndAMissingOneNotOpened() throws {
        try fixture.put(lines: LedgerFixture.lines)
        #expect(#expect(throws: FileError.self) { try LedgerWriter.create(fixture.path) }?.kind == .exists)
        #expect(fixture.content(fixture.path) == LedgerFixture.bytes)
        #expect(#expect(throws: FileError.self) { try LedgerWriter.open(fixture.folder + "/no") }?.kind == .notFound)
    }

    @Test func onlyOneWriterAtATime() throws {
        var writer: LedgerWriter? = try LedgerWriter.create(fixture.path)
        #expect(writer?.count == 0)
        #expect(#expect(throws: FileError.self) { try LedgerWriter.open(fixture.path) }?.kind == .busy)
        #expect(
            #expect(throws: FileError.self) {
                try LedgerWriter.setAsideTornTail(of: fixture.path, into: fixture.folder + "/torn")
            }?.kind == .busy)
        writer = nil
        _ = try LedgerWriter.open(fixture.path)
    }

    @Test func aWriterThroughASymbolicLinkIsRefused() throws {
        try fixture.put(lines: LedgerFixture.lines)
        symlink(fixture.path, fixture.folder + "/link")
        #expect(throws: FileError.self) { try LedgerWriter.open(fixture.folder + "/link") }
        #expect(throws: FileError.self) { try LedgerWriter.create(fixture.folder + "/link") }
    }

    @Test func aBrokenLedgerIsNotContinued() throws {
        var lines = LedgerFixture.lines
        lines[1] = lines[1].replacingOccurrences(of: "ab", with: "ac")
        try fixture.put(lines: lines)
        #expect(#expect(throws: LedgerError.self) { try LedgerWriter.open(fixture.path) }?.control == .chain)
    }

    @Test func anEventThatCouldNotBeReadIsNotWritten() throws {
        let writer = try writeAll()
        let time = try #require(Timestamp(rfc3339: "2027-03-03T00:00:00Z"))
        var deep: JSONValue = 1
        for _ in 0..<40 { deep = [deep] }
        let bad: [(String, [String: JSONValue], LedgerControl)] = [
            ("", [:], .canonical), ("Signed", [:], .canonical), ("a b", [:], .canonical),
            ("signed", ["index": 7], .canonical), ("signed", ["time": "now"], .canonical),
            ("signed", ["n": .integer(1 << 53)], .canonical), ("signed", ["n": .integer(.min)], .canonical),
            ("signed", ["deep": deep], .canonical),
        ]
        for (event, fields, control) in bad {
            let error = #expect(throws: LedgerError.self) {
                try writer.append([("good", [:]), (event, fields)], time: time)
            }
            #expect(error?.control == control)
            #expect(error?.line == 7)
        }
        let early = try #require(time.adding(seconds: -1))
        #expect(#expect(throws: LedgerError.self) { try writer.append("late", time: early) }?.control == .time)
        #expect(fixture.content(fixture.path) == LedgerFixture.bytes)
        // Nothing was written, so the writer goes on.
        try writer.append("good", time: time)
        #expect(try LedgerReader.read(fixture.path).count == 6)
    }

    @Test(arguments: ["longer", "shorter", "edited", "replaced", "removed"])
    func aLedgerThatChangesUnderTheWriterIsNotContinued(change: String) throws {
        let writer = try writeAll()
        var bytes = LedgerFixture.bytes
        switch change {
        case "longer": bytes += Array("x".utf8)
        case "shorter": bytes.removeLast(10)
        case "edited": bytes[bytes.count - 10] ^= 1
        case "replaced": rename(fixture.path, fixture.path + ".old")
        default: unlink(fixture.path)
        }
        if change == "replaced" {
            try fixture.put(bytes)
        } else if change != "removed" {
            let file = try #require(FileHandle(forWritingAtPath: fixture.path))
            try file.truncate(atOffset: 0)
            try file.write(contentsOf: Data(bytes))
            try file.close()
        }
        let error = #expect(throws: FileError.self) { try writer.append("more", time: .latest) }
        #expect(error?.kind == .busy)
        #expect(throws: FileError.self) { try writer.append("more", time: .latest) }
        if change != "removed" { #expect(fixture.content(fixture.path) == bytes) }
    }

    @Test func afterAFailedWriteNothingMoreIsAppended() async {
        // A limit on file size cuts write(2) short as a full device does. The limit holds for the whole process, hence
        // one of its own.
        await #expect(processExitsWith: .success) {
            let fixture = try LedgerFixture()
            let writer = try LedgerWriter.create(fixture.path)
            try writer.append("genesis", time: .epoch)
            signal(SIGXFSZ, SIG_IGN)
            var small = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
            #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &small) == 0)
            let text = JSONValue.string(String(repeating: "x", count: 600 << 10))
            #expect(throws: FileError.self) {
                try writer.append([("one", ["text": text]), ("two", ["text": text])], time: .epoch)
            }
            let error = #expect(throws: FileError.self) { try writer.append("three", time: .epoch) }
            #expect(error?.description.contains("an earlier append failed") == true)
            #expect(writer.count == 1)
            // Who reads afresh finds what did reach the disk: the first event whole, the second torn.
            let contents = try LedgerReader.read(fixture.path)
            #expect(contents.events.map(\.event) == ["genesis", "one"])
            #expect(contents.tornTail != nil)
        }
    }

    @Test func aTornLineIsSetAsideAtEveryLengthAndNeverLost() throws {
        let whole = Array(LedgerFixture.lines.prefix(4).map { $0 + "\n" }.joined().utf8)
        let last = Array(LedgerFixture.lines[4].utf8)
        for length in 1...last.count {
            let torn = Array(last.prefix(length))
            let aside = "\(fixture.folder)/torn-\(length)"
            try fixture.put(whole + torn)
            #expect(#expect(throws: LedgerError.self) { try LedgerWriter.open(fixture.path) }?.control == .torn)
            #expect(fixture.content(fixture.path) == whole + torn)
            let tail = try LedgerWriter.setAsideTornTail(of: fixture.path, into: aside)
            #expect(tail?.bytes == torn)
            #expect(fixture.content(aside) == torn)
            #expect(fixture.content(fixture.path) == whole)
            #expect(try LedgerWriter.open(fixture.path).count == 4)
        }
    }

    @Test func settingAsideNeverOverwritesAndLeavesAWholeLedgerAlone() throws {
        let aside = "\(fixture.folder)/torn"
        try fixture.put(lines: LedgerFixture.lines)
        #expect(try LedgerWriter.setAsideTornTail(of: fixture.path, into: aside) == nil)
        #expect(fixture.content(aside) == nil)
        try fixture.put(LedgerFixture.bytes + [1])
        try DurableFile.create(aside, [9])
        #expect(
            #expect(throws: FileError.self) {
                try LedgerWriter.setAsideTornTail(of: fixture.path, into: aside)
            }?.kind == .exists)
        #expect(fixture.content(fixture.path) == LedgerFixture.bytes + [1])
        #expect(fixture.content(aside) == [9])
    }
}
