import SecondOpinion
import Testing

@Suite struct ChainOpinionTests {
    private func judge(
        _ pki: Fixture, leaf: [UInt8]? = nil, intermediates: [[UInt8]]? = nil, anchors: [[UInt8]]? = nil,
        crls: [[UInt8]]? = nil, after seconds: Int64 = 0, checkAllCRLs: Bool = true
    ) throws(Disagreement) -> [[UInt8]] {
        try SecondOpinion.chain(
            leaf: leaf ?? pki.leaf, intermediates: intermediates ?? [pki.intermediate], anchors: anchors ?? [pki.root],
            crls: crls ?? [pki.rootCRL, pki.intermediateCRL], at: pki.now + seconds, checkAllCRLs: checkAllCRLs)
    }

    private func code(_ judge: () throws -> Void) -> Disagreement.Kind? {
        do { try judge() } catch { return (error as? Disagreement)?.kind }
        return nil
    }

    @Test func aGoodChainIsAcceptedAndNamed() async throws {
        let pki = try await Fixture.shared.value
        let path = try judge(pki)
        let leaf = try SecondOpinion.certificate(pki.leaf, signedBy: pki.intermediate)
        let intermediate = try SecondOpinion.certificate(pki.intermediate, signedBy: pki.root)
        #expect(path == [leaf.subject, intermediate.subject, intermediate.issuer])
    }

    @Test func expiredAndFutureChainsAreRefused() async throws {
        let pki = try await Fixture.shared.value
        #expect(code { _ = try judge(pki, after: 301 * 86400, checkAllCRLs: false) } == .chain(code: 12, depth: 0))
        #expect(
            code { _ = try judge(pki, crls: [], after: 301 * 86400, checkAllCRLs: false) } == .chain(code: 10, depth: 0)
        )
        #expect(code { _ = try judge(pki, crls: [], after: -86400, checkAllCRLs: false) } == .chain(code: 9, depth: 2))
    }

    @Test func aRevokedLeafIsRefusedUnlessNobodyAsks() async throws {
        let pki = try await Fixture.shared.value
        let error = #expect(throws: Disagreement.self) { try judge(pki, leaf: pki.revokedLeaf) }
        #expect(error?.kind == .chain(code: 23, depth: 0))
        #expect(error?.openssl == "certificate revoked (error 23)")
        #expect(error?.where == "chain, depth 0, CN=Device,O=Acme")
        #expect(throws: Never.self) { try judge(pki, leaf: pki.revokedLeaf, crls: [], checkAllCRLs: false) }
    }

    @Test func aMissingCRLIsRefused() async throws {
        let pki = try await Fixture.shared.value
        #expect(code { _ = try judge(pki, crls: [pki.rootCRL]) } == .chain(code: 3, depth: 0))
        #expect(code { _ = try judge(pki, crls: [pki.intermediateCRL]) } == .chain(code: 3, depth: 1))
        #expect(code { _ = try judge(pki, crls: []) } == .chain(code: 3, depth: 0))
        #expect(throws: Never.self) { try judge(pki, crls: [pki.intermediateCRL], checkAllCRLs: false) }
    }

    @Test func aChainWithoutItsAnchorOrIntermediateIsRefused() async throws {
        let pki = try await Fixture.shared.value
        #expect(code { _ = try judge(pki, anchors: []) } == .chain(code: 20, depth: 1))
        #expect(code { _ = try judge(pki, anchors: [pki.impostor], checkAllCRLs: false) } != nil)
        #expect(code { _ = try judge(pki, intermediates: []) } == .chain(code: 20, depth: 0))
        #expect(code { _ = try judge(pki, anchors: [[0x30, 0x00]]) } == .encoding)
    }

    @Test func aFlippedSignatureInTheMiddleIsRefused() async throws {
        let pki = try await Fixture.shared.value
        let broken = pki.intermediate.flipping(pki.intermediate.count - 1)
        #expect(code { _ = try judge(pki, intermediates: [broken]) } == .chain(code: 7, depth: 1))
    }
}
