import Groundwork
import StrictYAML
import TrustBundle

extension BundleRules {
    private static let storeKey = YAMLKey.required(
        "store-id",
        YAMLForm<String>.text(
            "a store id", pattern: "^[a-z0-9]([a-z0-9/.-]{0,62}[a-z0-9])?$",
            remedy: "Write 1 to 64 small letters, digits, / . and -, such as acme/factory-trust."
        ) { text in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            let isGood = parts.allSatisfy { part in Slug.accepts(String(part.map { $0 == "." ? "-" : $0 })) }
            return text.utf8.count <= 64 && isGood ? text : nil
        },
        "The name of the trust store, such as acme/factory-trust. A device keeps one sequence number for it.")
    private static let expiresKey = YAMLKey.optional(
        "expires", YAMLForm<CalendarDuration>.duration, "How long a bundle is good; left out: for ever.")
    private static let signerKey = YAMLKey.required(
        "signer-profile", YAMLForm<String>.slug, "The profile, of kind bundle-signer, of the key that signs bundles.")
    private static let intermediatesKey = YAMLKey.standard(
        "include-intermediates", .boolean, true, as: "yes", "Whether live intermediates travel with the anchors.")

    private static let anchorsKey = YAMLKey.standard(
        "anchors", YAMLForm<AnchorForm>.choice, .certificate, as: "certificate",
        "What stands for an anchor: its certificate, or for small flash its bare key (spki).")
    private static let labelKey = YAMLKey.standard(
        "algorithm-label", YAMLForm<AlgorithmLabel>.choice, .esp256, as: "esp256",
        "COSE's name of the algorithm: esp256, or es256 for libraries that do not know RFC 9864.")
    private static let thresholdKey = YAMLKey.standard(
        "threshold", .integer(in: 1...BundlePayload.maximumThreshold), 1, as: "1",
        "How many distinct signers devices demand of a bundle. A root gets that many bundle signers.")
    private static let tokensKey = YAMLKey.standard(
        "signer-tokens", YAMLForm<[String]>.list(of: .slug), [], as: "[]",
        "The tokens of a root's bundle signers, one for each, such as [vault, desk]. Left out: the root's token.")
    private static let formsKey = YAMLKey.standard(
        "forms", YAMLForm<[BundleForm]>.distinctList(of: .choice), [.cose], as: "[cose]",
        "The signed forms: cose (bundle.cose), and cms (bundle.p7s) for OpenSSL, wolfSSL and Java.")
    private static let renderingsKey = YAMLKey.standard(
        "renderings",
        YAMLForm<[String]>.distinctList(of: .name(among: Renderings.names, "a rendering"), atLeast: 0),
        Renderings.standardNames, as: "[\(Renderings.standardNames.joined(separator: ", "))]",
        "The files beside the bundle that firmware or its build takes.")
    private static let linesKey = YAMLKey.standard(
        "product-lines", ProductLine.form, [:], as: "{}",
        "What devices have room for, as {sensor: {form: cose, budget: 4096}}.")

    static let record = YAMLRecord(
        "the bundle rules",
        [
            storeKey.description, expiresKey.description, signerKey.description, intermediatesKey.description,
            anchorsKey.description, labelKey.description, thresholdKey.description, tokensKey.description,
            formsKey.description, renderingsKey.description, linesKey.description,
        ])

    static let form = YAMLForm<BundleRules>.record(record) { reader throws(YAMLError) in
        let expires = try reader.readIfPresent(expiresKey)
        if let expires, expires.count == 0 {
            throw reader.error(at: expiresKey, "a bundle would expire at once.", remedy: "Leave the key out: for ever.")
        }
        return BundleRules(
            storeID: try reader.read(storeKey), expires: expires, signerProfile: try reader.read(signerKey),
            includeIntermediates: try reader.read(intermediatesKey), anchors: try reader.read(anchorsKey),
            algorithmLabel: try reader.read(labelKey), threshold: try reader.read(thresholdKey),
            signerTokens: try reader.read(tokensKey), forms: try reader.read(formsKey),
            renderings: try reader.read(renderingsKey), productLines: try reader.read(linesKey))
    }
}

extension BundleRules.ProductLine {
    private static let formKey = YAMLKey.required(
        "form",
        YAMLForm<String>.name(among: BundleForm.allCases.map(\.rawValue) + Renderings.names, "a form of bundles"),
        "What the devices load: cose, cms, or a rendering of the policy.")
    private static let budgetKey = YAMLKey.required(
        "budget", .integer(in: 1...1_073_741_824), "The most bytes that its files may have together.")

    static let record = YAMLRecord("a product line", [formKey.description, budgetKey.description])

    static let form = YAMLForm<[NamedValue<BundleRules.ProductLine>]>.dictionary(
        keys: .slug,
        of: .record(record) { reader throws(YAMLError) in
            BundleRules.ProductLine(form: try reader.read(formKey), budget: try reader.read(budgetKey))
        }
    ).map { entries, _ throws(YAMLError) in
        Dictionary(entries.map { ($0.name, $0.value) }) { first, _ in first }
    }
}
