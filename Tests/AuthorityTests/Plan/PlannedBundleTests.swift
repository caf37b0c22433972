import Authority
import Groundwork
import Testing

/// What a trust-anchor bundle continues, and whose key signs it when there are two roots.
@Suite struct PlannedBundleTests {
    private let authority: PaperAuthority

    init() throws { authority = try PaperAuthority.founded.get() }

    @Test func `bundles are numbered without a gap, and each names the one before`() throws {
        var authority = authority
        let first = try #require(authority.state?.bundles.last)
        #expect(first.planned.sequence == 1 && first.planned.previous == nil)
        let second = try #require(try authority.hold(Operations.bundle).bundles.first)
        #expect(second.sequence == 2 && second.previous == first.payload && first.payload != nil)
        let third = try #require(try authority.hold(Operations.bundle).bundles.first)
        #expect(third.sequence == 3 && third.previous == authority.state?.bundles[1].payload)
        #expect(Set(authority.state?.bundles.map(\.planned.path) ?? []).count == 3)
    }

    @Test func `a bundle is signed by a live bundle signer under one of its roots`() throws {
        var authority = authority
        let second = Operations.root.replacing("G1", with: "G2")
        expectRefusal(
            .bundleSignature,
            "no live bundle signer is under G1, or G1 is not in the bundle. The bundle may hold G2"
        ) {
            try authority.plan(second + Operations.bundle + "    anchors: [G2]\n    signer: G1\n")
        }
        let signer = try #require(try authority.record("G1-bundle-signer").fingerprint)
        try authority.hold(
            second + Operations.revoke(target: "certificate-sha256: \"\(signer.hex)\"") + Operations.crl(of: "G1"))
        expectRefusal(.bundleSignature, "there is no live bundle signer under G1") {
            try authority.plan(Operations.bundle + "    anchors: [G1]\n")
        }
        #expect(try authority.plan(Operations.bundle).bundles.map(\.signer) == ["G2-bundle-signer"])
    }

    @Test func `devices that trust the older root can verify who signs`() throws {
        let second = Operations.root.replacing("G1", with: "G2")
        let plan = try authority.plan(second + Operations.bundle)
        #expect(plan.bundles.map(\.signer) == ["G1-bundle-signer"])
        let other = try authority.plan(second + Operations.bundle + "    signer: G2\n")
        #expect(other.bundles.map(\.signer) == ["G2-bundle-signer"])
    }
}
