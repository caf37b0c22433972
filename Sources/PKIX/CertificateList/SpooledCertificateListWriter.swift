/// Makes a TBSCertList whose size is bounded by the disk instead of the memory.
///
/// DER wants lengths first, so entries go to a spool, a file without a name that vanishes with the writer. When the
/// last one is in, the lengths are known; the list is then read once for its digest and once, around the signature,
/// into the output. Memory stays constant at two chunks.
///
/// Not for Ed25519, which signs the whole list and not a digest of it.
public struct SpooledCertificateListWriter: ~Copyable {
    private let spool: SpoolFile
    private let algorithm: AlgorithmIdentifier
    private let hash: SignatureAlgorithm.Hash
    private let start: [UInt8]
    private let extensions: [UInt8]
    private var pending = RevokedEntryBuffer()
    private var spooledCount = 0
    public private(set) var entryCount = 0

    /// - Parameter spoolDirectory: an existing directory on a disk with room for the list.
    ///
    /// Throws `unsupported` for an algorithm without a hash that is known here, `invalidValue` for times or extensions
    /// that RFC 5280 forbids, `io` when the spool cannot be made.
    public init(_ header: CertificateListHeader, spoolDirectory: String) throws(PKIXError) {
        try self.init(try CertificateListShell(header), spoolDirectory: spoolDirectory)
    }

    public init(_ shell: CertificateListShell, spoolDirectory: String) throws(PKIXError) {
        guard let hash = shell.header.signature.signatureAlgorithm?.hash else {
            throw PKIXError(
                .unsupported, "A CRL on disk cannot be signed with \(shell.header.signature), which takes no digest.",
                advice: "Make the list in memory.")
        }
        let spool = try SpoolFile(directory: spoolDirectory)
        self.hash = hash
        self.algorithm = shell.header.signature
        self.start = shell.start
        self.extensions = shell.extensions
        self.spool = spool
    }

    /// As ``CertificateListWriter/append(serialNumber:revocationDate:reason:invalidityDate:)``, and `io` when the disk
    /// is full.
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

    public mutating func append(_ entry: PlainRevokedEntry) throws(PKIXError) {
        if pending.isFull { try flush() }
        try pending.append(entry)
        entryCount += 1
    }

    private mutating func flush() throws(PKIXError) {
        try CertificateListFrame.checkSize(spooledCount + pending.count)
        spooledCount += pending.count
        let spool = spool
        try pending.drain { (bytes) throws(PKIXError) in try spool.append(bytes) }
    }

    /// Fixes the list and computes its digest. The writer is used up.
    public consuming func finish() throws(PKIXError) -> SpooledTBSCertList {
        try flush()
        let frame = CertificateListFrame(start, entriesByteCount: spooledCount, extensions)
        return try SpooledTBSCertList(
            spool: spool, frame: frame, entriesByteCount: spooledCount, entryCount: entryCount, algorithm: algorithm,
            hash: hash)
    }
}
