import Crypto

/// A finished TBSCertList that lies on disk, with the digest that the HSM signs.
public struct SpooledTBSCertList: Sendable {
    /// The digest of the TBSCertList by the hash of its algorithm: 32 or 48 bytes.
    public let digest: [UInt8]
    /// The length of the TBSCertList.
    public let byteCount: Int
    public let entryCount: Int
    public let algorithm: AlgorithmIdentifier
    private let spool: SpoolFile
    private let frame: CertificateListFrame
    private let entriesByteCount: Int

    init(
        spool: SpoolFile, frame: CertificateListFrame, entriesByteCount: Int, entryCount: Int,
        algorithm: AlgorithmIdentifier, hash: SignatureAlgorithm.Hash
    ) throws(PKIXError) {
        self.spool = spool
        self.frame = frame
        self.entriesByteCount = entriesByteCount
        self.entryCount = entryCount
        self.algorithm = algorithm
        byteCount = frame.start.count + entriesByteCount + frame.end.count
        digest =
            switch hash {
            case .sha256: try Self.digest(SHA256(), frame, spool, entriesByteCount)
            case .sha384: try Self.digest(SHA384(), frame, spool, entriesByteCount)
            }
    }

    private static func digest<Hash: HashFunction>(
        _ hash: Hash, _ frame: CertificateListFrame, _ spool: SpoolFile, _ count: Int
    ) throws(PKIXError) -> [UInt8] {
        var hash = hash
        hash.update(data: frame.start)
        try spool.read(count) { hash.update(bufferPointer: $0) }
        hash.update(data: frame.end)
        return Array(hash.finalize())
    }

    /// Hands the TBSCertList to `sink`, in pieces that are valid only during the call.
    public func read(_ sink: (UnsafeRawBufferPointer) throws(PKIXError) -> Void) throws(PKIXError) {
        try Self.give(frame.start, sink)
        try spool.read(entriesByteCount, sink)
        try Self.give(frame.end, sink)
    }

    /// Hands the complete CertificateList around `signature` to `sink`, in pieces that are valid only during the call.
    public func assemble(
        signature: [UInt8], _ sink: (UnsafeRawBufferPointer) throws(PKIXError) -> Void
    ) throws(PKIXError) {
        let tail = CertificateListFrame.tail(algorithm, signature)
        try Self.give(CertificateListFrame.header(DERTag.sequence, byteCount + tail.count), sink)
        try read(sink)
        try Self.give(tail, sink)
    }

    /// Writes the complete CertificateList around `signature` to an open file. Making it durable is the caller's part.
    public func assemble(signature: [UInt8], to fileDescriptor: Int32) throws(PKIXError) {
        try assemble(signature: signature) { (bytes) throws(PKIXError) in
            try SpoolFile.write(bytes, to: fileDescriptor)
        }
    }

    private static func give(
        _ bytes: [UInt8], _ sink: (UnsafeRawBufferPointer) throws(PKIXError) -> Void
    ) throws(PKIXError) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(PKIXError) in try sink(UnsafeRawBufferPointer(buffer)) }
    }
}
