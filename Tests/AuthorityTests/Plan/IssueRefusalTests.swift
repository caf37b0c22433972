import Authority
import Crypto
import Groundwork
import PKIX
import Testing

/// What the planner refuses to issue, and under which control. The authority has the root G1, p1 from a CSR, p2 revoked,
/// and p3 with a key of its own.
@Suite struct IssueRefusalTests {
    let authority: FinishedAuthority

    init() throws { authority = try FinishedAuthority.full.get() }

    private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    /// A year in which the root lives, and which is not this one.
    private var year: Int { (authority.state.certificates["G1"]?.fields.notBefore.year ?? 2027) + 2 }

    @Test func `a factory that the policy does not know is refused with the nearest one, a known one accepted`() throws {
        let csr = ["x.csr": try TestRequest.make()]
        let summer = try time("\(year)-06-01T00:00:00Z")
        expectRefusal(.scopeKnown, "nearest is shenzhen-2") {
            try authority.plan(Operations.factory("shenzen-2", year, csr: "x.csr"), at: summer, inputs: csr)
        }
        let plan = try authority.plan(Operations.factory("shenzhen-2", year, csr: "x.csr"), at: summer, inputs: csr)
        #expect(plan.operations[0].title.contains("factory shenzhen-2, year \(year)"))
    }

    @Test func `a scope that lacks a field, has one too many or a value of the wrong form is refused`() throws {
        let csr = ["x.csr": try TestRequest.make()]
        for scope in ["{product: P_1}", "{product: -p}", "{product: p9, year: 2030}", "{factory: tallinn}"] {
            expectRefusal(.scopeKnown) {
                try authority.plan(
                    Operations.product("x").replacingOccurrences(of: "{product: x}", with: scope), inputs: csr)
            }
        }
    }

    @Test func `a second live intermediate of a scope is refused, and accepted after the first is revoked`() throws {
        let csr = ["p1.csr": try TestRequest.make(), "p2.csr": try TestRequest.make()]
        expectRefusal(.scopeSingle, "product-p1 is live for product p1") {
            try authority.plan(Operations.product("p1"), inputs: csr)
        }
        let plan = try authority.plan(Operations.product("p2"), inputs: csr)
        guard case .certificate(let certificate) = plan.operations[0].steps[0] else {
            Issue.record("no certificate")
            return
        }
        #expect(certificate.name == "product-p2-r2")
        expectRefusal(.scopeSingle) {
            try authority.plan(Operations.product("p4") + Operations.product("p4"), inputs: ["p4.csr": try TestRequest.make()])
        }
    }

    @Test func `a year is planned in its window only, and ends with its time`() throws {
        let csr = ["x.csr": try TestRequest.make()]
        let operations = Operations.factory("tallinn", year, csr: "x.csr")
        for early in ["\(year - 1)-12-31T23:59:59Z", "\(year + 1)-01-01T00:00:00Z"] {
            expectRefusal(.scopeWindow, "Its window is from \(year)-01-01T00:00:00Z to \(year)-12-31T23:59:59Z") {
                try authority.plan(operations, at: try time(early), inputs: csr)
            }
        }
        for good in ["\(year)-01-01T00:00:00Z", "\(year)-12-31T23:59:59Z"] {
            let plan = try authority.plan(operations, at: try time(good), inputs: csr)
            guard case .certificate(let certificate) = plan.operations[0].steps[0] else {
                Issue.record("no certificate")
                continue
            }
            let tbs = try TBSCertificate(derEncoded: certificate.template.bytes)
            #expect(tbs.notAfter <= (try time("\(year + 3)-12-31T23:59:59Z")).secondsSinceEpoch)
        }
    }

    @Test func `a certificate that would outlive its issuer is refused, one that ends with it accepted`() throws {
        let root = try #require(authority.state.certificates["G1"])
        let csr = ["x.csr": try TestRequest.make()]
        // A product's intermediate lives two years, both ends included.
        let twoYears = try #require(CalendarDuration("2y"))
        let latest = try #require(root.fields.notAfter.adding(seconds: 1)?.subtracting(twoYears))
        _ = try authority.plan(Operations.product("x"), at: latest, inputs: csr)
        expectRefusal(.validityLimit, "longer than its issuer G1") {
            try authority.plan(Operations.product("x"), at: try #require(latest.adding(seconds: 1)), inputs: csr)
        }
    }

    @Test func `a subject that another key has is refused, a new one accepted`() throws {
        expectRefusal(.subjectUnique, "there is a certificate named G1 already") { try authority.plan(Operations.root) }
        _ = try authority.plan(Operations.root.replacingOccurrences(of: "G1", with: "G2"))
        let device = """
              - operation: issue-end-entity
                profile: device
                issuer: {product: p3}
                scope: {device: NAME}
                csr: d.csr

            """
        let csr = ["d.csr": try TestRequest.make()]
        expectRefusal(.subjectUnique, "would have the subject of G1") {
            try authority.plan(device.replacingOccurrences(of: "NAME", with: "Test Development Root G1"), inputs: csr)
        }
        _ = try authority.plan(device.replacingOccurrences(of: "NAME", with: "SN-1"), inputs: csr)
    }

    @Test func `a key of a type that the profile does not allow is refused`() throws {
        expectRefusal(.keyType, "a key of type ec-p384, and the profile product allows ec-p256") {
            try authority.plan(Operations.product("x"), inputs: ["x.csr": try TestRequest.p384()])
        }
        expectRefusal(.keyType) {
            try authority.plan(
                Operations.product("x", isGenerated: true).replacingOccurrences(
                    of: "{token: vault}", with: "{token: vault, key-type: ec-p384}"))
        }
        let summer = try time("\(year)-06-01T00:00:00Z")
        _ = try authority.plan(
            Operations.factory("tallinn", year, csr: "x.csr"), at: summer, inputs: ["x.csr": try TestRequest.p384()])
    }

    @Test func `a key is certified once, in one plan and in all`() throws {
        let csr = try TestRequest.make()
        expectRefusal(.keyReuse, "already in the ledger") {
            try authority.plan(Operations.product("x") + Operations.product("y"), inputs: ["x.csr": csr, "y.csr": csr])
        }
        // The key of p1 again, and the key of the revoked p2.
        for known in ["p1.csr", "p2.csr"] {
            expectRefusal(.keyReuse) {
                try authority.plan(Operations.product("x"), inputs: ["x.csr": try #require(authority.inputs[known])])
            }
        }
        _ = try authority.plan(
            Operations.product("x") + Operations.product("y"), inputs: ["x.csr": csr, "y.csr": try TestRequest.make()])
    }

    @Test func `a request whose sender does not show that the key is theirs is refused`() throws {
        expectRefusal(.requestPossession, "x.csr") {
            try authority.plan(Operations.product("x"), inputs: ["x.csr": try TestRequest.stolen()])
        }
        for bad in [Array("no request".utf8), [], Array(try TestRequest.make().dropLast(40))] {
            expectRefusal(.requestPossession) { try authority.plan(Operations.product("x"), inputs: ["x.csr": bad]) }
        }
    }

    @Test func `a request with another digest than the ceremony file's is refused, with its digest accepted`() throws {
        let csr = try TestRequest.make()
        let operations = { (digest: String) in Operations.product("x") + "    csr-sha256: \(digest)\n" }
        expectRefusal(.requestPossession, "its digest differs") {
            try authority.plan(operations(Digest.zero.hex), inputs: ["x.csr": csr])
        }
        _ = try authority.plan(operations(Digest(of: csr).hex), inputs: ["x.csr": csr])
    }

    @Test func `nothing but the key comes from a request`() throws {
        let key = P256.Signing.PrivateKey()
        let plan = try authority.plan(
            Operations.product("x"), inputs: ["x.csr": try TestRequest.make(key, name: "Test Development Root G1")])
        guard case .certificate(let certificate) = plan.operations[0].steps[0] else {
            Issue.record("no certificate")
            return
        }
        let tbs = try TBSCertificate(derEncoded: certificate.template.bytes)
        #expect(tbs.subject.description == "CN=Test Development x CA,O=Test Devices")
        #expect(tbs.subjectPublicKeyInfo == Array(key.publicKey.derRepresentation))
    }

    @Test func `an issuer that is not there, revoked or at a factory issues nothing`() throws {
        let csr = ["x.csr": try TestRequest.make()]
        expectRefusal(.profile, "there is no CA named G7. CAs: G1, product-p1, product-p2, product-p3. Did you mean \"G1\"?") {
            try authority.plan(Operations.product("x").replacingOccurrences(of: "issuer: G1", with: "issuer: G7"), inputs: csr)
        }
        expectRefusal(.keyIdentity, "at the factory") {
            try authority.plan("  - operation: issue-crl\n    issuer: {product: p1}\n")
        }
        expectRefusal(.profile, "product-p2 is revoked already") {
            try authority.plan("  - operation: issue-crl\n    issuer: {product: p2}\n")
        }
        expectRefusal(.profile, "there is no certificate for product p9. Live are product p1; product p3.") {
            try authority.plan("  - operation: issue-crl\n    issuer: {product: p9}\n")
        }
        let late = try #require(authority.state.certificates["product-p3"]?.fields.notAfter.adding(seconds: 1))
        expectRefusal(.profile, "revoked or expired") {
            try authority.plan("  - operation: issue-crl\n    issuer: {product: p3}\n", at: late)
        }
        _ = try authority.plan("  - operation: issue-crl\n    issuer: {product: p3}\n")
    }

    @Test func `a ceremony of another authority or environment is refused`() throws {
        let good = try Workshop.ceremony(Operations.crl, authority.policy)
        let text = String(decoding: good.bytes, as: UTF8.self)
        func changed(_ old: String, _ new: String) throws -> CeremonyFile {
            try CeremonyFile(Array(text.replacingOccurrences(of: old, with: new).utf8), file: "c.yaml")
        }
        expectRefusal(.planAuthority) {
            try authority.plan("", ceremony: try changed("authority: test", "authority: other"))
        }
        expectRefusal(.environment) {
            try authority.plan("", ceremony: try changed("environment: development", "environment: staging"))
        }
        _ = try authority.plan("", ceremony: good)
    }

    @Test func `the policy's limits are kept`() throws {
        expectRefusal(.limits) { try authority.plan((0...10).map { Operations.product("x\($0)") }.joined()) }
        let large = Array(repeating: UInt8(ascii: "\n"), count: 2049)
        expectRefusal(.limits, "2049 bytes, and the policy allows 2048") {
            try authority.plan(Operations.product("x"), inputs: ["x.csr": large])
        }
        // p2 is on the CRL already; two entries are allowed.
        let plan = try authority.plan(Operations.revoke("p1") + Operations.crl)
        #expect(plan.operations.count == 2)
        expectRefusal(.limits, "3 entries, and the policy allows 2") {
            try authority.plan(Operations.revoke("p1") + Operations.revoke("p3") + Operations.crl)
        }
    }

    @Test func `a ceremony names only what the policy knows`() throws {
        for (old, new) in [("profile: product", "profile: produkt"), ("profile: product", "profile: root")] {
            expectRefusal(.profile, "ceremony.yaml:8:14: operations[0].profile: ") {
                try authority.plan(
                    Operations.product("x").replacingOccurrences(of: old, with: new), inputs: ["x.csr": try TestRequest.make()])
            }
        }
        expectRefusal(.ceremonyForm, "there is no file gone.csr") { try authority.plan(Operations.product("gone")) }
    }
}
