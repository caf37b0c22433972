import PKIX
import Testing

struct SignatureAlgorithmTests {
    /// From RFC 5758, RFC 4055, RFC 8410 and the Baseline Requirements 7.1.3.2.
    @Test(
        arguments: [
            (.ecdsaSHA256, "30 0a 06 08 2a8648ce3d040302"), (.ecdsaSHA384, "30 0a 06 08 2a8648ce3d040303"),
            (.rsaSHA256, "30 0d 06 09 2a864886f70d01010b 05 00"), (.rsaSHA384, "30 0d 06 09 2a864886f70d01010c 05 00"),
            (
                .rsaPSSSHA256,
                """
                304106092a864886f70d01010a3034a00f300d0609608648016503040201050
                0a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120
                """
            ),
            (
                .rsaPSSSHA384,
                """
                304106092a864886f70d01010a3034a00f300d0609608648016503040202050
                0a11c301a06092a864886f70d010108300d06096086480165030402020500a203020130
                """
            ),
            (.ed25519, "30 05 06 03 2b6570"),
        ] as [(SignatureAlgorithm, String)])
    func `each algorithm has its one identifier`(algorithm: SignatureAlgorithm, hex: String) throws {
        let expected = try bytes(hex: hex)
        #expect(algorithm.algorithmIdentifierDER == expected)
        #expect(SignatureAlgorithm(derEncoded: expected) == algorithm)
        #expect(try AlgorithmIdentifier(derEncoded: expected).signatureAlgorithm == algorithm)
    }

    @Test func `no other identifier is one of them`() throws {
        for algorithm in SignatureAlgorithm.allCases {
            var bytes = algorithm.algorithmIdentifierDER
            bytes[bytes.count - 1] ^= 1
            #expect(SignatureAlgorithm(derEncoded: bytes) != algorithm)
        }
        // ECDSA with NULL parameters, RSA without.
        #expect(SignatureAlgorithm(derEncoded: try bytes(hex: "300c 0608 2a8648ce3d040302 0500")) == nil)
        #expect(SignatureAlgorithm(derEncoded: try bytes(hex: "300b 0609 2a864886f70d01010b")) == nil)
    }

    @Test(arguments: KeyKind.allCases)
    func `each kind of key issues with its default, and the others are told apart`(kind: KeyKind) {
        let algorithm = SignatureAlgorithm.default(for: kind)
        #expect(algorithm.isIssued(with: kind))
        #expect(kind.defaultSignatureAlgorithm == algorithm)
        for other in SignatureAlgorithm.allCases where other.isIssued(with: kind) {
            #expect(other.isVerifiable(with: kind))
        }
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `a self-signed certificate verifies, for us and for OpenSSL`(algorithm: SignatureAlgorithm) async throws {
        for kind in KeyKind.allCases where algorithm.isIssued(with: kind) {
            let key = try await TestKey.make(kind)
            let root = try Fixture.root(key, algorithm)
            try root.verifyIssued(by: root)
            #expect(root.algorithm.signatureAlgorithm == algorithm)

            let judged = try await OpenSSL.run(
                [
                    "verify", "-x509_strict", "-check_ss_sig", "-attime", "\(Fixture.march2027)", "-CAfile",
                    "$root.pem", "$root.pem",
                ],
                files: ["root.pem": Array(PEM.encode(PEM.certificate, root.derBytes).utf8)])
            #expect(judged.isSuccess, "\(algorithm) \(kind): \(judged.text)")
        }
    }

    @Test(arguments: SignatureAlgorithm.allCases)
    func `another message, signature, key or algorithm does not verify`(algorithm: SignatureAlgorithm) async throws {
        let kind = try #require(KeyKind.allCases.first(where: algorithm.isIssued))
        let key = try await TestKey.make(kind)
        let other = try await TestKey.make(kind, isFresh: true)
        let message = Array("what was approved".utf8)
        let signature = try key.sign(message, algorithm)
        #expect(key.spki.verify(signature: signature, over: message, algorithm: algorithm))

        #expect(!other.spki.verify(signature: signature, over: message, algorithm: algorithm))
        #expect(!key.spki.verify(signature: signature, over: message + [0], algorithm: algorithm))
        #expect(!key.spki.verify(signature: [], over: message, algorithm: algorithm))
        #expect(!key.spki.verify(signature: signature + [0], over: message, algorithm: algorithm))
        #expect(!key.spki.verify(signature: signature.dropLast(), over: message, algorithm: algorithm))
        var flipped = signature
        flipped[flipped.count / 2] ^= 1
        #expect(!key.spki.verify(signature: flipped, over: message, algorithm: algorithm))
        for wrong in SignatureAlgorithm.allCases where wrong != algorithm {
            #expect(!key.spki.verify(signature: signature, over: message, algorithm: wrong), "\(wrong)")
        }
    }

    @Test func `the digest is that of the algorithm's hash`() throws {
        let sha256 = try bytes(hex: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(SignatureAlgorithm.rsaPSSSHA256.digest(of: []) == sha256)
        #expect(SignatureAlgorithm.ecdsaSHA384.digest(of: [])?.count == 48)
        #expect(SignatureAlgorithm.ed25519.digest(of: []) == nil)
    }

    @Test func `a P-384 key verifies the SHA-256 that openssl req signs with`() async throws {
        let key = try await TestKey.make(.ecP384)
        let signature = try key.sign([1, 2, 3], .ecdsaSHA256)
        #expect(key.spki.verify(signature: signature, over: [1, 2, 3], algorithm: .ecdsaSHA256))
        #expect(!SignatureAlgorithm.ecdsaSHA256.isIssued(with: .ecP384))
    }
}

extension [UInt8] {
    fileprivate func dropLast() -> [UInt8] { Array(self[..<(count - 1)]) }
}
