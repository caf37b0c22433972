import Crypto
import Groundwork

/// The value at ``Polynomial/digestPlace``, by which shares that do not belong together are noticed: the first four
/// bytes of HMAC-SHA256(key: R, message: secret), then R, which is random.
enum ShareDigest {
    private static let length = 4

    static func make<Failure: SecretMemoryFailure>(
        secret: SecretBytes, random: RandomSource, orThrow: Failure.Type
    ) throws(Failure) -> SecretBytes {
        try SecretBytes.filled(secret.count, orThrow: Failure.self) { digest throws(Failure) in
            let key = UnsafeMutableRawBufferPointer(rebasing: digest[length...])
            random(key)
            code(key: UnsafeRawBufferPointer(key), secret: secret).withUnsafeBytes {
                digest.copyBytes(from: $0.prefix(length))
            }
        }
    }

    /// Takes the same time for every secret.
    static func matches(_ digest: SecretBytes, secret: SecretBytes) -> Bool {
        digest.withUnsafeBytes { digest in
            let key = UnsafeRawBufferPointer(rebasing: digest[length...])
            return code(key: key, secret: secret).withUnsafeBytes { code in
                zip(code.prefix(length), digest).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
            }
        }
    }

    private static func code(key: UnsafeRawBufferPointer, secret: SecretBytes) -> SHA256.Digest {
        secret.withUnsafeBytes { KeyedHash(key: [key]).code(for: [$0]) }
    }
}
