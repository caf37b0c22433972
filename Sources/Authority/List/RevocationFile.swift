import Crypto
import Glibc
import Groundwork
import PKIX
import StrictYAML

/// A CSV file of revoked certificates: `serial,date,reason` and perhaps `,invalidity`, a line each, read once from its
/// first line to its last in constant memory.
struct RevocationFile: ~Copyable {
    static let header = "serial,date,reason"
    static let longHeader = "serial,date,reason,invalidity"
    /// The longest line that can be good has 130 bytes.
    private static let maximumLine = 1024
    private static let chunk = 1 << 20

    /// What a CRL may not say, or not of a device.
    private static let refused: Set<CRLReason> = [.certificateHold, .removeFromCRL]

    private static let reasons = CRLReason.allCases.map { (name: Array($0.description.utf8), reason: $0) }

    /// What was read.
    struct Summary {
        var digest: Groundwork.Digest
        var size: Int64
    }

    private let path: String
    private let file: FileDescriptor
    /// No date of an entry lies after this.
    private let latest: Int64
    private let maximumEntries: Int
    private var hasInvalidity = false
    private var line = 0
    private var entries = 0

    /// - Throws: ``PlanError`` with control CRL-ENTRIES when it cannot be read.
    init(_ path: String, latest: Timestamp, maximumEntries: Int) throws(PlanError) {
        file = try Self.open(path)
        self.path = path
        self.latest = latest.secondsSinceEpoch
        self.maximumEntries = maximumEntries
    }

    private static func open(_ path: String) throws(PlanError) -> FileDescriptor {
        do throws(FileError) {
            let file = try FileDescriptor.open(path, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY)
            try file.requireRegularFile()
            return file
        } catch {
            throw PlanError(
                .listEntries, "\(error)".withoutFullStop,
                advice: "A plan does not hold the entries: bring the file that the ceremony names")
        }
    }

    /// Reads the whole file. Bad lines go to `bad`; the good ones to `body`, with their numbers.
    ///
    /// - Throws: ``PlanError`` when the file cannot be read, or has more entries than the policy allows.
    mutating func read(
        _ bad: inout BadLines, _ body: (PlainRevokedEntry, UInt32) throws(PlanError) -> Void
    ) throws(PlanError) -> Summary {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunk + Self.maximumLine, alignment: 16)
        defer { buffer.deallocate() }
        var hash = SHA256()
        var size: Int64 = 0
        var kept = 0
        var isSkipping = false
        while true {
            let target = UnsafeMutableRawBufferPointer(rebasing: buffer[kept..<kept + Self.chunk])
            let got: Int
            do { got = try file.read(into: target) } catch { throw PlanError(.listEntries, "\(error)") }
            if got == 0 { break }
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: target[..<got]))
            size += Int64(got)
            let filled = kept + got
            var start = 0
            while start < filled, let end = Self.lineFeed(buffer, start, filled) {
                if isSkipping {
                    isSkipping = false
                } else {
                    let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[start..<end])
                    try judge(bytes.bindMemory(to: UInt8.self), &bad, body)
                }
                start = end + 1
            }
            kept = filled - start
            if isSkipping || kept > Self.maximumLine {
                if !isSkipping {
                    line += 1
                    bad.add(line, "it is longer than \(Self.maximumLine) bytes")
                }
                isSkipping = true
                kept = 0
            } else if kept > 0 {
                if let base = buffer.baseAddress { memmove(base, base + start, kept) }
            }
        }
        if kept > 0 || isSkipping {
            if !isSkipping { line += 1 }
            bad.add(line, "it does not end with a line feed, as if the file were cut off")
        }
        if line == 0 { bad.add(1, "it is missing; the first line is \(Self.header)") }
        return Summary(digest: Groundwork.Digest(hash.finalize()), size: size)
    }

    private static func lineFeed(_ buffer: UnsafeMutableRawBufferPointer, _ start: Int, _ end: Int) -> Int? {
        guard let base = buffer.baseAddress, let found = memchr(base + start, 0x0A, end - start) else { return nil }
        return found - UnsafeMutableRawPointer(base)
    }

    private mutating func judge(
        _ whole: UnsafeBufferPointer<UInt8>, _ bad: inout BadLines,
        _ body: (PlainRevokedEntry, UInt32) throws(PlanError) -> Void
    ) throws(PlanError) {
        line += 1
        let hasReturn = whole.last == 0x0D
        let bytes = UnsafeBufferPointer(rebasing: whole[..<(whole.count - (hasReturn ? 1 : 0))])
        guard line > 1 else { return judgeHeader(bytes, &bad) }
        do throws(BadLine) {
            let entry = try entry(bytes)
            entries += 1
            guard entries <= maximumEntries else {
                throw .refused(PlanError(
                    .limits, "\(path) has more than the \(maximumEntries) entries that the policy allows",
                    advice: "Raise limits.maximum-crl-entries by a change of policy, if devices can read such a CRL"))
            }
            do throws(PlanError) { try body(entry, UInt32(truncatingIfNeeded: line)) } catch { throw .refused(error) }
        } catch {
            switch error {
            case .problem(let text): bad.add(line, text)
            case .refused(let error): throw error
            }
        }
    }

    private enum BadLine: Error {
        case problem(String)
        case refused(PlanError)
    }

    private mutating func judgeHeader(_ bytes: UnsafeBufferPointer<UInt8>, _ bad: inout BadLines) {
        switch String(decoding: bytes.prefix(64), as: UTF8.self) {
        case Self.header: hasInvalidity = false
        case Self.longHeader: hasInvalidity = true
        case let found where bytes.starts(with: [0xEF, 0xBB, 0xBF]):
            hasInvalidity = found.hasSuffix("invalidity")
            bad.add(1, "it begins with a byte order mark, which does not belong there")
        case let found:
            hasInvalidity = found.hasSuffix("invalidity")
            bad.add(1, "it is not the names of the columns, \(Self.header) or \(Self.longHeader)")
        }
    }

    /// `serial,date,reason[,invalidity]`.
    private func entry(_ bytes: UnsafeBufferPointer<UInt8>) throws(BadLine) -> PlainRevokedEntry {
        let wanted = hasInvalidity ? 4 : 3
        var fields = (bytes[0..<0], bytes[0..<0], bytes[0..<0], bytes[0..<0])
        var count = 0
        var start = 0
        for index in 0...bytes.count where index == bytes.count || bytes[index] == UInt8(ascii: ",") {
            let field = bytes[start..<index]
            switch count {
            case 0: fields.0 = field
            case 1: fields.1 = field
            case 2: fields.2 = field
            default: fields.3 = field
            }
            count += 1
            start = index + 1
        }
        guard count == wanted else {
            throw .problem(bytes.isEmpty ? "it is empty" : "it has \(count) fields, not \(wanted)")
        }
        guard let serial = SerialKey(hexDigits: UnsafeBufferPointer(rebasing: fields.0)) else {
            throw .problem(
                "\(Self.shown(fields.0)) is no serial number: pairs of hexadecimal digits, positive, at most 20 octets")
        }
        let date = try date(fields.1, "date")
        let reason = try reason(fields.2)
        let invalidity = hasInvalidity && !fields.3.isEmpty ? try self.date(fields.3, "invalidity") : nil
        return PlainRevokedEntry(serial: serial, revocationDate: date, reason: reason, invalidityDate: invalidity)
    }

    private func date(_ field: Slice<UnsafeBufferPointer<UInt8>>, _ name: String) throws(BadLine) -> Int64 {
        guard let seconds = RFC3339.seconds(UnsafeBufferPointer(rebasing: field)) else {
            throw .problem("\(Self.shown(field)) is no \(name) of RFC 3339, as 2027-03-02T10:00:00Z")
        }
        guard seconds >= DERTime.earliest else { throw .problem("the \(name) \(Self.shown(field)) lies before 1950") }
        guard seconds <= latest else {
            throw .problem("the \(name) \(Self.shown(field)) lies after the CRL's thisUpdate")
        }
        return seconds
    }

    private func reason(_ field: Slice<UnsafeBufferPointer<UInt8>>) throws(BadLine) -> CRLReason? {
        guard !field.isEmpty else { return nil }
        for (name, reason) in Self.reasons where name.count == field.count && field.elementsEqual(name) {
            guard !Self.refused.contains(reason) else {
                throw .problem("the reason \(reason) does not stand in a CRL of ours")
            }
            return reason
        }
        let known = CRLReason.allCases.filter { !Self.refused.contains($0) }.map(\.description)
        let found = String(decoding: field.prefix(40), as: UTF8.self)
        throw .problem("\(Self.shown(field)) is no reason. \(Suggestion.sentence("Reasons", known, for: found))".withoutFullStop)
    }

    private static func shown(_ field: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        Shown.text("\"\(String(decoding: field.prefix(60), as: UTF8.self))\"")
    }
}

/// A date-time of RFC 3339 section 5.6, with any offset; fractions of a second are dropped, for a CRL has none.
enum RFC3339 {
    static func seconds(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard text.count >= 20, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"), text[10] == UInt8(ascii: "T"),
            text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"),
            let century = pair(text, 0), let year = pair(text, 2), let month = pair(text, 5), let day = pair(text, 8),
            let hour = pair(text, 11), let minute = pair(text, 14), let second = pair(text, 17),
            let time = Timestamp(
                year: century * 100 + year, month: month, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        var position = 19
        if text[position] == UInt8(ascii: ".") {
            position += 1
            let start = position
            while position < text.count, (0x30...0x39).contains(text[position]) { position += 1 }
            guard position > start else { return nil }
        }
        guard position < text.count else { return nil }
        switch text[position] {
        case UInt8(ascii: "Z"):
            return position + 1 == text.count ? time.secondsSinceEpoch : nil
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard text.count == position + 6, text[position + 3] == UInt8(ascii: ":"),
                let hours = pair(text, position + 1), let minutes = pair(text, position + 4), hours < 24, minutes < 60
            else { return nil }
            let offset = Int64(hours * 3600 + minutes * 60)
            return time.secondsSinceEpoch - (text[position] == UInt8(ascii: "+") ? offset : -offset)
        default:
            return nil
        }
    }

    private static func pair(_ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Int? {
        let high = text[position] &- 0x30
        let low = text[position + 1] &- 0x30
        return high < 10 && low < 10 ? Int(high * 10 + low) : nil
    }
}
