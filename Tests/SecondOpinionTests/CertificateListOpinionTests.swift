import SecondOpinion
import Testing

@Suite struct CertificateListOpinionTests {
    @Test func aGoodListIsReadAlikeWholeAndStreamed() async throws {
        let pki = try await Fixture.shared.value
        var whole = try SecondOpinion.certificateList(pki.intermediateCRL, signedBy: pki.intermediate)
        #expect(whole.version == 2)
        #expect(whole.number == [2])
        #expect(whole.entryCount == 1)
        #expect(whole.entries.map(\.serial) == [[0x56, 0x78]])
        #expect(whole.entries.map(\.reason) == [1])
        #expect(whole.nextUpdate == whole.thisUpdate + 30 * 86400)

        let issuer = try SecondOpinion.Issuer(der: pki.intermediate)
        var seen: [SecondOpinion.RevokedFacts] = []
        let streamed = try SecondOpinion.certificateList(pki.intermediateCRL, signedBy: issuer) {
            entry throws(Disagreement) in seen.append(entry)
        }
        #expect(seen == whole.entries)
        whole.entries = []
        #expect(streamed == whole)
        #expect(
            try SecondOpinion.certificateList(pki.rootCRL, signedBy: pki.root, detail: .streamed)
                == SecondOpinion.certificateList(pki.rootCRL, signedBy: pki.root))
        #expect(
            try SecondOpinion.certificateList(pki.intermediateCRL, signedBy: issuer, detail: .headerOnly) == streamed)
        #expect(whole.compare(with: .init(number: [2], entryCount: 1)) == [])
        #expect(whole.compare(with: .init(entryCount: 2)).count == 1)
    }

    @Test(arguments: [SecondOpinion.CertificateListDetail.entries, .streamed, .headerOnly])
    func aFlippedBitInAnyByteIsRefused(detail: SecondOpinion.CertificateListDetail) async throws {
        let pki = try await Fixture.shared.value
        let issuer = try SecondOpinion.Issuer(der: pki.intermediate)
        for index in pki.intermediateCRL.indices {
            #expect(throws: Disagreement.self, "byte \(index)") {
                try SecondOpinion.certificateList(pki.intermediateCRL.flipping(index), signedBy: issuer, detail: detail)
            }
        }
    }

    @Test(arguments: [SecondOpinion.CertificateListDetail.entries, .streamed, .headerOnly])
    func trailingMissingAndForeignBytesAreRefused(detail: SecondOpinion.CertificateListDetail) async throws {
        let pki = try await Fixture.shared.value
        for bytes in [pki.rootCRL + [0], Array(pki.rootCRL.dropLast()), [], pki.root] {
            #expect(throws: Disagreement.self) {
                try SecondOpinion.certificateList(bytes, signedBy: pki.root, detail: detail)
            }
        }
        // A length in a longer form than it needs, which the signature does not cover.
        var padded = pki.rootCRL
        padded.replaceSubrange(0..<4, with: [0x30, 0x83, 0x00] + pki.rootCRL[2..<4])
        let error = #expect(throws: Disagreement.self) {
            try SecondOpinion.certificateList(padded, signedBy: pki.root, detail: detail)
        }
        #expect(error?.kind == .encoding)
    }

    @Test(arguments: [SecondOpinion.CertificateListDetail.entries, .streamed, .headerOnly])
    func anotherIssuerIsRefused(detail: SecondOpinion.CertificateListDetail) async throws {
        let pki = try await Fixture.shared.value
        for issuer in [pki.impostor, pki.intermediate] {
            let error = #expect(throws: Disagreement.self) {
                try SecondOpinion.certificateList(pki.rootCRL, signedBy: issuer, detail: detail)
            }
            #expect(error?.kind == .signature || error?.kind == .key)
        }
    }
}
