/// Encodes entries one after the other into a chunk of fixed size, from which the writers take them: no allocation and
/// no object per entry.
struct RevokedEntryBuffer {
    /// Header 2, serial 2 + 20, time 17, extensions 2 + 12 + 26.
    private static let maximumEntry = 2 + 2 + 20 + 17 + 2 + 12 + 26

    private var chunk: [UInt8]
    private(set) var count = 0

    init(capacity: Int = 64 * 1024) { chunk = [UInt8](repeating: 0, count: capacity) }

    /// Whether the next entry might not fit: the chunk must be drained first.
    var isFull: Bool { chunk.count - count < Self.maximumEntry }

    /// Hands over the entries since the last draining.
    mutating func drain<Failure: Error>(
        _ consume: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let count = count
        self.count = 0
        try chunk.withUnsafeBufferPointer { (bytes) throws(Failure) in
            try consume(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[..<count])))
        }
    }

    mutating func clear() { count = 0 }

    /// Appends one entry. The chunk must not be full.
    mutating func append(
        serialNumber: [UInt8], revocationDate: Int64, reason: CRLReason?, invalidityDate: Int64?
    ) throws(PKIXError) {
        try SerialNumber.check(serialNumber)
        try DERTime.check(revocationDate)
        if let invalidityDate { try DERTime.check(invalidityDate) }
        let start = count
        count += chunk.withUnsafeMutableBufferPointer { whole in
            serialNumber.withUnsafeBufferPointer { serialNumber in
                var writer = EntryWriter(buffer: UnsafeMutableBufferPointer(rebasing: whole[start...]))
                writer.write(serialNumber, revocationDate, reason == .unspecified ? nil : reason, invalidityDate)
                return writer.count
            }
        }
    }

    /// The same without an allocation.
    mutating func append(_ entry: PlainRevokedEntry) throws(PKIXError) {
        try DERTime.check(entry.revocationDate)
        if let invalidityDate = entry.invalidityDate { try DERTime.check(invalidityDate) }
        let start = count
        count += chunk.withUnsafeMutableBufferPointer { whole in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: SerialKey.maximumOctets) { octets in
                let length = entry.serial.write(to: octets)
                var writer = EntryWriter(buffer: UnsafeMutableBufferPointer(rebasing: whole[start...]))
                writer.write(
                    UnsafeBufferPointer(rebasing: octets[..<length]), entry.revocationDate, entry.reason,
                    entry.invalidityDate)
                return writer.count
            }
        }
    }

    /// The entries since the last draining, encoded.
    var encoded: ArraySlice<UInt8> { chunk[..<count] }
}

/// The DER of a few entries, one after the other.
public struct EncodedRevokedEntries {
    private var buffer = RevokedEntryBuffer(capacity: 512 * 1024)
    public private(set) var count = 0

    public init() {}

    /// Whether the next entry might not fit; there is room for about ten thousand.
    public var isFull: Bool { buffer.isFull }

    /// Must not be full. Throws `invalidValue` for a time outside the years 1950 to 9999.
    public mutating func append(_ entry: PlainRevokedEntry) throws(PKIXError) {
        try buffer.append(entry)
        count += 1
    }

    /// Gives what was appended since the last call, and begins again.
    public mutating func take() -> [UInt8] {
        let bytes = Array(buffer.encoded)
        buffer.clear()
        count = 0
        return bytes
    }
}

/// Writes one entry of checked values at the start of a buffer that holds the longest possible one. No entry exceeds
/// 127 bytes, so every length is one byte.
private struct EntryWriter {
    let buffer: UnsafeMutableBufferPointer<UInt8>
    var count = 0

    mutating func write(
        _ serialNumber: UnsafeBufferPointer<UInt8>, _ date: Int64, _ reason: CRLReason?, _ invalidityDate: Int64?
    ) {
        sequence { entry in
            entry.append(DERTag.integer, UInt8(truncatingIfNeeded: serialNumber.count))
            for byte in serialNumber { entry.append(byte) }
            entry.count += DERTime.write(date, to: entry.rest)
            guard reason != nil || invalidityDate != nil else { return }
            entry.sequence { extensions in
                if let reason {
                    for byte in EntryPattern.reason { extensions.append(byte) }
                    extensions.append(reason.rawValue)
                }
                if let invalidityDate {
                    for byte in EntryPattern.invalidityDate { extensions.append(byte) }
                    extensions.count += DERTime.writeGeneralized(invalidityDate, to: extensions.rest)
                }
            }
        }
    }

    private var rest: UnsafeMutableBufferPointer<UInt8> { UnsafeMutableBufferPointer(rebasing: buffer[count...]) }

    private mutating func sequence(_ body: (inout EntryWriter) -> Void) {
        let start = count
        append(DERTag.sequence, 0)
        body(&self)
        buffer[start + 1] = UInt8(truncatingIfNeeded: count - start - 2)
    }

    private mutating func append(_ bytes: UInt8...) { for byte in bytes { append(byte) } }

    private mutating func append(_ byte: UInt8) {
        buffer[count] = byte
        count += 1
    }
}

/// The two entry extensions as they nearly always stand in a CRL: complete Extensions up to the value.
enum EntryPattern {
    /// id-ce-cRLReasons, then ENUMERATED of one byte; the reason follows.
    static let reason: [UInt8] = [0x30, 0x0A, 0x06, 0x03, 0x55, 0x1D, 0x15, 0x04, 0x03, 0x0A, 0x01]
    /// id-ce-invalidityDate; the GeneralizedTime of 17 bytes follows.
    static let invalidityDate: [UInt8] = [0x30, 0x18, 0x06, 0x03, 0x55, 0x1D, 0x18, 0x04, 0x11]
}
