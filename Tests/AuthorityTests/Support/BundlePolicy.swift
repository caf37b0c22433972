import Authority
import Testing

/// The test policy with other rules for bundles, and a second token.
enum BundlePolicy {
    /// - Parameter rules: lines of the form `    key: value`.
    static func text(_ rules: String...) throws -> String {
        let desk = try TestPolicy.text(
            "quorums:\n  create-root",
            "  desk:\n    label: test-desk\n    unlock: [file-descriptor]\n    remembers-ledger: yes\nquorums:\n  create-root")
        return desk.replacing(
            "  store-id: test/trust\n", with: "  store-id: test/trust\n" + rules.map { "  \($0)\n" }.joined())
    }

    /// Two signers on two tokens, both forms, bare keys and the old label.
    static var two: String {
        get throws {
            try text(
                "threshold: 2", "signer-tokens: [vault, desk]", "forms: [cose, cms]", "anchors: spki",
                "algorithm-label: es256", "renderings: [der, pem, mbedtls]")
        }
    }
}
