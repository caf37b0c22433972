import PKIX
import StrictYAML
import TrustBundle

/// What must hold between the rules for bundles and the rest of a policy.
struct BundleCheck {
    let policy: Policy

    func run() throws(YAMLError) {
        let rules = policy.bundle
        for (index, token) in rules.signerTokens.enumerated() where policy.tokens[token] == nil {
            throw policy.source.error(
                at: "bundle.signer-tokens[\(index)]", "there is no token \"\(token)\".",
                remedy: Suggestion.sentence("Tokens", policy.tokens.keys.sorted(), for: token))
        }
        guard rules.signerTokens.isEmpty || rules.signerTokens.count == rules.threshold else {
            throw policy.source.error(
                at: "bundle.signer-tokens",
                "there are \(rules.signerTokens.count) tokens for \(rules.threshold) bundle signers.",
                remedy: "Name one for each of the threshold's signers, the same twice if need be, or none.")
        }
        // Devices start from the COSE form; CMS holds neither sequence nor store.
        guard rules.forms.contains(.cose) else {
            throw policy.source.error(
                at: "bundle.forms", "the form cose is missing, which alone holds sequence, store and environment.",
                remedy: "Write [cose, cms].")
        }
        try checkRenderings(rules)
        let forms = rules.forms.map(\.rawValue) + rules.renderings
        for (name, line) in rules.productLines.sorted(by: { $0.key < $1.key }) where !forms.contains(line.form) {
            throw policy.source.error(
                at: "bundle.product-lines.\(name).form", "the policy makes no \(line.form).",
                remedy: Suggestion.sentence("Made are", forms, for: line.form))
        }
    }

    /// In the room, with the root's key just made, would be too late to find that a rendering cannot hold it.
    private func checkRenderings(_ rules: BundleRules) throws(YAMLError) {
        let roots = policy.profiles.values.filter { $0.kind == .root }.sorted { $0.name < $1.name }
        for (index, name) in rules.renderings.enumerated() {
            guard let rendering = Renderings.named(name) else { continue }
            for root in roots {
                guard let kind = root.keyTypes.compactMap(KeyKind.init).first(where: { !rendering.holds($0) }) else {
                    continue
                }
                throw policy.source.error(
                    at: "bundle.renderings[\(index)]",
                    "\(name) cannot hold a key of \(kind), which the profile \(root.name) allows.",
                    remedy: "Leave the rendering out, or \(kind) out of the profile's key-types.")
            }
        }
    }
}
