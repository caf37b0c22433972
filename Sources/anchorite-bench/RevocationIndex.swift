import Glibc
import Groundwork
import PKIX

/// Reads the `index.txt` that `openssl ca` keeps, line by line, in the memory of one line:
/// status, expiry, revocation date with reason, serial number, file, subject, separated by tabs.
struct RevocationIndex: ~Copyable {
    private let stream: UnsafeMutablePointer<FILE>
    private let path: String
    private var line: UnsafeMutablePointer<CChar>?
    private var capacity = 0
    private var number = 0

    init(_ path: String) throws(BenchError) {
        guard let stream = fopen(path, "re") else { throw BenchError("\(path) cannot be opened.") }
        self.stream = stream
        self.path = path
    }

    deinit {
        free(line)
        fclose(stream)
    }

    /// The next revoked certificate; nil at the end.
    mutating func next() throws(BenchError) -> RevokedEntry? {
        while true {
            let count = getline(&line, &capacity, stream)
            guard count > 0, let line else { return nil }
            number += 1
            let bytes = UnsafeRawBufferPointer(start: line, count: count)
            guard bytes[0] == UInt8(ascii: "R") else { continue }
            guard let entry = Self.entry(bytes) else { throw BenchError("\(path), line \(number) is not understood.") }
            return entry
        }
    }

    private static func entry(_ line: UnsafeRawBufferPointer) -> RevokedEntry? {
        var fields = line.split(separator: UInt8(ascii: "\t"), maxSplits: 4, omittingEmptySubsequences: false)[...]
        guard fields.count == 5 else { return nil }
        fields.removeFirst(2)
        guard let revocation = fields.popFirst(), let digits = fields.popFirst() else { return nil }
        let parts = revocation.split(separator: UInt8(ascii: ","), maxSplits: 1)
        guard let date = parts.first.flatMap({ time($0) }), let serial = octets(digits) else { return nil }
        let reason = parts.count == 2 ? reason(parts[1]) : nil
        return RevokedEntry(serialNumber: serial, revocationDate: date, reason: reason)
    }

    /// `YYMMDDHHMMSSZ`.
    private static func time(_ text: Slice<UnsafeRawBufferPointer>) -> Int64? {
        guard text.count == 13, text.last == UInt8(ascii: "Z") else { return nil }
        var parts = tm()
        func pair(_ position: Int) -> Int32 {
            let start = text.startIndex + position * 2
            return Int32(text[start] &- 0x30) * 10 + Int32(text[start + 1] &- 0x30)
        }
        let year = pair(0)
        parts.tm_year = year < 50 ? year + 100 : year
        parts.tm_mon = pair(1) - 1
        parts.tm_mday = pair(2)
        parts.tm_hour = pair(3)
        parts.tm_min = pair(4)
        parts.tm_sec = pair(5)
        return Int64(timegm(&parts))
    }

    private static func octets(_ digits: Slice<UnsafeRawBufferPointer>) -> [UInt8]? {
        guard digits.count.isMultiple(of: 2) else { return nil }
        var octets: [UInt8] = []
        octets.reserveCapacity(digits.count / 2 + 1)
        var position = digits.startIndex
        while position < digits.endIndex {
            guard let high = nibble(digits[position]), let low = nibble(digits[position + 1]) else { return nil }
            if octets.isEmpty, high >= 8 { octets.append(0) }
            octets.append(high << 4 | low)
            position += 2
        }
        return octets
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        default: nil
        }
    }

    private static func reason(_ name: Slice<UnsafeRawBufferPointer>) -> CRLReason? {
        switch String(decoding: name, as: UTF8.self) {
        case "keyCompromise": .keyCompromise
        case "superseded": .superseded
        case "cessationOfOperation": .cessationOfOperation
        default: nil
        }
    }
}
