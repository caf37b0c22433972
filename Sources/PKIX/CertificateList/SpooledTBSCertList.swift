import Crypto

/// A finished TBSCertList that lies on disk, with the digest that the HSM signs.
public struct SpooledTBSCertList: Sendable {
    /// The digest of the TBSCertList by the hash of its algorithm: 32 or 48 bytes.
    public let digest: [UInt8]
    /// The SHA-256 of the TBSCertList, 32 bytes: by it plan and ledger name what is signed, whatever the algorithm.
    public let sha256: [UInt8]
    /// The length of the TBSCertList.
    public let byteCount: Int
    public let entryCount: Int
    public let algorithm: AlgorithmIdentifier
    private let digests: ListDigests
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
        var hashes = ListHashes(hash)
        hashes.update(frame.start)
        try spool.read(entriesByteCount) { hashes.update($0) }
        hashes.update(frame.end)
        let digests = hashes.finish()
        sha256 = Array(digests.sha256)
        digest = digests.signed
        self.digests = digests
    }

    /// Whether `signature` is the one of `key` over this list.
    public func isSigned(_ signature: [UInt8], by key: SubjectPublicKeyInfo) -> Bool {
        guard let algorithm = algorithm.signatureAlgorithm else { return false }
        return key.verify(signature: signature, over: digests, algorithm: algorithm)
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

    /// SHA-256 of the complete CertificateList around `signature`, 32 bytes.
    public func fileDigest(signature: [UInt8]) throws(PKIXError) -> [UInt8] {
        var hash = SHA256()
        try assemble(signature: signature) { hash.update(bufferPointer: $0) }
        return Array(hash.finalize())
    }

    private static func give(
        _ bytes: [UInt8], _ sink: (UnsafeRawBufferPointer) throws(PKIXError) -> Void
    ) throws(PKIXError) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(PKIXError) in try sink(UnsafeRawBufferPointer(buffer)) }
    }
}
