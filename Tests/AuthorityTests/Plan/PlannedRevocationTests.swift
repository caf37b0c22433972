import Authority
import Groundwork
import PKIX
import Testing

/// Revocations over several ceremonies, and the lists that say so.
@Suite struct PlannedRevocationTests {
    private let authority: PaperAuthority

    init() throws { authority = try PaperAuthority.founded.get() }

    @Test func `a scope that two certificates have names neither`() throws {
        var authority = try PaperAuthority(
            try TestPolicy.text("scope: [product]", "scope: [product]\n    one-per-scope: no"))
        try authority.hold(
            Operations.root + Operations.product("p1") + Operations.product("p1").replacing("p1.csr", with: "p2.csr"))
        expectRefusal(
            .revocationTarget,
            "2 live certificates are for product p1: product-p1, product-p1-r2. Name one of them by its serial number"
        ) { try authority.plan(Operations.revoke("p1") + Operations.crl) }
        let serial = Hex.encode(try authority.record("product-p1-r2").fields.serial)
        let plan = try authority.plan(
            Operations.revoke(target: "issuer: G1\n    serial: \"\(serial)\"") + Operations.crl)
        #expect(plan.revocations.map(\.certificate) == ["product-p1-r2"])
    }

    @Test func `a revocation is published by a later CRL of its own issuer`() throws {
        let sentence = "the ceremony revokes product-p1, and issues no CRL of G1"
        expectRefusal(.revocationPublished, sentence) {
            try authority.plan(Operations.revoke("p1") + Operations.crl(of: "{product: p3}"))
        }
        expectRefusal(.revocationPublished, sentence) { try authority.plan(Operations.crl + Operations.revoke("p1")) }
        expectRefusal(.revocationPublished, "the ceremony revokes product-p3, and issues no CRL of G1") {
            try authority.plan(Operations.revoke("p1") + Operations.crl + Operations.revoke("p3"))
        }
        let plan = try authority.plan(Operations.revoke("p1") + Operations.revoke("p3") + Operations.crl)
        #expect(plan.certificateLists.map(\.entries) == [2])
    }

    @Test func `a ceremony issues one CRL of an issuer`() throws {
        expectRefusal(.listContinuity, "the ceremony issues two CRLs of G1. Remove one of the two operations") {
            try authority.plan(Operations.crl + Operations.crl)
        }
        expectRefusal(.listContinuity, "the ceremony issues two CRLs of product-p4") {
            try authority.plan(Operations.product("p4", isGenerated: true) + Operations.crl(of: "{product: p4}"))
        }
        let plan = try authority.plan(Operations.crl + Operations.crl(of: "{product: p3}"))
        #expect(plan.certificateLists.map(\.issuer) == ["G1", "product-p3"])
    }

    @Test func `numbers go up by one, and entries stay for ever`() throws {
        var authority = authority
        let (p1, p3) = (try authority.record("product-p1"), try authority.record("product-p3"))
        let plans = [
            try authority.hold(Operations.crl), try authority.hold(Operations.revoke("p1") + Operations.crl),
            try authority.hold(Operations.crl), try authority.hold(Operations.revoke("p3") + Operations.crl),
        ]
        let lists = plans.flatMap(\.certificateLists)
        #expect(lists.map(\.number) == [2, 3, 4, 5])
        #expect(lists.map(\.entries) == [0, 1, 1, 2])
        for list in lists {
            let serials = (list.number >= 3 ? [p1.fields.serial] : []) + (list.number >= 5 ? [p3.fields.serial] : [])
            for serial in [p1.fields.serial, p3.fields.serial] {
                #expect(contains(list.template.bytes, serial) == serials.contains(serial))
            }
        }
        // Also when what was revoked has expired.
        #expect(p1.fields.notAfter < (try time("2030-01-01T00:00:00Z")))
        let plan = try authority.plan(Operations.crl, at: try time("2030-01-01T00:00:00Z"))
        let late = try #require(plan.certificateLists.first)
        #expect(late.number == 6 && late.entries == 2)
        #expect(contains(late.template.bytes, p1.fields.serial) && contains(late.template.bytes, p3.fields.serial))
    }

    private func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        bytes.indices.contains { bytes[$0...].starts(with: part) }
    }
}
