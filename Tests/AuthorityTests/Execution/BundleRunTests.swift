import Groundwork
import PKIX
import Testing
import TrustBundle

@testable import Authority

/// A bundle of two signers on two tokens, in both forms, from the ceremony to the device.
@Suite struct BundleRunTests {
    @Test func `a bundle of two signers on two tokens is made, verifies, and satisfies a device`() throws {
        let workshop = try Workshop(try BundlePolicy.two)
        try workshop.hold(Operations.root + Operations.product("p1", isGenerated: true) + Operations.bundle)
        try workshop.hold(Operations.bundle)
        try workshop.expectVerifies()
        let directory = workshop.directory
        let root = try Certificate(derEncoded: directory.read("certificates/G1.cer"))
        let first = try SignedBundle(encoded: directory.read("bundles/000001/bundle.cose"))
        let second = try directory.read("bundles/000002/bundle.cose")
        #expect(first.signatures.count == 2)
        #expect(first.signatures.allSatisfy { $0.header.algorithm == .es256 })
        #expect(first.payload.threshold == 2)
        #expect(first.payload.anchors.map(\.format) == [.subjectPublicKeyInfo])

        // A device with the root's certificate takes the first, then by the bare key the second.
        let fresh = BundleVerifier(
            anchors: [root], threshold: 2, storeID: "test/trust", environment: "development")
        let verified = try fresh.verify(first.encoded) { try directory.read("bundles/000001/\($0)") }
        #expect(verified.signers.count == 2 && verified.warnings.isEmpty)
        #expect(first.payload.renderings.contains { $0.path.hasSuffix("anchorite_anchors_mbedtls.c") })
        let holding = try BundleVerifier(holding: first.payload)
        #expect(try holding.verify(second).warnings.isEmpty)

        let list = try SignedAnchorList(encoded: directory.read("bundles/000001/bundle.p7s"))
        #expect(list.anchors == [root] && list.signers.count == 2)
        try list.verify(under: [.certificate(root)])
    }

    @Test func `a ceremony that stops between the signatures goes on with the next`() throws {
        for steps in 1...5 {
            let workshop = try Workshop(try BundlePolicy.two)
            try workshop.hold(Operations.root)
            let plan = try workshop.plan(Operations.bundle)
            var left = steps
            var isStopped = false
            do {
                try workshop.run(plan, shouldStop: {
                    defer { left -= 1 }
                    return left == 0
                })
            } catch let error as PlanError {
                #expect(error.control == .interrupted)
                isStopped = true
            }
            if isStopped { try workshop.run(plan) }
            try workshop.expectVerifies()
        }
    }
}
