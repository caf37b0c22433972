/// A CRL as it stands. Entries are looked at where they lie, so that a million of them cost no memory.
struct LintedCertificateList: Sendable {
    let derBytes: [UInt8]
    /// The version field: 1 for v2, nil when absent, which means v1.
    let version: Int64?
    let innerAlgorithm: AlgorithmIdentifier
    let outerAlgorithm: AlgorithmIdentifier
    let issuer: DistinguishedName
    let thisUpdate: LintedTime
    let nextUpdate: LintedTime?
    /// Whether the field revokedCertificates is there, empty or not.
    let hasEntriesField: Bool
    /// The content of revokedCertificates.
    let entriesRange: Range<Int>
    let entryCount: Int
    /// In the order of the encoding, duplicates included; nil when the field is absent.
    let extensions: [CertificateExtension]?

    init(_ derBytes: [UInt8], of subject: String) throws(PKIXError) {
        self.derBytes = derBytes
        var outer = try DERReader.whole(DERTag.sequence, derBytes, of: subject)
        var fields = try outer.enter(DERTag.sequence, "tbsCertList")
        outerAlgorithm = try AlgorithmIdentifier(&outer, "signatureAlgorithm")
        _ = try outer.readBitString("signatureValue")
        try outer.finish("signatureValue")

        version = fields.nextTag == DERTag.integer ? try fields.readInteger("version") : nil
        innerAlgorithm = try AlgorithmIdentifier(&fields, "signature")
        issuer = try DistinguishedName(&fields, "issuer")
        thisUpdate = try LintedTime(&fields, "thisUpdate")
        nextUpdate =
            fields.nextTag == DERTag.utcTime || fields.nextTag == DERTag.generalizedTime
            ? try LintedTime(&fields, "nextUpdate") : nil
        let entries = try fields.readIfPresent(DERTag.sequence, "revokedCertificates")
        hasEntriesField = entries != nil
        entriesRange = entries?.content ?? 0..<0
        extensions = try fields.readLintedExtensions(DERTag.contextConstructed(0))
        try fields.finish("crlExtensions")

        var count = 0
        let isWellFormed = Self.forEachEntry(derBytes, entriesRange) { _ in
            count += 1
            return true
        }
        guard isWellFormed else {
            throw PKIXError(.malformed, "The \(subject)'s entry \(count) is not the DER of a revoked certificate.")
        }
        entryCount = count
    }

    /// Shows every entry to `body` until it returns false. The entry must not leave the closure.
    func forEachEntry(_ body: (LintedEntry) -> Bool) {
        _ = Self.forEachEntry(derBytes, entriesRange, body)
    }

    /// Whether everything that was looked at was well-formed.
    private static func forEachEntry(_ bytes: [UInt8], _ range: Range<Int>, _ body: (LintedEntry) -> Bool) -> Bool {
        bytes.withUnsafeBytes { whole in
            var cursor = RawCursor(UnsafeRawBufferPointer(rebasing: whole[range]))
            var dates = DateCache()
            var index = 0
            while !cursor.isAtEnd {
                guard let element = cursor.next(), element.tag == DERTag.sequence,
                    let entry = LintedEntry(element.content, index: index, &dates)
                else { return false }
                guard body(entry) else { return true }
                index += 1
            }
            return true
        }
    }
}

/// Steps through DER without allocating. Lengths must be definite, minimal and within bounds.
struct RawCursor {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }

    /// Nil at the end and where no well-formed element begins.
    mutating func next() -> (tag: UInt8, content: UnsafeRawBufferPointer)? {
        guard bytes.count - position >= 2 else { return nil }
        let tag = bytes[position]
        var length = Int(bytes[position + 1])
        var start = position + 2
        if length >= 0x80 {
            let count = length & 0x7F
            guard (1...4).contains(count), bytes.count - start >= count, bytes[start] != 0 else { return nil }
            length = bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
            guard length >= 0x80 else { return nil }
            start += count
        }
        guard tag & 0x1F != 0x1F, length <= bytes.count - start else { return nil }
        position = start + length
        return (tag, UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
    }
}
