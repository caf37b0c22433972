import Crypto
import Groundwork
import PKIX
import Testing

@testable import Authority

/// libcrypto reads what we sign; where it disagrees, nothing is signed.
@Suite struct OpinionTests {
    private func read(_ path: String) throws -> [UInt8] {
        try Files.read("\(try FinishedAuthority.full.get().path)/\(path)")
    }

    private func key() throws -> SubjectPublicKeyInfo {
        try SubjectPublicKeyInfo(derEncoded: Array(P256.Signing.PrivateKey().publicKey.derRepresentation))
    }

    @Test func `libcrypto accepts a certificate under its issuer, and under no other`() throws {
        let (root, p1) = (try read("certificates/G1.cer"), try read("certificates/product-p1.cer"))
        try Opinion.certificate(p1, "p1", issuer: .certificate(root))
        try Opinion.certificate(root, "G1", issuer: .certificate(root))
        expectRefusal(.secondOpinion, "the certificate p1") { try Opinion.certificate(p1, "p1", issuer: .certificate(p1)) }
        expectRefusal(.secondOpinion) { try Opinion.certificate(p1, "p1", issuer: .key(try key())) }
    }

    @Test func `libcrypto refuses a certificate with one bit changed, wherever it is`() throws {
        let (root, p1) = (try read("certificates/G1.cer"), try read("certificates/product-p1.cer"))
        for position in p1.indices {
            var changed = p1
            changed[position] ^= 1
            expectRefusal(.secondOpinion) { try Opinion.certificate(changed, "p1", issuer: .certificate(root)) }
        }
    }

    @Test func `libcrypto accepts a CRL as it was planned, and no other`() throws {
        let authority = try FinishedAuthority.full.get()
        let (root, der) = (try read("certificates/G1.cer"), try read("crls/G1-000002.crl"))
        let planned = try #require(authority.state.lists["G1"]?.last?.planned)
        try Opinion.certificateList(der, planned, issuer: .certificate(root))
        var more = planned
        more.entries += 1
        expectRefusal(.secondOpinion, "CRL 2 of G1") { try Opinion.certificateList(der, more, issuer: .certificate(root)) }
        for position in der.indices {
            var changed = der
            changed[position] ^= 1
            expectRefusal(.secondOpinion) { try Opinion.certificateList(changed, planned, issuer: .certificate(root)) }
        }
    }

    @Test func `libcrypto accepts a signature over its message, by its key, and no other`() throws {
        let key = P256.Signing.PrivateKey()
        let message = Array("message".utf8)
        let signature = Array(try key.signature(for: SHA256.hash(data: message)).derRepresentation)
        let publicKey = try SubjectPublicKeyInfo(derEncoded: Array(key.publicKey.derRepresentation))
        try Opinion.signature(signature, message, .ecdsaSHA256, publicKey)
        expectRefusal(.secondOpinion) { try Opinion.signature(signature, message + [0], .ecdsaSHA256, publicKey) }
        expectRefusal(.secondOpinion) { try Opinion.signature(signature, message, .ecdsaSHA384, publicKey) }
        expectRefusal(.secondOpinion) { try Opinion.signature(signature, message, .ecdsaSHA256, try self.key()) }
        expectRefusal(.secondOpinion) { try Opinion.signature([], message, .ecdsaSHA256, publicKey) }
    }
}
