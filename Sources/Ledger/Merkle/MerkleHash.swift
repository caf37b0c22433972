import struct Crypto.SHA256
import Groundwork

/// The hashes of RFC 6962 section 2.1, with SHA-256. The first byte keeps leaves and nodes apart.
public enum MerkleHash {
    /// The root of the tree without leaves: SHA-256 of nothing.
    public static let empty = Digest(of: [UInt8]())

    /// SHA-256(0x00 || leaf).
    public static func leaf(_ bytes: [UInt8]) -> Digest {
        bytes.withUnsafeBytes { leaf($0) }
    }

    /// SHA-256(0x00 || leaf).
    public static func leaf(_ bytes: UnsafeRawBufferPointer) -> Digest {
        var hash = SHA256()
        withUnsafeBytes(of: UInt8(0)) { hash.update(bufferPointer: $0) }
        hash.update(bufferPointer: bytes)
        return Digest(hash.finalize())
    }

    /// SHA-256(0x01 || left || right).
    public static func node(_ left: Digest, _ right: Digest) -> Digest {
        var hash = SHA256()
        withUnsafeBytes(of: UInt8(1)) { hash.update(bufferPointer: $0) }
        left.withUnsafeBytes { hash.update(bufferPointer: $0) }
        right.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return Digest(hash.finalize())
    }
}
