/// One entry of a CRL as it stands, pointing into the list's bytes.
///
/// ```
/// SEQUENCE { userCertificate CertificateSerialNumber, revocationDate Time, crlEntryExtensions Extensions OPTIONAL }
/// ```
struct LintedEntry {
    /// Counted from 0.
    let index: Int
    /// Content of the INTEGER, minimal or not.
    let serialNumber: UnsafeRawBufferPointer
    let dateTag: UInt8
    /// Seconds since 1970; nil when the text is not a time in DER's form.
    let revocationDate: Int64?
    /// The reasonCode's number, whatever it is.
    private(set) var reason: Int?
    private(set) var hasCriticalExtension = false
    /// An extension is there twice, or is of a kind that we know and does not read.
    private(set) var hasBadExtension = false

    /// Nil when the entry is not well-formed.
    init?(_ content: UnsafeRawBufferPointer, index: Int, _ dates: inout DateCache) {
        var cursor = RawCursor(content)
        guard let serial = cursor.next(), serial.tag == DERTag.integer, !serial.content.isEmpty,
            let date = cursor.next(), date.tag == DERTag.utcTime || date.tag == DERTag.generalizedTime
        else { return nil }
        self.index = index
        serialNumber = serial.content
        dateTag = date.tag
        revocationDate = dates.decode(date.tag, date.content)
        guard !cursor.isAtEnd else { return }
        guard let extensions = cursor.next(), extensions.tag == DERTag.sequence, cursor.isAtEnd,
            read(extensions.content)
        else { return nil }
    }

    var serialNumberHex: String { lintHex(serialNumber) }

    /// Whether all extensions are well-formed as such; what is in them is judged by rules.
    private mutating func read(_ content: UnsafeRawBufferPointer) -> Bool {
        var cursor = RawCursor(content)
        var sawInvalidityDate = false
        // Identifiers of other extensions, which hardly ever occur.
        var others: [[UInt8]] = []
        hasBadExtension = cursor.isAtEnd
        while !cursor.isAtEnd {
            guard let element = cursor.next(), element.tag == DERTag.sequence else { return false }
            var fields = RawCursor(element.content)
            guard let identifier = fields.next(), identifier.tag == DERTag.objectIdentifier,
                var value = fields.next()
            else { return false }
            if value.tag == DERTag.boolean {
                guard value.content.elementsEqual(CollectionOfOne(0xFF)), let next = fields.next() else { return false }
                hasCriticalExtension = true
                value = next
            }
            guard value.tag == DERTag.octetString, fields.isAtEnd else { return false }
            if identifier.content.isEqual(to: Self.reasonIdentifier) {
                readReason(value.content)
            } else if identifier.content.isEqual(to: Self.invalidityIdentifier) {
                var time = RawCursor(value.content)
                let isTime = time.next().map {
                    $0.tag == DERTag.generalizedTime && DERTime.decode(tag: $0.tag, $0.content) != nil
                }
                if isTime != true || !time.isAtEnd || sawInvalidityDate { hasBadExtension = true }
                sawInvalidityDate = true
            } else {
                if others.contains(where: { $0.elementsEqual(identifier.content) }) { hasBadExtension = true }
                others.append(Array(identifier.content))
            }
        }
        return true
    }

    private mutating func readReason(_ value: UnsafeRawBufferPointer) {
        guard reason == nil, value.count == 3, value[0] == DERTag.enumerated, value[1] == 1 else {
            hasBadExtension = true
            return
        }
        reason = Int(value[2])
    }

    /// 2.5.29.21 and 2.5.29.24.
    private static let reasonIdentifier: [UInt8] = [0x55, 0x1D, 0x15]
    private static let invalidityIdentifier: [UInt8] = [0x55, 0x1D, 0x18]
}

/// Remembers the last time that was decoded: the entries of one batch are mostly revoked at one moment.
struct DateCache {
    private var tag: UInt8 = 0
    private var content: [UInt8] = []
    private var seconds: Int64?

    mutating func decode(_ tag: UInt8, _ content: UnsafeRawBufferPointer) -> Int64? {
        if tag != self.tag || !content.isEqual(to: self.content) {
            self.tag = tag
            self.content = Array(content)
            seconds = DERTime.decode(tag: tag, content)
        }
        return seconds
    }
}
