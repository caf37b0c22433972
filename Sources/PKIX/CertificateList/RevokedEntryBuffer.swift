/// Encodes entries one after the other into a chunk of fixed size, from which the writers take them: no allocation and
/// no object per entry.
struct RevokedEntryBuffer {
    /// Header 2, serial 2 + 20, time 17, extensions 2 + 12 + 26.
    private static let maximumEntry = 2 + 2 + 20 + 17 + 2 + 12 + 26

    private var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    private(set) var count = 0

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

    /// Appends one entry. The chunk must not be full.
    mutating func append(
        serialNumber: [UInt8], revocationDate: Int64, reason: CRLReason?, invalidityDate: Int64?
    ) throws(PKIXError) {
        try SerialNumber.check(serialNumber)
        try DERTime.check(revocationDate)
        if let invalidityDate { try DERTime.check(invalidityDate) }
        let start = count
        count += chunk.withUnsafeMutableBufferPointer { whole in
            var writer = EntryWriter(buffer: UnsafeMutableBufferPointer(rebasing: whole[start...]))
            writer.write(serialNumber, revocationDate, reason == .unspecified ? nil : reason, invalidityDate)
            return writer.count
        }
    }
}

/// Writes one entry of checked values at the start of a buffer that holds the longest possible one. No entry exceeds
/// 127 bytes, so every length is one byte.
private struct EntryWriter {
    let buffer: UnsafeMutableBufferPointer<UInt8>
    var count = 0

    mutating func write(_ serialNumber: [UInt8], _ date: Int64, _ reason: CRLReason?, _ invalidityDate: Int64?) {
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
