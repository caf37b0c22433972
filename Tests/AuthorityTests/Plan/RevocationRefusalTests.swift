import Authority
import Groundwork
import PKIX
import Testing

/// Revocations, CRLs and bundles: what the planner refuses, and what a good one continues.
@Suite struct RevocationRefusalTests {
    let authority: FinishedAuthority

    init() throws { authority = try FinishedAuthority.full.get() }

    private func revoke(_ what: String) -> String {
        "  - operation: revoke\n    \(what)\n    reason: superseded\n" + Operations.crl
    }

    @Test func `what is revoked must be there`() throws {
        expectRefusal(.revocationTarget, "there is no certificate for product p7. Live are product p1; product p3.") { try authority.plan(revoke("scope: {product: p7}")) }
        expectRefusal(.revocationTarget, "issued no certificate") {
            try authority.plan(revoke("issuer: G1\n    serial: 0badc0de"))
        }
        expectRefusal(.revocationTarget, "is no certificate of this authority") {
            try authority.plan(revoke("certificate-sha256: \(Digest.zero.hex)"))
        }
        expectRefusal(.revocationTarget, "is no certificate of this authority") {
            try authority.plan(revoke("certificate: x.cer"), inputs: ["x.cer": [1, 2, 3]])
        }
        expectRefusal(.revocationTarget, "there is no CA named G9") {
            try authority.plan(revoke("issuer: G9\n    serial: 0badc0de"))
        }
    }

    @Test func `each way to name a certificate finds it`() throws {
        let p1 = try #require(authority.state.certificates["product-p1"])
        let der = try #require(p1.der)
        for what in [
            "scope: {product: p1}", "profile: product\n    scope: {product: p1}",
            "issuer: G1\n    serial: \(Hex.encode(p1.fields.serial))", "certificate: x.cer", "certificate: x.pem",
            "certificate-sha256: \(Digest(of: der).hex)",
        ] {
            let plan = try authority.plan(
                revoke(what), inputs: ["x.cer": der, "x.pem": Array(PEM.encode(PEM.certificate, der).utf8)])
            guard case .revocation(let revocation) = plan.operations[0].steps[0] else {
                Issue.record("no revocation")
                continue
            }
            #expect(revocation.certificate == "product-p1" && revocation.serial == p1.fields.serial)
        }
    }

    @Test func `a revoked certificate is not revoked again, nor a root`() throws {
        let p2 = try #require(authority.state.certificates["product-p2"])
        expectRefusal(.revocationTarget, "product-p2 is revoked already") {
            try authority.plan(revoke("issuer: G1\n    serial: \(Hex.encode(p2.fields.serial))"))
        }
        let date = try #require(p2.revocation?.date)
        expectRefusal(.revocationTarget, "operations[0]: product-p2 is revoked already, since \(date), by ceremony 2.") {
            try authority.plan(revoke("scope: {product: p2}"))
        }
        expectRefusal(.revocationTarget, "product-p1 is revoked already, by an operation before this one.") {
            let p1 = try #require(authority.state.certificates["product-p1"])
            let both = revoke("scope: {product: p1}").replacingOccurrences(of: Operations.crl, with: "")
            return try authority.plan(both + revoke("issuer: G1\n    serial: \(Hex.encode(p1.fields.serial))"))
        }
        expectRefusal(.revocationTarget, "G1 is a root") {
            try authority.plan(revoke("certificate-sha256: \(authority.root.hex)"))
        }
    }

    @Test func `a key is not compromised from tomorrow on`() throws {
        let last = try #require(authority.state.lists["G1"]?.last?.planned.thisUpdate)
        let created = try #require(last.adding(seconds: 60))
        let since = { (time: Timestamp?) in
            Operations.revoke("p1") + "    since: \(time?.rfc3339 ?? "")\n" + Operations.crl
        }
        expectRefusal(.revocationTarget, "which is to come") {
            try authority.plan(since(created.adding(seconds: 1)), at: created)
        }
        _ = try authority.plan(since(created), at: created)
    }

    @Test func `a revocation without its CRL is refused, in whichever order`() throws {
        expectRefusal(.revocationPublished, "issues no CRL of G1") { try authority.plan(Operations.revoke("p1")) }
        // Issued before the revocation, the CRL says nothing of it.
        expectRefusal(.revocationPublished) { try authority.plan(Operations.crl + Operations.revoke("p1")) }
        _ = try authority.plan(Operations.revoke("p1") + Operations.crl)
    }

    @Test func `a CRL continues the one before: the next number, a later time, every entry`() throws {
        let plan = try authority.plan(Operations.revoke("p1") + Operations.crl)
        guard case .certificateList(let list) = plan.operations[1].steps[0] else {
            Issue.record("no CRL")
            return
        }
        #expect(list.number == 3 && list.entries == 2)
        let last = try #require(authority.state.lists["G1"]?.last?.planned)
        #expect(last.number == 2 && last.entries == 1)
        expectRefusal(.listContinuity, "two CRLs") { try authority.plan(Operations.crl + Operations.crl) }
        expectRefusal(.listContinuity) { try authority.plan(Operations.crl, at: last.thisUpdate) }
        expectRefusal(.listContinuity, "Check the clock") {
            try authority.plan(Operations.crl, at: try #require(last.thisUpdate.adding(seconds: -1)))
        }
        _ = try authority.plan(Operations.crl, at: try #require(last.thisUpdate.adding(seconds: 1)))
    }

    @Test func `a ceremony publishes one bundle, which continues the one before`() throws {
        expectRefusal(.bundleSequence, "a ceremony publishes one bundle") {
            try authority.plan(Operations.bundle + Operations.bundle)
        }
        let plan = try authority.plan(Operations.revoke("p1") + Operations.crl + Operations.bundle)
        guard case .bundle(let bundle) = plan.operations[2].steps.last else {
            Issue.record("no bundle")
            return
        }
        #expect(bundle.sequence == 3 && bundle.previous == authority.state.bundles.last?.payload)
        #expect(bundle.intermediates == ["product-p3"])
        #expect(bundle.minimumCRLs.contains { $0.issuer == "G1" && $0.number == 3 })
        #expect(bundle.denied.count == 2)
    }

    @Test func `a bundle carries roots that are there, signed under one of them`() throws {
        expectRefusal(.bundleSequence, "there is no root G7. Roots: G1. Did you mean \"G1\"?") {
            try authority.plan(Operations.bundle + "    anchors: [G7]\n")
        }
        expectRefusal(.bundleSequence) { try authority.plan(Operations.bundle + "    anchors: [product-p1]\n") }
        expectRefusal(.bundleSignature, "no live bundle signer") {
            try authority.plan(Operations.bundle + "    signer: G7\n")
        }
        let late = try #require(authority.state.certificates["G1-bundle-signer"]?.fields.notAfter.adding(seconds: 1))
        expectRefusal(.bundleSignature, "no live bundle signer") { try authority.plan(Operations.bundle, at: late) }
        _ = try authority.plan(Operations.bundle + "    anchors: [G1]\n    signer: G1\n")
    }
}
