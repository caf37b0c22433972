import Crypto
import PKIX

@testable import Rehearsal

/// CSRs with keys in memory.
enum TestRequest {
    /// - Parameter signer: another key than the one that is asked for, for a request that proves nothing.
    static func make(
        _ key: P256.Signing.PrivateKey = P256.Signing.PrivateKey(), name: String = "anything",
        signer: P256.Signing.PrivateKey? = nil
    ) throws -> [UInt8] {
        let der = try Rehearsal.request(
            name: name, publicKey: Array(key.publicKey.derRepresentation), algorithm: .ecdsaSHA256
        ) { Array(try (signer ?? key).signature(for: SHA256.hash(data: $0)).derRepresentation) }
        return Array(PEM.encode(PEM.certificationRequest, der).utf8)
    }
}
