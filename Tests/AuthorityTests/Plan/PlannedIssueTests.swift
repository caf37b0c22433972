import Authority
import Groundwork
import PKIX
import Testing

/// Certificates that come after others: replacements, devices under an intermediate, keys that were seen before.
@Suite struct PlannedIssueTests {
    private let authority: PaperAuthority

    init() throws { authority = try PaperAuthority.founded.get() }

    @Test func `an issuer for one product issues nothing for another`() throws {
        let text = try TestPolicy.text("scope: [device]", "scope: [product, device]")
            .replacing("- CN: \"{device}\"", with: "- CN: \"{device}\"\n      - OU: \"{product}\"")
        var authority = try PaperAuthority(text)
        try authority.hold(Operations.root + Operations.product("p3", isGenerated: true))
        let device = Operations.device("d1", csr: "d1.csr")
        expectRefusal(
            .scopeKnown, "is for product p1, and its issuer product-p3 for p3. Name the issuer of the same product"
        ) {
            try authority.plan(device.replacing("{device: d1}", with: "{product: p1, device: d1}"))
        }
        let plan = try authority.plan(device.replacing("{device: d1}", with: "{product: p3, device: d1}"))
        #expect(plan.certificates.first?.issuer == "product-p3")
    }

    @Test func `a revoked certificate's scope is free for its replacement, of another name and generation`() throws {
        let replacement = Operations.product("p1").replacing("p1.csr", with: "p4.csr")
        expectRefusal(
            .scopeSingle, "product-p1 is live for product p1, and the policy allows one at a time. Revoke it first"
        ) {
            try authority.plan(replacement + Operations.revoke("p1") + Operations.crl)
        }
        let plan = try authority.plan(Operations.revoke("p1") + replacement + Operations.crl)
        let certificate = try #require(plan.certificates.first)
        #expect(certificate.name == "product-p1-r2")
        #expect("\(try certificate.tbs.subject)".contains("p1 CA 2"))
    }

    @Test func `a policy may allow several certificates a scope`() throws {
        var authority = try PaperAuthority(
            try TestPolicy.text("scope: [product]", "scope: [product]\n    one-per-scope: no"))
        try authority.hold(Operations.root + Operations.product("p1"))
        let second = Operations.product("p1").replacing("p1.csr", with: "p2.csr")
        #expect(try authority.plan(second).certificates.first?.name == "product-p1-r2")
    }

    @Test func `no second key gets the name of another, not even of a revoked one`() throws {
        var authority = authority
        try authority.hold(Operations.device("d1", csr: "d1.csr"))
        try authority.hold(
            Operations.revoke(target: "scope: {device: d1}", of: "device") + Operations.crl(of: "{product: p3}"))
        expectRefusal(.subjectUnique, "device-d1-r2 would have the subject of device-d1: ") {
            try authority.plan(Operations.device("d1", csr: "d2.csr"))
        }
        #expect(try authority.plan(Operations.device("d2", csr: "d2.csr")).certificates.first?.name == "device-d2")
    }

    @Test func `a CA's own key, or a known one in a new request, is not certified again`() throws {
        var authority = authority
        let sentence =
            "the public key for product-p4 is already in the ledger. Ask the factory for a CSR with a new key"
        for name in ["G1", "product-p3", "record", "G1-bundle-signer"] {
            authority.inputs["p4.csr"] = try TestRequest.make(try authority.key(name), name: "another name")
            expectRefusal(.keyReuse, sentence) { try authority.plan(Operations.product("p4")) }
        }
        expectRefusal(.keyReuse, "the public key for device-d1 is already in the ledger") {
            try authority.plan(Operations.device("d1", csr: "p1.csr"))
        }
        expectRefusal(.keyReuse, "the public key for product-p1-r2 is already in the ledger") {
            try authority.plan(Operations.revoke("p1") + Operations.product("p1") + Operations.crl)
        }
        authority.inputs["p4.csr"] = try TestRequest.make()
        #expect(try authority.plan(Operations.product("p4") + Operations.product("p2")).certificates.count == 2)
    }

    @Test func `a flipped bit of a request is refused wherever it is`() throws {
        var authority = authority
        let request = try CertificationRequest(pemOrDER: try TestRequest.make()).derBytes
        for position in request.indices {
            var flipped = request
            flipped[position] ^= 1
            authority.inputs["p4.csr"] = flipped
            let error = expectRefusal(.requestPossession, "p4.csr: ") { try authority.plan(Operations.product("p4")) }
            #expect(error?.advice == "Ask the factory for a new CSR")
        }
        authority.inputs["p4.csr"] = request
        #expect(try authority.plan(Operations.product("p4")).certificates.count == 1)
    }

    @Test func `a plan is as long as the policy allows, and no longer`() throws {
        let limit = "maximum-plan-bytes: 1048576"
        let policies = { (bytes: Int) throws in try TestPolicy.text(limit, "maximum-plan-bytes: \(bytes)") }
        // As many digits as the size will have: the policy is in the plan.
        let size = try PaperAuthority(try policies(9999)).plan(Operations.root).canonicalBytes.count
        let exact = try PaperAuthority(try policies(size))
        let plan = try exact.plan(Operations.root)
        #expect(plan.canonicalBytes.count == size)
        try exact.check(plan)
        let sentence = "the plan has \(size) bytes, and the policy allows \(size - 1)"
        expectRefusal(.limits, sentence) { try PaperAuthority(try policies(size - 1)).plan(Operations.root) }
        // Also when it was planned by something that does not care.
        let smaller = try Policy(Array(try policies(size - 1).utf8), file: "policy.yaml")
        var careless = plan
        careless.policy.digest = smaller.digest
        careless.policy.text = String(decoding: smaller.bytes, as: UTF8.self)
        expectRefusal(.limits, sentence) { try exact.check(careless) }
    }

    @Test func `the same plan filled with the same keys gives the same bytes`() throws {
        let plan = try PaperAuthority().plan(Operations.root + Operations.product("p4", isGenerated: true))
        let keys = Dictionary(uniqueKeysWithValues: try ["G1", "record", "G1-bundle-signer", "product-p4"].map {
            ($0, try CertificationRequest(pemOrDER: try TestRequest.make()).subjectPublicKeyInfo)
        })
        let templates = plan.certificates.map(\.template) + plan.certificateLists.map(\.template)
        #expect(templates.count == 6 && templates.allSatisfy { !$0.holes.isEmpty })
        for template in templates {
            let filled = try template.filled { keys[$0] }
            #expect(try template.filled { keys[$0] } == filled)
            // Outside of the open places stands what was approved.
            for position in filled.indices where filled[position] != template.bytes[position] {
                #expect(template.holes.contains { ($0.offset..<($0.offset + $0.length)).contains(position) })
            }
            expectRefusal(.plan, "is needed before it is generated") { try template.filled { _ in nil } }
        }
    }
}
