import Crypto

/// The digests of a TBSCertList: SHA-256 always, SHA-384 where the signature's algorithm wants it.
struct ListDigests: Sendable {
    let sha256: SHA256.Digest
    let sha384: SHA384.Digest?

    /// What is signed.
    var signed: [UInt8] { sha384.map { Array($0) } ?? Array(sha256) }
}

/// Hashes a TBSCertList piece by piece.
struct ListHashes {
    private var sha256 = SHA256()
    private var sha384: SHA384?

    init(_ hash: SignatureAlgorithm.Hash) {
        sha384 = hash == .sha384 ? SHA384() : nil
    }

    mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        sha256.update(bufferPointer: bytes)
        sha384?.update(bufferPointer: bytes)
    }

    func finish() -> ListDigests {
        ListDigests(sha256: sha256.finalize(), sha384: sha384?.finalize())
    }
}
