import Groundwork
import Testing
import TrustBundle

@testable import Authority

/// How many sign a bundle, and how large it may be.
@Suite struct BundleSignerTests {
    private func signers(_ plan: Plan) -> [[String]] { plan.bundles.map { $0.signers.map(\.certificate) } }

    @Test func `a root gets as many bundle signers as devices demand, on the tokens of the policy`() throws {
        var authority = try PaperAuthority(try BundlePolicy.two)
        let plan = try authority.hold(Operations.root + Operations.bundle)
        #expect(plan.operations[0].title.contains("its 2 bundle signers"))
        let keys = plan.steps.compactMap { _, step in
            if case .generateKey(let key) = step, key.purpose == .bundleSigner { [key.name, key.token] } else { nil }
        }
        #expect(keys == [["G1-bundle-signer", "vault"], ["G1-bundle-signer-2", "desk"]])
        let names = try plan.certificates.filter { $0.kind == .bundleSigner }.map { try $0.tbs.subject.values(of: .commonName) }
        #expect(names == [["Test Development Bundle Signer G1"], ["Test Development Bundle Signer G1-2"]])
        #expect(signers(plan) == [["G1-bundle-signer", "G1-bundle-signer-2"]])
        let steps = plan.operations[1].steps.map(\.word)
        #expect(steps == Array(repeating: "bundle-signature", count: 4) + ["bundle"])
        #expect(Set(plan.operations[1].steps.compactMap(\.signingKey)).count == 2)
        #expect(plan.bundles[0].threshold == 2)
        #expect(try Plan(canonical: plan.canonicalBytes) == plan)
    }

    @Test func `fewer live bundle signers than devices demand are refused`() throws {
        var authority = try PaperAuthority(try BundlePolicy.two)
        try authority.hold(Operations.root + Operations.bundle)
        let signer = try #require(try authority.record("G1-bundle-signer-2").fingerprint)
        try authority.hold(
            Operations.revoke(target: "certificate-sha256: \"\(signer.hex)\"") + Operations.crl(of: "G1"))
        expectRefusal(
            .bundleThreshold, "there are 1 live bundle signers under G1, and devices that hold bundle 1 demand 2"
        ) {
            try authority.plan(Operations.bundle)
        }
    }

    @Test func `a change of roots needs the threshold of signers under each`() throws {
        var authority = try PaperAuthority(try BundlePolicy.two)
        try authority.hold(Operations.root + Operations.bundle)
        let second = Operations.root.replacing("G1", with: "G2")
        #expect(
            signers(try authority.plan(second + Operations.bundle)) == [
                ["G1-bundle-signer", "G1-bundle-signer-2", "G2-bundle-signer", "G2-bundle-signer-2"]
            ])
        var many = try PaperAuthority(try BundlePolicy.text("threshold: 5"))
        try many.hold(Operations.root + Operations.bundle)
        expectRefusal(.bundleThreshold, "the bundle would have 10 signers, and devices take 8 at most") {
            try many.plan(second + Operations.bundle)
        }
    }

    @Test func `a revoked bundle signer is on the deny list`() throws {
        var authority = try PaperAuthority()
        try authority.hold(Operations.root + Operations.bundle)
        let record = try authority.record("G1-bundle-signer")
        let second = Operations.root.replacing("G1", with: "G2")
        try authority.hold(second + Operations.bundle)
        let fingerprint = try #require(record.fingerprint)
        try authority.hold(
            Operations.revoke(target: "certificate-sha256: \"\(fingerprint.hex)\"") + Operations.crl(of: "G1"))
        let bundle = try #require(try authority.plan(Operations.bundle).bundles.first)
        #expect(bundle.denied.contains { $0.serial == record.fields.serial })
        #expect(bundle.signers.map(\.certificate) == ["G2-bundle-signer"])
    }

    // MARK: Budgets

    /// An authority whose policy gives a product line this much room.
    private func plan(_ form: String, _ budget: Int) throws -> Plan {
        var authority = try PaperAuthority(
            try BundlePolicy.text("forms: [cose, cms]", "product-lines: {sensor: {form: \(form), budget: \(budget)}}"))
        try authority.hold(Operations.root + Operations.product("p1"))
        return try authority.plan(Operations.bundle)
    }

    @Test func `a bundle over a product line's budget is refused with the sizes of its parts`() throws {
        expectRefusal(
            .bundleBudget,
            "bytes as cose, and the product line sensor has room for 1000: anchors "
        ) { try plan("cose", 1000) }
        for form in ["cose", "cms", "der", "pem"] {
            expectRefusal(.bundleBudget, "has room for 200") { try plan(form, 200) }
            _ = try plan(form, 10_000)
        }
        // A root that is made in the same ceremony is counted too.
        let small = try BundlePolicy.text("product-lines: {sensor: {form: cose, budget: 900}}")
        expectRefusal(.bundleBudget, "headers and signer certificates") {
            try PaperAuthority(small).plan(Operations.root + Operations.bundle)
        }
    }

    @Test func `a budget that is just enough is enough, and one byte less is not`() throws {
        // Signatures of certificates differ in length: look at one authority.
        var authority = try PaperAuthority(try BundlePolicy.text("forms: [cose, cms]"))
        try authority.hold(Operations.root + Operations.product("p1"))
        let state = try #require(authority.state)
        let bundle = try #require(try authority.plan(Operations.bundle).bundles.first)
        let assembly = try BundleAssembly(bundle, state: state)
        let budget = try BundleBudget(bundle, state: state)
        let list = try #require(assembly.anchorList)
        for (form, size) in [
            ("cose", assembly.unsigned.encodedByteCount), ("cms", try list.maximumByteCount()),
            ("pem", assembly.rendered.filter { $0.path.hasSuffix(".pem") }.reduce(0) { $0 + $1.bytes.count }),
        ] {
            #expect(assembly.unsigned.parts.reduce(0) { $0 + $1.byteCount } == assembly.unsigned.encodedByteCount)
            try budget.check(["sensor": .init(form: form, budget: size)])
            expectRefusal(.bundleBudget, "would have \(size) bytes as \(form)") {
                try budget.check(["sensor": .init(form: form, budget: size - 1)])
            }
        }
    }

    @Test func `the same plan comes of the same circumstances, sizes and stand-ins and all`() throws {
        let policy = try BundlePolicy.text("product-lines: {sensor: {form: cose, budget: 4096}}", "threshold: 2")
        for kind in ["ec-p256", "ec-p384", "rsa-3072", "rsa-4096", "ed25519"] {
            let text = policy.replacing("key-types: [ec-p256, ec-p384]", with: "key-types: [\(kind)]")
            let plan = try? PaperAuthority(text).plan(Operations.root + Operations.bundle)
            if let plan { try Planner.requireDerived(plan, state: nil) }
        }
        let plan = try PaperAuthority(policy).plan(Operations.root + Operations.bundle)
        try Planner.requireDerived(plan, state: nil)
    }
}
