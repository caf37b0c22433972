import Foundation
import Groundwork
import Ledger
import Testing

/// Each control is named; each is shown refusing a ledger that breaks it and nothing else.
struct LedgerReaderTests {
    let fixture: LedgerFixture

    init() throws { fixture = try LedgerFixture() }

    @Test func aLedgerMadeElsewhereIsRead() throws {
        try fixture.put(lines: LedgerFixture.lines)
        let contents = try LedgerReader.read(fixture.path)
        #expect(contents.count == 5)
        #expect(contents.head.hex == LedgerFixture.head)
        #expect(contents.root.hex == LedgerFixture.root)
        #expect(contents.merkle.root == contents.root)
        #expect(contents.tornTail == nil)
        try contents.requireWhole()
        #expect(contents.events.map(\.event) == LedgerFixture.entries.map(\.event))
        #expect(contents.events.map(\.fields) == LedgerFixture.entries.map(\.fields))
        #expect(contents.events.map(\.time.rfc3339) == LedgerFixture.entries.map(\.time))
        #expect(contents.events.map { String(decoding: $0.lineBytes, as: UTF8.self) } == LedgerFixture.lines)
        var reader = contents.events[1].reader()
        #expect(try reader.integer("version") == 2)
        #expect(throws: JSONReadingError.self) { try reader.finish() }
    }

    @Test func anEmptyLedgerHasNoHead() throws {
        try fixture.put([])
        let contents = try LedgerReader.read(fixture.path)
        #expect(contents.count == 0)
        #expect(contents.head == .zero)
        #expect(contents.root == MerkleHash.empty)
    }

    @Test(arguments: [
        ("a space", 1, #""index":"#, #""index": "#, LedgerControl.canonical),
        ("a member out of order", 2, #"{"event":"login","index":2,"#, #"{"index":2,"event":"login","#, .canonical),
        ("a member twice", 2, #""ok":true"#, #""ok":true,"ok":true"#, .canonical),
        ("null", 2, "true", "null", .canonical), ("a fraction", 1, #""version":2"#, #""version":2.0"#, .canonical),
        ("a carriage return", 3, "}", "}\r", .canonical), ("an event without name", 2, "login", "", .canonical),
        ("an event with capitals", 2, "login", "Login", .canonical),
        ("no event", 2, #""event":"login","#, "", .canonical),
        ("a skipped index", 3, #""index":3"#, #""index":4"#, .index),
        ("a repeated index", 3, #""index":3"#, #""index":2"#, .index),
        ("a negative index", 0, #""index":0"#, #""index":-1"#, .index),
        ("an index as text", 3, #""index":3"#, #""index":"3""#, .index),
        ("no index", 3, #""index":3,"#, "", .index),
        ("a foreign predecessor", 3, "75ff1b62", "75ff1b63", .chain),
        ("a predecessor of the first", 0, #""previous":"00"#, #""previous":"10"#, .chain),
        ("a predecessor in capitals", 3, "75ff1b62", "75FF1B62", .chain),
        ("a short predecessor", 3, "75ff1b62", "75ff1b", .chain),
        ("a time before the last", 2, "T10:00:05Z", "T09:59:59Z", .time),
        ("a time that does not exist", 2, "T10:00:05Z", "T10:00:60Z", .time),
        ("a time with a zone", 2, "T10:00:05Z", "T10:00:05+00:00", .time),
    ])
    func aDefectIsNamedWithItsLine(
        defect: String, line: Int, old: String, new: String, control: LedgerControl
    ) throws {
        var lines = LedgerFixture.lines
        lines[line] = lines[line].replacingOccurrences(of: old, with: new)
        #expect(lines[line] != LedgerFixture.lines[line])
        try fixture.put(lines: lines)
        let error = #expect(throws: LedgerError.self) { try LedgerReader.read(fixture.path) }
        #expect(error?.control == control, "\(defect): \(String(describing: error))")
        #expect(error?.line == line + 1)
        #expect(error?.description.hasPrefix("\(fixture.path), line \(line + 1): \(control.rawValue): ") == true)
    }

    @Test func linesThatAreNoEventsAreRefused() throws {
        for line in ["", "[]", "17", "{}", "\u{feff}{}"] {
            try fixture.put(lines: [LedgerFixture.lines[0], line, LedgerFixture.lines[1]])
            let error = #expect(throws: LedgerError.self) { try LedgerReader.read(fixture.path) }
            #expect(error?.control == .canonical)
            #expect(error?.line == 2)
        }
    }

    @Test func anEditedLineBreaksTheChainInTheNext() throws {
        var lines = LedgerFixture.lines
        lines[1] = lines[1].replacingOccurrences(of: #""version":2"#, with: #""version":3"#)
        try fixture.put(lines: lines)
        let error = #expect(throws: LedgerError.self) { try LedgerReader.read(fixture.path) }
        #expect(error?.control == .chain)
        #expect(error?.line == 3)
    }

    @Test func aRemovedOrSwappedLineIsNoticed() throws {
        for order in [[0, 2, 3, 4], [1, 2, 3, 4], [0, 1, 3, 2, 4], [0, 1, 1, 2, 3, 4]] {
            try fixture.put(lines: order.map { LedgerFixture.lines[$0] })
            #expect(throws: LedgerError.self) { try LedgerReader.read(fixture.path) }
        }
    }

    @Test func aTornLastLineIsReportedAtEveryLength() throws {
        let whole = LedgerFixture.lines.prefix(4).map { $0 + "\n" }.joined()
        let last = Array(LedgerFixture.lines[4].utf8)
        for length in 1...last.count {
            try fixture.put(Array(whole.utf8) + last.prefix(length))
            let contents = try LedgerReader.read(fixture.path)
            #expect(contents.count == 4)
            #expect(contents.tornTail?.bytes == Array(last.prefix(length)))
            #expect(contents.tornTail?.line == 5)
            #expect(contents.tornTail?.offset == Int64(whole.utf8.count))
            let error = #expect(throws: LedgerError.self) { try contents.requireWhole() }
            #expect(error?.control == .torn)
            #expect(error?.line == 5)
        }
    }

    @Test func readingNeedsNeitherLockNorWriteAccess() throws {
        let writer = try LedgerWriter.create(fixture.path)
        try writer.append("genesis", time: .epoch)
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: fixture.path)
        let before = try FileManager.default.attributesOfItem(atPath: fixture.path)[.modificationDate] as? Date
        #expect(try LedgerReader.read(fixture.path).head == writer.head)
        let after = try FileManager.default.attributesOfItem(atPath: fixture.path)[.modificationDate] as? Date
        #expect(before == after)
    }

    @Test func longAndManyLinesPassThroughOneBuffer() throws {
        let writer = try LedgerWriter.create(fixture.path)
        let long = String(repeating: "x", count: 3 << 20)
        try writer.append([("short", [:]), ("long", ["text": .string(long)]), ("short", [:])], time: .epoch)
        try writer.append((0..<20_000).map { ("many", ["n": .integer($0)]) }, time: .epoch)
        var count: Int64 = 0
        var bytes = 0
        let (chain, tornTail) = try LedgerReader.forEachEvent(fixture.path) { event, line, chain in
            count += 1
            bytes += line.count + 1
            #expect(chain.count == count && chain.head == event.digest)
        }
        #expect(count == 20_003)
        #expect(chain.root == writer.root && chain.head == writer.head)
        #expect(tornTail == nil)
        #expect(fixture.content(fixture.path)?.count == bytes)
        var indices: [Int64] = []
        try LedgerReader.forEachLine(fixture.path) { _, index in indices.append(index) }
        #expect(indices == Array(0..<20_003))
    }

    @Test func aLineWithoutEndIsNotReadForEver() throws {
        try fixture.put([UInt8](repeating: UInt8(ascii: "x"), count: LedgerReader.maximumLineBytes + 1))
        #expect(#expect(throws: FileError.self) { try LedgerReader.read(fixture.path) }?.kind == .tooLarge)
        let writer = try LedgerWriter.create(fixture.path + "2")
        let text = JSONValue.string(String(repeating: "x", count: LedgerReader.maximumLineBytes))
        let error = #expect(throws: LedgerError.self) { try writer.append("long", ["text": text], time: .epoch) }
        #expect(error?.control == .canonical)
    }

    @Test func onlyRegularFilesAreLedgers() throws {
        mkfifo(fixture.path, 0o600)
        let error = #expect(throws: FileError.self) { try LedgerReader.read(fixture.path) }
        #expect(error?.kind == .notRegular)
        #expect(throws: FileError.self) { try LedgerReader.read(fixture.folder) }
        #expect(#expect(throws: FileError.self) { try LedgerReader.read(fixture.folder + "/no") }?.kind == .notFound)
    }
}
