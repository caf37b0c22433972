import Crypto
import PKIX
import Testing

struct RequestMakingTests {
    @Test func `a request that is made here proves possession to OpenSSL and to ourselves`() async throws {
        let key = P384.Signing.PrivateKey()
        let der = try CertificationRequest.make(
            subject: DistinguishedName([("O", "Acme"), ("CN", "Line 4")]),
            publicKey: SubjectPublicKeyInfo(derEncoded: Array(key.publicKey.derRepresentation)),
            algorithm: .ecdsaSHA384
        ) { Array(try key.signature(for: SHA384.hash(data: $0)).derRepresentation) }

        let request = try CertificationRequest(derEncoded: der)
        try request.verifyProofOfPossession()
        #expect(request.subject.description == "CN=Line 4,O=Acme")
        #expect(request.attributeTypes.isEmpty)

        let folder = try TemporaryFolder()
        try folder.write(der, "request.der")
        let verdict = try await OpenSSL.run(
            ["req", "-inform", "DER", "-in", folder.path("request.der"), "-verify", "-noout"])
        #expect(verdict.isSuccess, "\(verdict.text)")
    }

    @Test func `a request signed with another key is refused`() throws {
        let key = P256.Signing.PrivateKey()
        let other = P256.Signing.PrivateKey()
        let der = try CertificationRequest.make(
            subject: DistinguishedName([("CN", "Line 4")]),
            publicKey: SubjectPublicKeyInfo(derEncoded: Array(key.publicKey.derRepresentation)),
            algorithm: .ecdsaSHA256
        ) { Array(try other.signature(for: SHA256.hash(data: $0)).derRepresentation) }
        let request = try CertificationRequest(derEncoded: der)
        #expect(throws: PKIXError.self) { try request.verifyProofOfPossession() }
    }
}
