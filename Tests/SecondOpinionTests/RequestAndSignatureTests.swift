import SecondOpinion
import Testing

@Suite struct RequestAndSignatureTests {
    @Test func aRequestIsReadAndEveryFlippedBitRefused() async throws {
        let pki = try await Fixture.shared.value
        let facts = try SecondOpinion.request(pki.request)
        let leaf = try SecondOpinion.certificate(pki.leaf, signedBy: pki.intermediate)
        #expect(facts.spki == leaf.spki)
        #expect(facts.subject == leaf.subject)
        #expect(facts.signatureAlgorithm == .ecdsaSHA256)
        for index in pki.request.indices {
            #expect(throws: Disagreement.self, "byte \(index)") {
                try SecondOpinion.request(pki.request.flipping(index))
            }
        }
        #expect(throws: Disagreement.self) { try SecondOpinion.request(pki.request + [0]) }
    }

    @Test(arguments: SecondOpinion.SignatureAlgorithm.allCases)
    func aSignatureHoldsForItsMessageKeyAndAlgorithmOnly(algorithm: SecondOpinion.SignatureAlgorithm) async throws {
        let pki = try await Fixture.shared.value
        let (spki, signature) = try #require(pki.signatures[algorithm])
        func verify(
            _ signature: [UInt8], over message: [UInt8] = Fixture.message, spki: [UInt8],
            as algorithm: SecondOpinion.SignatureAlgorithm
        ) throws {
            try SecondOpinion.rawSignature(spki: spki, message: message, signature: signature, algorithm: algorithm)
        }
        #expect(throws: Never.self) { try verify(signature, spki: spki, as: algorithm) }
        #expect(throws: Disagreement.self) {
            try verify(signature, over: Fixture.message + [0], spki: spki, as: algorithm)
        }
        #expect(throws: Disagreement.self) { try verify(signature, over: [], spki: spki, as: algorithm) }
        #expect(throws: Disagreement.self) {
            try verify(signature.flipping(signature.count - 1), spki: spki, as: algorithm)
        }
        #expect(throws: Disagreement.self) { try verify(signature + [0], spki: spki, as: algorithm) }
        #expect(throws: Disagreement.self) { try verify([], spki: spki, as: algorithm) }
        for other in SecondOpinion.SignatureAlgorithm.allCases where other != algorithm {
            #expect(throws: Disagreement.self) { try verify(signature, spki: spki, as: other) }
        }
        #expect(throws: Disagreement.self) { try verify(signature, spki: spki + [0], as: algorithm) }
    }

    @Test(arguments: SecondOpinion.SignatureAlgorithm.allCases.filter { $0 != .ed25519 })
    func aMessageThatComesInPiecesVerifiesAsOneThatDoesNot(algorithm: SecondOpinion.SignatureAlgorithm) async throws {
        let pki = try await Fixture.shared.value
        let (spki, signature) = try #require(pki.signatures[algorithm])
        func verify(_ pieces: [ArraySlice<UInt8>], _ signature: [UInt8]) throws {
            let stream = try SignatureStream(spki: spki, algorithm: algorithm)
            for piece in pieces { try piece.withUnsafeBytes { try stream.update($0) } }
            try stream.finish(signature)
        }
        let message = Fixture.message
        #expect(throws: Never.self) { try verify([message[...]], signature) }
        #expect(throws: Never.self) { try verify([message[..<1], [], message[1...]], signature) }
        #expect(throws: Disagreement.self) { try verify([message[1...]], signature) }
        #expect(throws: Disagreement.self) { try verify([], signature) }
        #expect(throws: Disagreement.self) { try verify([message[...], [0]], signature) }
        #expect(throws: Disagreement.self) { try verify([message[...]], signature.flipping(signature.count - 1)) }
        #expect(throws: Disagreement.self) { try verify([message[...]], []) }
        for other in SecondOpinion.SignatureAlgorithm.allCases where other != algorithm {
            #expect(throws: Disagreement.self) {
                let stream = try SignatureStream(spki: spki, algorithm: other)
                try message.withUnsafeBytes { try stream.update($0) }
                try stream.finish(signature)
            }
        }
    }

    @Test(arguments: [(SecondOpinion.SignatureAlgorithm.ecdsaSHA256, 32), (.ecdsaSHA384, 48)])
    func theTwoEncodingsOfECDSAAreToldApart(algorithm: SecondOpinion.SignatureAlgorithm, width: Int) async throws {
        let pki = try await Fixture.shared.value
        let (spki, der) = try #require(pki.signatures[algorithm])
        // SEQUENCE header 2, then two INTEGERs, each with a header of 2.
        let r = Array(der[4..<(4 + Int(der[3]))])
        let s = Array(der[(4 + r.count + 2)...])
        func fixed(_ number: [UInt8]) -> [UInt8] {
            let bare = number.drop { $0 == 0 }
            return [UInt8](repeating: 0, count: width - bare.count) + bare
        }
        let joined = fixed(r) + fixed(s)
        func verify(_ signature: [UInt8], _ encoding: SecondOpinion.ECDSAEncoding) throws {
            try SecondOpinion.rawSignature(
                spki: spki, message: Fixture.message, signature: signature, algorithm: algorithm,
                ecdsaEncoding: encoding)
        }
        #expect(throws: Never.self) { try verify(joined, .concatenated) }
        #expect(throws: Never.self) { try verify(der, .der) }
        #expect(throws: Disagreement.self) { try verify(joined, .der) }
        #expect(throws: Disagreement.self) { try verify(der, .concatenated) }
        #expect(throws: Disagreement.self) { try verify(joined.flipping(0), .concatenated) }
        #expect(throws: Disagreement.self) { try verify([0] + joined, .concatenated) }
        #expect(throws: Disagreement.self) {
            try verify([UInt8](repeating: 0, count: 2 * width), .concatenated)
        }
    }
}
