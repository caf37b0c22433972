/// `ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279 section 2.2.3) from Cryptoki's r ‖ s.
enum ECDSASignature {
    /// Nil when r or s is zero or the halves are not of equal length: then it is no signature.
    static func der(raw: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard raw.count >= 2, raw.count % 2 == 0, raw.count <= 132 else { return nil }
        let half = raw.count / 2
        guard let r = significant(raw, 0..<half), let s = significant(raw, half..<raw.count) else { return nil }
        let rLength = r.count + (raw[r.lowerBound] >= 0x80 ? 1 : 0)
        let sLength = s.count + (raw[s.lowerBound] >= 0x80 ? 1 : 0)
        let content = rLength + sLength + 4
        // Up to P-521 the content is below 256 bytes, so that one length byte more is all there can be.
        return [UInt8](unsafeUninitializedCapacity: content + 3) { buffer, count in
            var end = 0
            func put(_ byte: UInt8) {
                buffer[end] = byte
                end += 1
            }
            put(0x30)
            if content >= 0x80 { put(0x81) }
            put(UInt8(content))
            for (number, length) in [(r, rLength), (s, sLength)] {
                put(0x02)
                put(UInt8(length))
                if length > number.count { put(0) }
                for index in number { put(raw[index]) }
            }
            count = end
        }
    }

    private static func significant(_ raw: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Range<Int>? {
        guard let first = range.first(where: { raw[$0] != 0 }) else { return nil }
        return first..<range.upperBound
    }
}
