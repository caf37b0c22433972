import Crypto
import Glibc

/// HMAC-SHA256 (RFC 2104) with one key, and PBKDF2 (RFC 8018, 5.2) on it.
///
/// swift-crypto's own of both leave the key, and PBKDF2 its result, in arrays that nobody wipes. Its SHA256, on which
/// this stands, wipes its state.
struct KeyedHash {
    private let inner: SHA256
    private let outer: SHA256

    /// - Parameter key: its parts, one after the other.
    init(key parts: [UnsafeRawBufferPointer]) {
        (inner, outer) = withUnsafeTemporaryAllocation(byteCount: SHA256.blockByteCount, alignment: 8) { block in
            defer { Self.wipe(block) }
            Self.wipe(block)
            if parts.reduce(0, { $0 + $1.count }) > block.count {
                var hash = SHA256()
                for part in parts { hash.update(bufferPointer: part) }
                hash.finalize().withUnsafeBytes { block.copyMemory(from: $0) }
            } else {
                var place = 0
                for byte in parts.joined() {
                    block[place] = byte
                    place += 1
                }
            }
            return (Self.started(block, 0x36), Self.started(block, 0x5c))
        }
    }

    private static func started(_ block: UnsafeMutableRawBufferPointer, _ pad: UInt8) -> SHA256 {
        for index in block.indices { block[index] ^= pad }
        defer { for index in block.indices { block[index] ^= pad } }
        var hash = SHA256()
        hash.update(bufferPointer: UnsafeRawBufferPointer(block))
        return hash
    }

    private static func wipe(_ block: UnsafeMutableRawBufferPointer) {
        if let start = block.baseAddress { explicit_bzero(start, block.count) }
    }

    /// HMAC of a message that is given in parts.
    func code(for parts: [UnsafeRawBufferPointer]) -> SHA256.Digest {
        var hash = inner
        for part in parts { hash.update(bufferPointer: part) }
        return finish(hash)
    }

    private func finish(_ started: SHA256) -> SHA256.Digest {
        var hash = outer
        started.finalize().withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize()
    }

    /// PBKDF2 with this key as the password. What it derives is added to `target` bit by bit, so that it stands nowhere
    /// by itself; into zeros it is written.
    func addDerivedKey(salt: [UnsafeRawBufferPointer], iterations: Int, to target: UnsafeMutableRawBufferPointer) {
        for (number, start) in stride(from: 0, to: target.count, by: SHA256.byteCount).enumerated() {
            let block = UnsafeMutableRawBufferPointer(rebasing: target[start...].prefix(SHA256.byteCount))
            var code = withUnsafeBytes(of: UInt32(truncatingIfNeeded: number + 1).bigEndian) {
                self.code(for: salt + [$0])
            }
            Self.add(code, to: block)
            for _ in 1..<max(1, iterations) {
                var hash = inner
                code.withUnsafeBytes { hash.update(bufferPointer: $0) }
                code = finish(hash)
                Self.add(code, to: block)
            }
        }
    }

    private static func add(_ code: SHA256.Digest, to block: UnsafeMutableRawBufferPointer) {
        code.withUnsafeBytes { code in
            for (index, byte) in zip(block.indices, code) { block[index] ^= byte }
        }
    }
}
