/// Which serial numbers a CRL holds: a hash table of offsets into its bytes, 4 to 16 bytes of memory an entry.
struct SerialIndex {
    private let list: LintedCertificateList
    /// Offset of a serial's content in the entries' content, plus one; 0 is an empty slot. The lengths lie before them.
    private var slots: [UInt32]
    private let mask: Int
    /// The serials that occur more than once, each as often as it recurs.
    private(set) var duplicates: [[UInt8]] = []

    init(_ list: LintedCertificateList) {
        self.list = list
        var capacity = 16
        while capacity < list.entryCount * 2 { capacity *= 2 }
        slots = [UInt32](repeating: 0, count: capacity)
        mask = capacity - 1
        list.derBytes.withUnsafeBytes { whole in
            let entries = UnsafeRawBufferPointer(rebasing: whole[list.entriesRange])
            guard let base = entries.baseAddress else { return }
            list.forEachEntry { entry in
                guard let start = entry.serialNumber.baseAddress else { return true }
                insert(entry.serialNumber, at: start - base, in: entries)
                return true
            }
        }
    }

    private mutating func insert(_ serial: UnsafeRawBufferPointer, at offset: Int, in entries: UnsafeRawBufferPointer) {
        var slot = Self.hash(serial) & mask
        while slots[slot] != 0 {
            if Self.serial(at: Int(slots[slot]) - 1, in: entries).elementsEqual(serial) {
                duplicates.append(Array(serial))
                return
            }
            slot = (slot + 1) & mask
        }
        slots[slot] = UInt32(truncatingIfNeeded: offset + 1)
    }

    func contains(_ serial: UnsafeRawBufferPointer) -> Bool {
        list.derBytes.withUnsafeBytes { whole in
            let entries = UnsafeRawBufferPointer(rebasing: whole[list.entriesRange])
            var slot = Self.hash(serial) & mask
            while slots[slot] != 0 {
                if Self.serial(at: Int(slots[slot]) - 1, in: entries).elementsEqual(serial) { return true }
                slot = (slot + 1) & mask
            }
            return false
        }
    }

    /// The serial whose content begins at `offset`. The byte before it is its length, or the last byte of its length
    /// where that is absurd (over 255 octets), and then the serial is equal to none.
    private static func serial(at offset: Int, in entries: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let count = min(Int(entries[offset - 1]), entries.count - offset)
        return UnsafeRawBufferPointer(rebasing: entries[offset..<offset + count])
    }

    private static func hash(_ serial: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: serial)
        return hasher.finalize()
    }
}
