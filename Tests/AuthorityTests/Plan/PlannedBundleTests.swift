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
            .bundleSignature, "no live bundle signer is under G7, or G7 is not in the bundle. The bundle may hold G1"
        ) {
            try authority.plan(Operations.bundle + "    signer: G7\n")
        }
        let signer = try #require(try authority.record("G1-bundle-signer").fingerprint)
        try authority.hold(
            second + Operations.revoke(target: "certificate-sha256: \"\(signer.hex)\"") + Operations.crl(of: "G1"))
        expectRefusal(.bundleSignature, "there is no live bundle signer under G1") {
            try authority.plan(Operations.bundle + "    anchors: [G1]\n")
        }
        // Devices that hold bundle 1 know nobody any more who could sign for them.
        expectRefusal(.bundleSignature, "there is no live bundle signer under G1") {
            try authority.plan(Operations.bundle)
        }
    }

    private func signers(_ plan: Plan) -> [[String]] { plan.bundles.map { $0.signers.map(\.certificate) } }

    @Test func `devices that trust the older root can verify who signs`() throws {
        var authority = authority
        let second = Operations.root.replacing("G1", with: "G2")
        // A change of the roots is signed under the old and under the new.
        let plan = try authority.hold(second + Operations.bundle)
        #expect(signers(plan) == [["G1-bundle-signer", "G2-bundle-signer"]])
        expectRefusal(.bundleSignature, "the bundle needs signers under G1, G2, not under G2 alone. Leave signer out") {
            try self.authority.plan(second + Operations.bundle + "    signer: G2\n")
        }
        // The same roots again: one signer, under the oldest unless the ceremony says otherwise.
        #expect(signers(try authority.plan(Operations.bundle)) == [["G1-bundle-signer"]])
        #expect(signers(try authority.plan(Operations.bundle + "    signer: G2\n")) == [["G2-bundle-signer"]])
        // Without the older root, its signer signs for those who still have it.
        let alone = try authority.hold(Operations.bundle + "    anchors: [G2]\n")
        #expect(signers(alone) == [["G1-bundle-signer", "G2-bundle-signer"]])
        #expect(signers(try authority.plan(Operations.bundle + "    anchors: [G2]\n")) == [["G2-bundle-signer"]])
    }
}
