/// The order of member names in RFC 8785 section 3.2.3: by UTF-16 code units, here compared over UTF-8.
enum CanonicalOrder {
    static func precedes(_ left: String, _ right: String) -> Bool {
        compare(left.utf8, right.utf8) < 0
    }

    /// Negative, zero or positive.
    static func compare(_ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>) -> Int {
        var others = right.makeIterator()
        for byte in left {
            guard let other = others.next() else { return 1 }
            if byte != other { return Int(rank(byte)) - Int(rank(other)) }
        }
        return others.next() == nil ? 0 : -1
    }

    /// UTF-8 orders as code points do. UTF-16 differs in one place only: surrogates (D800-DFFF), hence everything that
    /// UTF-8 begins with F0-F4, come before U+E000-U+FFFF, which UTF-8 begins with EE or EF.
    @inline(__always)
    static func rank(_ byte: UInt8) -> UInt8 {
        byte == 0xee || byte == 0xef ? byte + 0x10 : byte
    }
}
