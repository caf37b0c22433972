import Crypto

/// The key of a PKCS #12 MAC (RFC 7292 appendix B.2), with SHA-256, of the length of one digest.
enum PKCS12Key {
    /// B.3: the diversifier for keys of MACs.
    private static let purpose: UInt8 = 3
    /// The block of SHA-256, in bytes.
    private static let block = 64

    static func make(password: String, salt: [UInt8], iterations: Int) -> [UInt8] {
        let secret = PKCS12DER.bigEndian(password) + [0, 0]
        let input = [UInt8](repeating: purpose, count: block) + repeated(salt) + repeated(secret)
        var digest = Array(SHA256.hash(data: input))
        for _ in 1..<max(iterations, 2) { digest = Array(SHA256.hash(data: digest)) }
        return digest
    }

    /// As often as it takes to fill whole blocks.
    private static func repeated(_ bytes: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        let count = (bytes.count + block - 1) / block * block
        return (0..<count).map { bytes[$0 % bytes.count] }
    }
}
