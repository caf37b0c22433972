/// Answers many look-ups of serial numbers in one CRL: a hash table of four-byte offsets, at most half full.
public struct RevokedSerials: Sendable {
    private let bytes: [UInt8]
    /// Where the length of each serial's INTEGER stands; 0 marks a free place, since none stands there.
    private var table: [UInt32]
    /// Serials that occur more than once, each named once; no more than the first hundred.
    public private(set) var duplicates: [[UInt8]] = []

    /// Reads through `entries` once. Throws `unsupported` for lists of 4 GiB and more.
    public init(_ entries: RevokedEntries) throws(PKIXError) {
        try CertificateListFrame.checkSize(entries.bytes.count)
        bytes = entries.bytes
        var size = 16
        while size < entries.count * 2 { size *= 2 }
        var table = [UInt32](repeating: 0, count: size)
        var duplicates: [[UInt8]] = []
        entries.scan { whole, serial, _ in
            var slot = Self.hash(whole[serial]) & (size - 1)
            while table[slot] != 0 {
                if Self.serial(at: table[slot], whole).elementsEqual(whole[serial]) {
                    let value = Array(whole[serial])
                    if duplicates.count < 100, !duplicates.contains(value) { duplicates.append(value) }
                    return true
                }
                slot = (slot + 1) & (size - 1)
            }
            table[slot] = UInt32(truncatingIfNeeded: serial.lowerBound - 1)
            return true
        }
        self.table = table
        self.duplicates = duplicates
    }

    public func contains(_ serialNumber: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { whole in
            serialNumber.withUnsafeBufferPointer { wanted in
                var slot = Self.hash(wanted[...]) & (table.count - 1)
                while table[slot] != 0 {
                    if Self.serial(at: table[slot], whole).elementsEqual(wanted) { return true }
                    slot = (slot + 1) & (table.count - 1)
                }
                return false
            }
        }
    }

    /// `offset` is that of the length, which is one byte: no serial is longer than 20 octets.
    private static func serial(
        at offset: UInt32, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Slice<UnsafeBufferPointer<UInt8>> {
        let start = Int(offset) + 1
        return bytes[start..<start + Int(bytes[start - 1])]
    }

    /// FNV-1a, then one multiplication that brings the last bytes' bits to where the table looks.
    private static func hash(_ serialNumber: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in serialNumber { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> 24)
    }
}
