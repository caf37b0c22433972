/// One DER element: where it starts, where its content starts, and where it ends, as offsets into the whole input.
struct DERElement {
    let tag: UInt8
    let start: Int
    let contentStart: Int
    let end: Int

    /// Tag, length and content.
    var whole: Range<Int> { start..<end }
    var content: Range<Int> { contentStart..<end }
}

/// A cursor over strict DER (X.690 clause 10) that names the byte at which an input goes wrong.
///
/// swift-asn1 makes a node for each element before the first can be looked at, which for a CRL of a million entries is
/// hundreds of megabytes; and it does not say where in the input an error lies. This reader allocates nothing, does not
/// recurse, and gives offsets, which TBSCertificate needs for the ranges that a plan leaves open.
///
/// Only what PKIX structures use is accepted: definite minimal lengths below 2^32 and tag numbers below 31.
struct DERReader {
    let bytes: [UInt8]
    /// What the input is, for the errors: "certificate", "CRL", …
    let subject: String
    private(set) var position: Int
    let end: Int

    init(_ bytes: [UInt8], of subject: String) {
        self.init(bytes, 0..<bytes.count, of: subject)
    }

    /// `range` must lie within `bytes`; it always comes from an element of the same input.
    init(_ bytes: [UInt8], _ range: Range<Int>, of subject: String) {
        self.bytes = bytes
        self.subject = subject
        self.position = range.lowerBound
        self.end = range.upperBound
    }

    var isAtEnd: Bool { position >= end }

    /// The tag of the next element, nil at the end.
    var nextTag: UInt8? { position < end ? bytes[position] : nil }

    /// `offset` must be the end of an element of this input.
    mutating func advance(to offset: Int) { position = offset }

    func reader(inside element: DERElement) -> DERReader {
        DERReader(bytes, element.content, of: subject)
    }

    func contents(of element: DERElement) -> [UInt8] { Array(bytes[element.content]) }

    func encoding(of element: DERElement) -> [UInt8] { Array(bytes[element.whole]) }

    func error(_ problem: String, at offset: Int? = nil) -> PKIXError {
        PKIXError(.malformed, "The \(subject) is malformed at byte \(offset ?? position): \(problem).")
    }

    func unsupported(_ problem: String, at offset: Int? = nil) -> PKIXError {
        PKIXError(.unsupported, "The \(subject) is not supported, at byte \(offset ?? position): \(problem).")
    }

    /// Reads the next element, whatever its tag.
    mutating func read(_ field: @autoclosure () -> String) throws(PKIXError) -> DERElement {
        let start = position
        guard start < end else { throw error("\(field()) is missing") }
        let tag = bytes[start]
        guard tag & 0x1F != 0x1F else { throw error("\(field()) has a tag number above 30") }
        guard tag != 0 else { throw error("\(field()) has the reserved tag 0") }
        guard start + 1 < end else { throw error("\(field()) ends before its length") }

        var length = Int(bytes[start + 1])
        var contentStart = start + 2
        if length >= 0x80 {
            let count = length & 0x7F
            guard count != 0 else { throw error("\(field()) has an indefinite length, which DER forbids") }
            guard count <= 4 else { throw error("\(field()) has a length of \(count) bytes") }
            guard contentStart + count <= end else { throw error("\(field()) ends within its length") }
            length = 0
            for offset in contentStart..<contentStart + count { length = length << 8 | Int(bytes[offset]) }
            guard length >= 0x80, length >> ((count - 1) * 8) != 0 else {
                throw error("\(field()) has a length that is not minimal")
            }
            contentStart += count
        }
        guard length <= end - contentStart else {
            throw error("\(field()) says \(length) bytes, of which \(end - contentStart) are there")
        }
        position = contentStart + length
        return DERElement(tag: tag, start: start, contentStart: contentStart, end: position)
    }

    /// Reads the next element, which must have `tag`.
    mutating func read(_ tag: UInt8, _ field: @autoclosure () -> String) throws(PKIXError) -> DERElement {
        guard let found = nextTag else { throw error("\(field()) is missing") }
        guard found == tag else {
            throw error("\(field()) should be \(DERTag.name(tag)), found \(DERTag.name(found))")
        }
        return try read(field())
    }

    /// Reads the next element if it has `tag`.
    mutating func readIfPresent(_ tag: UInt8, _ field: @autoclosure () -> String) throws(PKIXError) -> DERElement? {
        guard nextTag == tag else { return nil }
        return try read(field())
    }

    /// Reads a constructed element and gives a reader of its content.
    mutating func enter(_ tag: UInt8, _ field: @autoclosure () -> String) throws(PKIXError) -> DERReader {
        reader(inside: try read(tag, field()))
    }

    /// The inside of the one element with `tag` that `bytes` are.
    static func whole(_ tag: UInt8, _ bytes: [UInt8], of subject: String) throws(PKIXError) -> DERReader {
        var outer = DERReader(bytes, of: subject)
        let inner = try outer.enter(tag, "it")
        try outer.finish("it")
        return inner
    }

    /// Throws unless everything was read.
    func finish(_ field: @autoclosure () -> String) throws(PKIXError) {
        guard isAtEnd else { throw error("\(end - position) bytes follow \(field())") }
    }
}
