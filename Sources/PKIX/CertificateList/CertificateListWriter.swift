/// Makes a TBSCertList in memory, entry by entry, as bytes: a million entries are one buffer and no objects.
///
/// DER wants lengths first. The writer leaves room for the longest possible headers in front of the entries, and moves
/// the list down by the few bytes that were too many when it is finished. It cannot be copied, so the buffer is never
/// there twice.
public struct CertificateListWriter: ~Copyable {
    private var bytes: [UInt8] = []
    private var pending = RevokedEntryBuffer()
    private let start: [UInt8]
    private let extensions: [UInt8]
    private let room: Int
    public private(set) var entryCount = 0

    /// `expectedEntries` avoids growing the buffer again and again. Throws `invalidValue` for times or extensions that
    /// RFC 5280 forbids.
    public init(_ header: CertificateListHeader, expectedEntries: Int = 0) throws(PKIXError) {
        let start = try header.encodeStart()
        let extensions = try header.encodeExtensions()
        self.start = start
        self.extensions = extensions
        room = start.count + CertificateListFrame.maximumHeaders
        // 52 bytes hold an entry with a serial of 20 octets and a reason. What is not touched costs no memory.
        bytes.reserveCapacity(room + max(0, min(expectedEntries, 10_000_000)) * 52 + extensions.count)
        bytes.append(contentsOf: repeatElement(0, count: room))
    }

    /// - Parameters:
    ///   - serialNumber: the INTEGER's content octets, see ``SerialNumber``.
    ///   - revocationDate: seconds since 1970.
    ///   - reason: `unspecified` is left out, as RFC 5280 5.3.1 advises.
    ///   - invalidityDate: seconds since 1970.
    public mutating func append(
        serialNumber: [UInt8], revocationDate: Int64, reason: CRLReason? = nil, invalidityDate: Int64? = nil
    ) throws(PKIXError) {
        if pending.isFull { try flush() }
        try pending.append(
            serialNumber: serialNumber, revocationDate: revocationDate, reason: reason, invalidityDate: invalidityDate)
        entryCount += 1
    }

    public mutating func append(_ entry: RevokedEntry) throws(PKIXError) {
        try entry.checkWritable()
        try append(
            serialNumber: entry.serialNumber, revocationDate: entry.revocationDate, reason: entry.reason,
            invalidityDate: entry.invalidityDate)
    }

    /// Takes over all entries of an earlier list, byte for byte.
    public mutating func append(contentsOf entries: RevokedEntries) throws(PKIXError) {
        try flush()
        try CertificateListFrame.checkSize(bytes.count + entries.range.count)
        bytes += entries.bytes[entries.range]
        entryCount += entries.count
    }

    private mutating func flush() throws(PKIXError) {
        try CertificateListFrame.checkSize(bytes.count + pending.count)
        pending.drain { bytes.append(contentsOf: $0) }
    }

    /// The finished list. The writer is used up.
    public consuming func finish() throws(PKIXError) -> EncodedTBSCertList {
        try flush()
        let frame = CertificateListFrame(start, entriesByteCount: bytes.count - room, extensions)
        bytes += frame.end
        bytes.replaceSubrange(..<room, with: frame.start)
        let range = try CertificateListFrame.authorityKeyIdentifier(
            in: extensions, offset: bytes.count - extensions.count)
        return EncodedTBSCertList(bytes: bytes, entryCount: entryCount, authorityKeyIdentifier: range)
    }
}

extension RevokedEntry {
    func checkWritable() throws(PKIXError) {
        if let first = otherExtensions.first {
            throw PKIXError(.unsupported, "An entry with the extension \(first.name) is not written.")
        }
    }
}
