import Groundwork
import PKIX
import Testing

@testable import Authority

/// The last CRL of a CA, and the end of its key.
@Suite struct LastListTests {
    /// What must be revoked before G1's last CRL.
    static let revocations = Operations.revoke("p1") + Operations.revoke(target: "name: G1-bundle-signer")

    static let policy: Result<String, any Error> = Result {
        try RolloverPolicy.text.replacing("maximum-crl-entries: 2", with: "maximum-crl-entries: 9")
    }

    @Test func `the last CRL waits until nothing under the CA is live`() throws {
        var authority = try PaperAuthority(try Self.policy.get())
        try authority.hold(Operations.root + Operations.product("p1") + Operations.product("p3", isGenerated: true))
        expectRefusal(
            .issuerEnded,
            "G1-bundle-signer and 2 more under G1 would be live after its last CRL, and could not be revoked any more. Revoke it"
        ) { try authority.plan(Operations.lastCRL()) }
        expectRefusal(.issuerEnded, "product-p3 under G1 would be live") {
            try authority.plan(Self.revocations + Operations.lastCRL())
        }
        let plan = try authority.plan(Self.revocations + Operations.revoke("p3") + Operations.lastCRL())
        let list = try #require(plan.certificateLists.first)
        #expect(list.nextUpdate == .latest && list.isLast && list.entries == 3 && list.number == 2)
        #expect(plan.operations.last?.title
            == "Issue the last CRL of G1, number 2, which never ends: G1 signs nothing after it")
        let parsed = try CertificateList.parseTBS(list.template.bytes)
        #expect(parsed.header.nextUpdate == DERTime.noExpiration)
        _ = try PlanReview.simulate(plan, state: authority.state)
        // Or until it has expired.
        let late = try #require(authority.record("G1-bundle-signer").fields.notAfter.adding(seconds: 1))
        #expect(late > (try authority.record("product-p1").fields.notAfter))
        _ = try authority.plan(Operations.lastCRL(), at: late)
    }

    @Test func `after its last CRL a CA signs nothing`() throws {
        var authority = try PaperAuthority(try Self.policy.get())
        try authority.hold(Operations.root + Operations.product("p1") + Operations.product("p3", isGenerated: true))
        try authority.hold(Operations.root.replacing("name: G1", with: "name: G2"))
        // A revoked CA says its last too, and what stands below it does not matter.
        try authority.hold(Operations.revoke("p3") + Operations.crl)
        try authority.hold(Operations.lastCRL(of: "product-p3"))
        try authority.hold(Self.revocations + Operations.lastCRL())
        for (operations, what) in [
            (Operations.crl, "CRL"), (Operations.lastCRL(), "CRL"), (Operations.product("p2"), "certificate product-p2"),
        ] {
            expectRefusal(.issuerEnded, "G1 signs nothing after its last CRL, number 3, so no \(what)") {
                try authority.plan(operations)
            }
        }
        expectRefusal(.issuerEnded, "product-p3 signs nothing after its last CRL, number 2") {
            try authority.plan(Operations.lastCRL(of: "product-p3"))
        }
        // The other root goes on, and bundles carry it alone.
        _ = try authority.plan(Operations.product("p2", under: "G2"))
        #expect(try authority.plan(Operations.bundle).bundles.first?.anchors == ["G2"])
        let state = try #require(authority.state)
        let status = AuthorityStatus(
            state, openCeremony: nil, at: authority.clock, notice: try #require(CalendarDuration("20y")))
        #expect(status.roots.first?.list?.isLast == true)
        #expect(!status.due.contains { $0.subject == "G1" && ($0.kind == .list || $0.kind == .bundleSigner) })
    }

    @Test func `what is revoked by its name must be there`() throws {
        let authority = try PaperAuthority.founded.get()
        expectRefusal(.revocationTarget, "there is no certificate named product-p7. Certificates:") {
            try authority.plan(Operations.revoke(target: "name: product-p7") + Operations.crl)
        }
        let plan = try authority.plan(Operations.revoke(target: "name: product-p1") + Operations.crl)
        #expect(plan.revocations.map(\.certificate) == ["product-p1"])
    }
}

extension Operations {
    static func lastCRL(of issuer: String = "G1") -> String { crl(of: issuer) + "    last: yes\n" }
}
