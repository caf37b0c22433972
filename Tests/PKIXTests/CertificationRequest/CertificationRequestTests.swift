import PKIX
import Testing

struct CertificationRequestTests {
    /// Makes a request with OpenSSL, as a factory would.
    private func request(
        _ algorithm: String, _ options: [String], _ further: [String] = [], subject: String = "/O=Acme/CN=Line 4"
    ) async throws -> [UInt8] {
        let folder = try TemporaryFolder()
        try folder.write(Array(try await OpenSSL.privateKey(algorithm, options).utf8), "key.pem")
        let made = try await OpenSSL.run(
            ["req", "-new", "-key", folder.path("key.pem"), "-utf8", "-subj", subject, "-out", folder.path("r.pem")]
                + further)
        try #require(made.isSuccess, "\(made.text)")
        return try folder.read("r.pem")
    }

    @Test(
        arguments: [
            (.ecP256, "EC", ["ec_paramgen_curve:P-256"], []), (.ecP384, "EC", ["ec_paramgen_curve:P-384"], ["-sha256"]),
            (.ecP384, "EC", ["ec_paramgen_curve:P-384"], ["-sha384"]), (.rsa3072, "RSA", ["rsa_keygen_bits:3072"], []),
            (
                .rsa3072, "RSA", ["rsa_keygen_bits:3072"],
                ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:digest", "-sha384"]
            ),
            (.rsa4096, "RSA", ["rsa_keygen_bits:4096"], []), (.ed25519, "ED25519", [], []),
        ] as [(KeyKind, String, [String], [String])])
    func `requests that OpenSSL makes prove possession`(
        kind: KeyKind, algorithm: String, options: [String], further: [String]
    ) async throws {
        let pem = try await request(algorithm, options, further)
        let request = try CertificationRequest(pemOrDER: pem)
        try request.verifyProofOfPossession()
        #expect(request.subjectPublicKeyInfo.kind == kind)
        #expect(request.subject.description == "CN=Line 4,O=Acme")
        #expect(try CertificationRequest(pemOrDER: request.derBytes) == request)

        // The last byte of the signature, and the last of the subject.
        var forged = request.derBytes
        forged[forged.count - 1] ^= 1
        #expect(refusal { try CertificationRequest(derEncoded: forged).verifyProofOfPossession() } != nil)
        forged = request.derBytes
        let name = try #require(forged.firstRange(of: Array("Line 4".utf8)))
        forged[name.upperBound - 1] ^= 1
        let error = refusal { try CertificationRequest(derEncoded: forged).verifyProofOfPossession() }
        #expect(error?.kind == .signatureInvalid)
    }

    @Test func `requested extensions are listed`() async throws {
        let pem = try await request(
            "EC", ["ec_paramgen_curve:P-256"],
            ["-addext", "basicConstraints=critical,CA:TRUE,pathlen:3", "-addext", "subjectAltName=DNS:evil.example"])
        let request = try CertificationRequest(pemOrDER: pem)
        #expect(request.attributeTypes == [CertificationRequest.extensionRequestType])
        #expect(request.requestedExtensions.map(\.name) == ["basicConstraints", "subjectAltName"])
        #expect(
            try request.requestedExtensions.value(of: BasicConstraints.self)
                == BasicConstraints(isCA: true, pathLength: 3))
        #expect(
            try request.requestedExtensions.value(of: SubjectAlternativeName.self)?.names == [.dNSName("evil.example")])
    }

    @Test(arguments: [
        ("RSA", ["rsa_keygen_bits:2048"], "RSA with 2048 bits"), ("EC", ["ec_paramgen_curve:P-521"], "secp521r1"),
        ("ED448", [], "Ed448"),
    ])
    func `weak and unsupported keys are refused by name`(
        algorithm: String, options: [String], name: String
    ) async throws {
        let pem = try await request(algorithm, options)
        let error = try #require(refusal { try CertificationRequest(pemOrDER: pem) })
        #expect(error.kind == .unsupported && error.reason.contains(name), "\(error)")
    }

    @Test func `a hash that is not supported is refused by name`() async throws {
        let pem = try await request("EC", ["ec_paramgen_curve:P-256"], ["-sha512"])
        let error = try #require(refusal { try CertificationRequest(pemOrDER: pem).verifyProofOfPossession() })
        #expect(error.kind == .unsupported && error.reason.contains("ecdsa-with-SHA512"), "\(error)")
    }

    @Test func `text beside the request, two requests and another label are refused`() async throws {
        let plain = try await request("ED25519", [])
        let withText = try await request("ED25519", [], ["-text"])
        #expect(refusal { try CertificationRequest(pemOrDER: plain) } == nil)
        #expect(refusal { try CertificationRequest(pemOrDER: withText) } != nil)
        #expect(refusal { try CertificationRequest(pemOrDER: plain + plain) }?.reason.contains("2 blocks") == true)
        let der = try CertificationRequest(pemOrDER: plain).derBytes
        let certificate = Array(PEM.encode(PEM.certificate, der).utf8)
        #expect(refusal { try CertificationRequest(pemOrDER: certificate) }?.reason.contains("'CERTIFICATE'") == true)
        let new = Array(PEM.encode("NEW CERTIFICATE REQUEST", der).utf8)
        #expect(try CertificationRequest(pemOrDER: new).derBytes == der)
    }

    @Test func `a certificate is not a request`() throws {
        #expect(refusal { try CertificationRequest(derEncoded: golden("root-ed25519.hex")) }?.kind == .malformed)
    }
}
