/// Walks through DER from outside (X.690 section 10.1): definite and shortest lengths only.
struct DERWalk {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    /// The next element's tag; nil at the end.
    var nextTag: UInt8? { isAtEnd ? nil : bytes[position] }

    /// The next element: all of it, and its content. Nil when it has another tag or is malformed.
    mutating func next(_ tag: UInt8) -> (element: ArraySlice<UInt8>, content: ArraySlice<UInt8>)? {
        guard nextTag == tag, bytes.endIndex - position >= 2 else { return nil }
        let first = bytes[position + 1]
        var start = position + 2
        var length = Int(first)
        if first >= 0x80 {
            let count = Int(first & 0x7f)
            guard (1...4).contains(count), bytes.endIndex - start >= count, bytes[start] != 0 else { return nil }
            length = bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
            start += count
            guard length >= 0x80 else { return nil }
        }
        guard bytes.endIndex - start >= length else { return nil }
        let end = start + length
        defer { position = end }
        return (bytes[position..<end], bytes[start..<end])
    }
}
