import Crypto
import PKIX

@testable import Rehearsal

/// CSRs with keys in memory.
enum TestRequest {
    static func make(_ key: P256.Signing.PrivateKey = P256.Signing.PrivateKey(), name: String = "anything") throws -> [UInt8] {
        let der = try Rehearsal.request(
            name: name, publicKey: Array(key.publicKey.derRepresentation), algorithm: .ecdsaSHA256
        ) { Array(try key.signature(for: SHA256.hash(data: $0)).derRepresentation) }
        return Array(PEM.encode(PEM.certificationRequest, der).utf8)
    }

    /// A request whose key nobody showed to have: it is signed with another one.
    static func stolen() throws -> [UInt8] {
        let thief = P256.Signing.PrivateKey()
        let der = try Rehearsal.request(
            name: "anything", publicKey: Array(P256.Signing.PrivateKey().publicKey.derRepresentation),
            algorithm: .ecdsaSHA256
        ) { Array(try thief.signature(for: SHA256.hash(data: $0)).derRepresentation) }
        return Array(PEM.encode(PEM.certificationRequest, der).utf8)
    }

    /// A request with a key that no profile could allow.
    static func p521() throws -> [UInt8] {
        let key = P521.Signing.PrivateKey()
        return try Rehearsal.request(
            name: "anything", publicKey: Array(key.publicKey.derRepresentation), algorithm: .ecdsaSHA256
        ) { Array(try key.signature(for: SHA256.hash(data: $0)).derRepresentation) }
    }

    static func p384() throws -> [UInt8] {
        let key = P384.Signing.PrivateKey()
        return try Rehearsal.request(
            name: "anything", publicKey: Array(key.publicKey.derRepresentation), algorithm: .ecdsaSHA384
        ) { Array(try key.signature(for: SHA384.hash(data: $0)).derRepresentation) }
    }
}
