import Groundwork
import PKIX
import Testing

@testable import Authority

/// What a plan says of the stacks that its policy names as targets.
@Suite struct TargetTests {
    private static let place = "scope: [product]\n    validity: 2y"

    private func said(_ targets: String, isGenerated: Bool = false) throws -> [String] {
        let text = try TestPolicy.text(Self.place, "scope: [product]\n    targets: [\(targets)]\n    validity: 2y")
        let authority = try PaperAuthority(text)
        let plan = try authority.plan(Operations.root + Operations.product("p1", isGenerated: isGenerated) + Operations.bundle)
        return try PlanReview.simulate(plan, state: nil)
    }

    @Test func `a bundle is judged for the targets of all profiles`() throws {
        let usual = try said("openssl")
        #expect(
            usual.contains {
                $0.hasPrefix("notice ")
                    && $0.hasSuffix(
                        ": DEVICE-BUNDLE-CRLS-UNREAD: On ESP-IDF 5.3 and 5.4, CRLs are not read, so that only the deny list "
                            + "of bundle 1 keeps out what was revoked.")
            }, "\(usual)")
        let more = try said("bearssl-0.6")
        #expect(more.contains { $0.contains("DEVICE-BUNDLE-CRLS-UNREAD: On BearSSL 0.6, and on ESP-IDF 5.3 and 5.4, ") })
        // Who has a key of their own must publish the CRL; a key on our token gets one at once.
        let missing = "DEVICE-BUNDLE-CRL-MISSING: On wolfSSL 5.5 and 5.7, everything under product-p1 is refused "
        #expect(more.contains { $0.hasPrefix("warning ") && $0.contains(missing) }, "\(more)")
        #expect(try !said("wolfssl", isGenerated: true).contains { $0.contains("DEVICE-BUNDLE-CRL-MISSING") })
    }

    @Test func `a profile names families and versions`() throws {
        let text = try TestPolicy.text(
            Self.place, "scope: [product]\n    targets: [mbedtls, wolfssl-5.7]\n    validity: 2y")
        let policy = try Policy(Array(text.utf8), file: "policy.yaml")
        let profile = try #require(policy.profiles.values.first { $0.targets.count == 2 })
        #expect(profile.targets.map(\.rawValue) == ["mbedtls", "wolfssl-5.7"])
        #expect(profile.targets.stacks.map(\.name).sorted() == ["mbedtls-2.28", "mbedtls-3.6", "mbedtls-4.1", "wolfssl-5.7"])
    }

    @Test func `bundle signers and record keys have readers of their own`() throws {
        let text = try TestPolicy.text(
            "extended-key-usage: [1.3.6.1.5.5.7.3.36]", "extended-key-usage: [1.3.6.1.5.5.7.3.36]\n    targets: [matter]")
        let plan = try PaperAuthority(text).plan(Operations.root)
        #expect(try !PlanReview.simulate(plan, state: nil).contains { $0.contains("MATTER-") })
    }

    @Test func `what a target refuses is refused when it is planned, by name and with the stack`() throws {
        let text = try TestPolicy.text(Self.place, "scope: [product]\n    targets: [matter]\n    validity: 2y")
        let plan = try PaperAuthority(text).plan(Operations.root + Operations.product("p1"))
        expectRefusal(.lint, "certificate product-p1: MATTER-VENDOR-ID: Matter refuses the PAI ") {
            try PlanReview.simulate(plan, state: nil)
        }
    }
}
