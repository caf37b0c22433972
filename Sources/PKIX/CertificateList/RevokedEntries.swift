/// The entries of a CRL, decoded one at a time while iterating; nothing is kept per entry.
public struct RevokedEntries: Sequence, Sendable {
    let bytes: [UInt8]
    /// The content of revokedCertificates, already checked.
    let range: Range<Int>
    public let count: Int

    public static let none = RevokedEntries(bytes: [], range: 0..<0, count: 0)

    public var isEmpty: Bool { count == 0 }
    public var underestimatedCount: Int { count }

    public func makeIterator() -> Iterator {
        Iterator(reader: DERReader(bytes, range, of: "CRL"))
    }

    public struct Iterator: IteratorProtocol {
        var reader: DERReader

        public mutating func next() -> RevokedEntry? {
            guard !reader.isAtEnd else { return nil }
            if let raw = reader.readRawEntry() { return RevokedEntry(raw, in: reader.bytes) }
            // All entries were read once when the CRL was; nothing here can fail any more.
            return try? RevokedEntry(&reader)
        }
    }

    /// Calls `body` with the range of each entry's serial number and where the entry stands, until it returns false.
    func scan(_ body: (_ bytes: UnsafeBufferPointer<UInt8>, _ serialNumber: Range<Int>, _ entry: Range<Int>) -> Bool) {
        bytes.withUnsafeBufferPointer { whole in
            var reader = DERReader(bytes, range, of: "CRL")
            while !reader.isAtEnd {
                if let raw = RawEntry(whole, at: reader.position, end: range.upperBound) {
                    guard body(whole, raw.serialNumber, raw.whole) else { return }
                    reader.advance(to: raw.whole.upperBound)
                } else {
                    guard let entry = try? reader.read(DERTag.sequence, "entry") else { return }
                    var fields = reader.reader(inside: entry)
                    guard let serial = try? fields.read(DERTag.integer, "serial number"),
                        body(whole, serial.content, entry.whole)
                    else { return }
                }
            }
        }
    }
}

extension DERReader {
    /// Reads the next entry if it has the usual form.
    mutating func readRawEntry() -> RawEntry? {
        guard let raw = bytes.withUnsafeBufferPointer({ RawEntry($0, at: position, end: end) }) else { return nil }
        advance(to: raw.whole.upperBound)
        return raw
    }

    /// Checks every entry of revokedCertificates and counts them.
    func checkEntries(_ list: DERElement) throws(PKIXError) -> RevokedEntries {
        guard !list.content.isEmpty else {
            throw error("revokedCertificates is empty, and must then be absent", at: list.start)
        }
        var reader = reader(inside: list)
        var count = 0
        while !reader.isAtEnd {
            if reader.readRawEntry() == nil { _ = try RevokedEntry(&reader) }
            count += 1
        }
        return RevokedEntries(bytes: bytes, range: list.content, count: count)
    }
}
