import CLibCrypto

/// One DER element, pointing into the caller's bytes.
struct Element {
    /// Header and contents.
    let encoding: UnsafeBufferPointer<UInt8>
    let contents: UnsafeBufferPointer<UInt8>
}

/// Steps through DER elements with `ASN1_get_object`. Every length is checked by OpenSSL against what is left, and must
/// be definite and as short as it can be.
struct ElementCursor {
    private var rest: UnsafeBufferPointer<UInt8>
    private let place: String

    init(_ bytes: UnsafeBufferPointer<UInt8>, place: String) {
        rest = bytes
        self.place = place
    }

    var isAtEnd: Bool { rest.isEmpty }

    func finish() throws(Disagreement) {
        guard rest.isEmpty else {
            throw Disagreement(.encoding, what: "\(rest.count) bytes are left over", where: place)
        }
    }

    mutating func next(_ tag: CInt) throws(Disagreement) -> Element {
        guard let element = try nextIf(tag) else {
            throw Disagreement(.encoding, what: "An element with tag \(tag) is missing", where: place)
        }
        return element
    }

    /// The next element if it has this tag; otherwise the cursor stays.
    mutating func nextIf(_ tag: CInt, class tagClass: CInt = V_ASN1_UNIVERSAL) throws(Disagreement) -> Element? {
        guard let base = rest.baseAddress, !rest.isEmpty else { return nil }
        var cursor: UnsafePointer<UInt8>? = base
        var length: CLong = 0
        var foundTag: CInt = 0
        var foundClass: CInt = 0
        let flags = ASN1_get_object(&cursor, &length, &foundTag, &foundClass, CLong(rest.count))
        guard flags & 0x81 == 0, let contents = cursor, length >= 0 else {
            throw .queued(.encoding, "An element does not parse", where: place)
        }
        let headerLength = contents - base
        guard let contentsLength = CInt(exactly: length),
            ASN1_object_size(flags, contentsLength, foundTag) == CInt(exactly: headerLength + length)
        else { throw Disagreement(.encoding, what: "A length is not in its shortest form", where: place) }
        guard foundTag == tag, foundClass == tagClass else { return nil }
        let isConstructed = flags & V_ASN1_CONSTRUCTED != 0
        guard isConstructed == (tag == V_ASN1_SEQUENCE || tagClass == V_ASN1_CONTEXT_SPECIFIC) else {
            throw Disagreement(.encoding, what: "An element is constructed that should be primitive", where: place)
        }
        let element = Element(
            encoding: UnsafeBufferPointer(start: base, count: headerLength + length),
            contents: UnsafeBufferPointer(start: contents, count: length))
        rest = UnsafeBufferPointer(rebasing: rest.dropFirst(element.encoding.count))
        return element
    }

    /// A Time, if one is next, as seconds since 1970.
    mutating func nextTime(_ name: String) throws(Disagreement) -> Int64? {
        let found =
            if let utc = try nextIf(V_ASN1_UTCTIME) { utc } else { try nextIf(V_ASN1_GENERALIZEDTIME) }
        guard let found else { return nil }
        var cursor = found.encoding.baseAddress
        guard let time = d2i_ASN1_TIME(nil, &cursor, CLong(found.encoding.count)) else {
            throw .queued(.encoding, "The time does not parse", where: "CRL, \(name)")
        }
        defer { ASN1_TIME_free(time) }
        return try Reading.time(time, what: "CRL, \(name)")
    }
}
