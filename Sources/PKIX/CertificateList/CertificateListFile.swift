import Crypto
import Glibc

/// Reads a CRL in a file from its first byte to its last, entry by entry, in constant memory, and hashes it on the way.
///
/// Entries must have the form of ``PlainRevokedEntry`` and rise by serial number, as those of all our CRLs do. Strict DER,
/// as everywhere. What the digests say holds once ``finish()`` has seen the end.
public final class CertificateListFile {
    /// What is known when the whole file has been read.
    public struct Ending: Sendable {
        public let shell: CertificateListShell
        /// In bytes, of the file and of its TBSCertList.
        public let byteCount, tbsByteCount: Int
        public let entryCount: Int
        /// SHA-256 of the file, 32 bytes.
        public let sha256: [UInt8]
        /// SHA-256 of the TBSCertList, 32 bytes.
        public let tbsSHA256: [UInt8]
        public let signature: [UInt8]
        let digests: ListDigests

        public var header: CertificateListHeader { shell.header }

        public var crlNumber: CRLNumber? {
            get throws(PKIXError) { try header.extensions.value(of: CRLNumber.self) }
        }

        /// As ``CertificateList/verifyIssued(by:)``.
        public func verifyIssued(by issuer: Certificate) throws(PKIXError) {
            try header.verifyNames(issuer)
            guard isSigned(by: try issuer.tbs.publicKey()) else {
                throw PKIXError(.signatureInvalid, "The signature of the CRL of \(header.issuer) does not verify.")
            }
        }

        /// Whether the signature is the one of `key`.
        public func isSigned(by key: SubjectPublicKeyInfo) -> Bool {
            guard let algorithm = shell.header.signature.signatureAlgorithm else { return false }
            return key.verify(signature: signature, over: digests, algorithm: algorithm)
        }
    }

    /// The longest that all around the entries may be: names and extensions.
    private static let maximumAround = 64 * 1024
    /// The longest element of a plain entry: see RevokedEntryBuffer.
    private static let maximumEntry = 128

    /// The file in messages.
    private let name: String
    private let descriptor: Int32
    /// Keeps the descriptor open, where it is not this one's own.
    private let spool: SpoolFile?
    private let size: Int
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    /// Where the buffer's first byte stands in the file, what of it is filled, and what is read.
    private var base = 0
    private var filled = 0
    private var position = 0

    private var fileHash = SHA256()
    private var tbsHashes: ListHashes
    private var tbs = 0..<0
    private var start: [UInt8] = []
    private var entries = 0..<0
    private var entryCount = 0
    private var last: SerialKey?

    /// Opens a file and reads to its first entry. A link is not followed.
    ///
    /// Throws `io`, `malformed`, `unsupported`.
    public convenience init(_ path: String, chunk: Int = 1 << 18) throws(PKIXError) {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        try self.init(descriptor, nil, name: "'\(path)'", chunk)
    }

    /// The same of a file without a name.
    ///
    /// - Parameter name: what messages call it.
    public convenience init(_ spool: SpoolFile, name: String, chunk: Int = 1 << 18) throws(PKIXError) {
        try self.init(spool.descriptor, spool, name: name, chunk)
    }

    private init(_ descriptor: Int32, _ spool: SpoolFile?, name: String, _ chunk: Int) throws(PKIXError) {
        self.name = name
        self.descriptor = descriptor
        self.spool = spool
        buffer = .allocate(capacity: max(chunk, 2 * Self.maximumAround))
        tbsHashes = ListHashes(.sha256)
        var status = stat()
        size = descriptor >= 0 && fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            ? Int(status.st_size) : -1
        guard size >= 0 else {
            throw PKIXError(.io, "\(name) cannot be read as a regular file: \(String(cString: strerror(errno))).")
        }
        try readStart()
    }

    deinit {
        buffer.deallocate()
        if spool == nil, descriptor >= 0 { close(descriptor) }
    }

    // MARK: The start

    private func readStart() throws(PKIXError) {
        try require(min(size, Self.maximumAround), "the CRL")
        let outer = try header(DERTag.sequence, "CertificateList")
        guard outer.upperBound == size else { throw malformed("it does not end where it says") }
        let tbsStart = base + position
        let inner = try header(DERTag.sequence, "tbsCertList")
        tbs = tbsStart..<inner.upperBound
        let fieldsStart = position
        for (tag, field) in [
            (DERTag.integer, "version"), (DERTag.sequence, "signature"), (DERTag.sequence, "issuer"),
        ] { try skip(tag, field, within: tbs) }
        for field in ["thisUpdate", "nextUpdate"] {
            guard let tag = nextTag(within: tbs), tag == DERTag.utcTime || tag == DERTag.generalizedTime else {
                throw malformed("\(field) is missing")
            }
            try skip(tag, field, within: tbs)
        }
        start = Array(buffer[fieldsStart..<position])
        var fields = DERReader(start, of: "CRL")
        _ = try fields.read("version")
        if try AlgorithmIdentifier(&fields, "signature").signatureAlgorithm?.hash == .sha384 {
            tbsHashes = ListHashes(.sha384)
        }
        guard nextTag(within: tbs) == DERTag.sequence else {
            entries = base + position..<base + position
            return
        }
        entries = try header(DERTag.sequence, "revokedCertificates")
        guard !entries.isEmpty, entries.upperBound <= tbs.upperBound else {
            throw malformed("revokedCertificates is empty or too long")
        }
    }

    private func nextTag(within range: Range<Int>) -> UInt8? {
        base + position < range.upperBound && position < filled ? buffer[position] : nil
    }

    /// Reads tag and length; gives where the content stands in the file.
    private func header(_ tag: UInt8, _ field: String) throws(PKIXError) -> Range<Int> {
        guard filled - position >= 2, buffer[position] == tag else { throw malformed("\(field) is not there") }
        var length = Int(buffer[position + 1])
        var next = position + 2
        if length >= 0x80 {
            let count = length & 0x7F
            guard (1...4).contains(count), filled - next >= count else { throw malformed("\(field) has a bad length") }
            length = 0
            for _ in 0..<count {
                length = length << 8 | Int(buffer[next])
                next += 1
            }
            guard length >= 0x80, length >> ((count - 1) * 8) != 0 else {
                throw malformed("\(field) has a length that is not minimal")
            }
        }
        guard length <= size - base - next else { throw malformed("\(field) is longer than the file") }
        position = next
        return base + next..<base + next + length
    }

    private func skip(_ tag: UInt8, _ field: String, within range: Range<Int>) throws(PKIXError) {
        let content = try header(tag, field)
        guard content.upperBound <= range.upperBound, content.upperBound - base <= filled else {
            throw malformed("\(field) is too long")
        }
        position = content.upperBound - base
    }

    // MARK: Entries

    /// The next entry; nil at the end of the entries.
    public func next() throws(PKIXError) -> PlainRevokedEntry? {
        guard base + position < entries.upperBound else { return nil }
        if filled - position < Self.maximumEntry, base + filled < size { try refill() }
        let end = min(filled, entries.upperBound - base)
        guard let raw = RawEntry(UnsafeBufferPointer(buffer), at: position, end: end),
            let serial = SerialKey(serialNumber: UnsafeBufferPointer(rebasing: buffer[raw.serialNumber]))
        else {
            throw malformed("entry \(entryCount + 1) has another form than a serial number, a date, a reason and an invalidity date")
        }
        if let last, serial <= last { throw malformed("entry \(entryCount + 1) does not rise by serial number") }
        last = serial
        position = raw.whole.upperBound
        entryCount += 1
        return PlainRevokedEntry(
            serial: serial, revocationDate: raw.revocationDate, reason: raw.reason, invalidityDate: raw.invalidityDate)
    }

    // MARK: The end

    /// Reads on to the end of the file.
    public func finish() throws(PKIXError) -> Ending {
        while try next() != nil {}
        try require(size - base - position, "what follows the entries")
        var extensions: [UInt8] = []
        if base + position < tbs.upperBound {
            let from = position
            try skip(DERTag.contextConstructed(0), "crlExtensions", within: tbs)
            extensions = Array(buffer[from..<position])
        }
        guard base + position == tbs.upperBound else { throw malformed("something stands between entries and end") }
        let frame = CertificateListFrame(start, entriesByteCount: 0, extensions)
        let shell = try CertificateListShell(derEncoded: frame.start + frame.end)
        let tail = Array(buffer[position..<filled])
        position = filled
        drop()
        var reader = DERReader(tail, of: "end of the CRL")
        guard try AlgorithmIdentifier(&reader, "signatureAlgorithm") == shell.header.signature else {
            throw malformed("signatureAlgorithm differs from the signed one")
        }
        let signature = Array(tail[try reader.readBitString("signatureValue")])
        try reader.finish("signatureValue")
        let digests = tbsHashes.finish()
        return Ending(
            shell: shell, byteCount: size, tbsByteCount: tbs.count, entryCount: entryCount,
            sha256: Array(fileHash.finalize()), tbsSHA256: Array(digests.sha256), signature: signature,
            digests: digests)
    }

    // MARK: The buffer

    private func require(_ count: Int, _ what: String) throws(PKIXError) {
        guard count <= Self.maximumAround else { throw malformed("\(what) is too long") }
        while filled - position < count { try refill() }
    }

    /// Hashes what has been read, and fills the buffer after the rest.
    private func refill() throws(PKIXError) {
        drop()
        let target = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
        let got = pread(descriptor, target.baseAddress, target.count, off_t(base + filled))
        if got < 0, errno == EINTR { return }
        guard got > 0 else {
            throw PKIXError(
                .io, got < 0 ? "\(name) cannot be read: \(String(cString: strerror(errno)))." : "\(name) has shrunk.")
        }
        filled += got
    }

    private func drop() {
        guard position > 0 else { return }
        let raw = UnsafeRawBufferPointer(buffer)
        fileHash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: raw[..<position]))
        let signed = (base..<base + position).clamped(to: tbs)
        if !signed.isEmpty {
            tbsHashes.update(UnsafeRawBufferPointer(rebasing: raw[signed.lowerBound - base..<signed.upperBound - base]))
        }
        if let start = buffer.baseAddress { memmove(start, start + position, filled - position) }
        base += position
        filled -= position
        position = 0
    }

    private func malformed(_ problem: String) -> PKIXError {
        PKIXError(.malformed, "\(name) is malformed at byte \(base + position): \(problem).")
    }
}
