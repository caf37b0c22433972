import Glibc

/// Which serial numbers a CRL holds: a hash table of offsets into its bytes, 16 to 32 bytes of memory an entry.
struct SerialIndex {
    private let list: LintedCertificateList
    /// 0 for an empty slot, else the high half of the serial's hash above the offset of its content, plus one, in the
    /// entries' content. The hash spares most looks at the list itself, which lies far apart in memory.
    private var slots: [UInt64]
    private let mask: Int
    /// The serials that occur more than once, each as often as it recurs.
    private(set) var duplicates: [[UInt8]] = []

    init(_ list: LintedCertificateList) {
        self.list = list
        var capacity = 16
        while capacity < list.entryCount * 2 { capacity *= 2 }
        slots = [UInt64](repeating: 0, count: capacity)
        mask = capacity - 1
        list.derBytes.withUnsafeBytes { whole in
            let entries = UnsafeRawBufferPointer(rebasing: whole[list.entriesRange])
            guard let base = entries.baseAddress else { return }
            list.forEachEntry { entry in
                guard let start = entry.serialNumber.baseAddress else { return true }
                let (slot, fragment, isFound) = find(entry.serialNumber, in: entries)
                if isFound {
                    duplicates.append(Array(entry.serialNumber))
                } else {
                    // Lengths in DER are read up to 32 bits, so that offsets fit.
                    slots[slot] = fragment | UInt64(UInt32(truncatingIfNeeded: start - base + 1))
                }
                return true
            }
        }
    }

    func contains(_ serial: UnsafeRawBufferPointer) -> Bool {
        list.derBytes.withUnsafeBytes { whole in
            find(serial, in: UnsafeRawBufferPointer(rebasing: whole[list.entriesRange])).isFound
        }
    }

    /// The slot where the serial is, or where it would be put with `fragment`.
    private func find(
        _ serial: UnsafeRawBufferPointer, in entries: UnsafeRawBufferPointer
    ) -> (slot: Int, fragment: UInt64, isFound: Bool) {
        var hasher = Hasher()
        hasher.combine(bytes: serial)
        let hash = UInt64(bitPattern: Int64(hasher.finalize()))
        let fragment = hash & 0xFFFF_FFFF_0000_0000
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let found = slots[slot]
            if found & 0xFFFF_FFFF_0000_0000 == fragment,
                Self.serial(at: Int(found & 0xFFFF_FFFF) - 1, in: entries).isEqual(to: serial)
            {
                return (slot, fragment, true)
            }
            slot = (slot + 1) & mask
        }
        return (slot, fragment, false)
    }

    /// The serial whose content begins at `offset`. The byte before it is its length, or the last byte of its length
    /// where that is absurd (over 255 octets), and then the serial is equal to none.
    private static func serial(at offset: Int, in entries: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let count = min(Int(entries[offset - 1]), entries.count - offset)
        return UnsafeRawBufferPointer(rebasing: entries[offset..<offset + count])
    }
}

extension UnsafeRawBufferPointer {
    func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let left = baseAddress, let right = other.baseAddress else { return true }
        return memcmp(left, right, count) == 0
    }

    func isEqual(to other: [UInt8]) -> Bool {
        other.withUnsafeBytes { isEqual(to: $0) }
    }
}
