/// An entry as it lies in a CRL, read without an allocation.
///
/// The usual form is read here: serial, time, then nothing, or a reasonCode and an invalidityDate as
/// ``EntryPattern`` has them. Everything else is left to ``RevokedEntry/init(_:)``, which also says what is wrong.
struct RawEntry {
    let whole: Range<Int>
    let serialNumber: Range<Int>
    let revocationDate: Int64
    let reason: CRLReason?
    let invalidityDate: Int64?

    /// nil when no entry of the usual form begins at `offset`.
    init?(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int, end limit: Int) {
        var cursor = Cursor(bytes: bytes, position: offset, end: limit)
        guard let entry = cursor.element(DERTag.sequence) else { return nil }
        cursor = Cursor(bytes: bytes, position: entry.lowerBound, end: entry.upperBound)
        guard let serial = cursor.element(DERTag.integer), SerialNumber.isValid(bytes[serial]),
            let date = cursor.time()
        else { return nil }
        whole = offset..<entry.upperBound
        serialNumber = serial
        revocationDate = date

        guard !cursor.isAtEnd else {
            reason = nil
            invalidityDate = nil
            return
        }
        guard let extensions = cursor.element(DERTag.sequence), cursor.isAtEnd, !extensions.isEmpty else { return nil }
        cursor = Cursor(bytes: bytes, position: extensions.lowerBound, end: extensions.upperBound)
        if cursor.skip(EntryPattern.reason) {
            guard let code = cursor.byte(), let known = CRLReason(rawValue: code) else { return nil }
            reason = known
        } else {
            reason = nil
        }
        if cursor.skip(EntryPattern.invalidityDate) {
            guard let content = cursor.element(DERTag.generalizedTime),
                let time = DERTime.decode(tag: DERTag.generalizedTime, bytes[content])
            else { return nil }
            invalidityDate = time
        } else {
            invalidityDate = nil
        }
        guard cursor.isAtEnd else { return nil }
    }

    /// Reads elements with lengths below 128.
    private struct Cursor {
        let bytes: UnsafeBufferPointer<UInt8>
        var position: Int
        let end: Int

        var isAtEnd: Bool { position == end }

        mutating func element(_ tag: UInt8) -> Range<Int>? {
            guard end - position >= 2, bytes[position] == tag, bytes[position + 1] < 0x80,
                Int(bytes[position + 1]) <= end - position - 2
            else { return nil }
            let start = position + 2
            position = start + Int(bytes[start - 1])
            return start..<position
        }

        mutating func byte() -> UInt8? {
            guard position < end else { return nil }
            defer { position += 1 }
            return bytes[position]
        }

        mutating func skip(_ pattern: [UInt8]) -> Bool {
            guard end - position >= pattern.count else { return false }
            for index in pattern.indices where bytes[position + index] != pattern[index] { return false }
            position += pattern.count
            return true
        }

        mutating func time() -> Int64? {
            guard position < end else { return nil }
            let tag = bytes[position]
            guard tag == DERTag.utcTime || tag == DERTag.generalizedTime, let content = element(tag),
                let time = DERTime.decode(tag: tag, bytes[content]),
                (time >= DERTime.firstGeneralized) == (tag == DERTag.generalizedTime)
            else { return nil }
            return time
        }
    }
}
