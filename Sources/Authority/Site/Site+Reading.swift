import Groundwork
import StrictYAML

/// The keys of a site file.
private enum SiteKeys {
    static let format = YAMLKey.required(
        "anchorite", YAMLForm<String>.name(among: ["site/1"], "the format of a site file"),
        "What the file is: site/1.")
    static let tokens = YAMLKey.required(
        "tokens", SiteToken.form, "The module of each token, by the token's name in the policy.")
    static let authority = YAMLKey.optional(
        "authority", YAMLForm<String>.path, "The authority's directory, relative to this file.")

    static let record = YAMLRecord(
        "the site file", [format.description, tokens.description, authority.description])

    /// Keys that people try, and that must never stand in a file.
    static let secrets: Set<String> = [
        "pin", "pins", "password", "passphrase", "secret", "so-pin", "user-pin", "puk", "share", "shares", "pin-file",
    ]
}

extension Site {
    /// JSON Schema of a site file, for editors.
    public static var schema: JSONValue {
        YAMLSchema.record(SiteKeys.record).document(
            title: "Anchorite site file", description: "What differs between machines; holds no secret.")
    }

    /// Reads a site file. `file` is the name under which errors speak of it.
    public init(_ bytes: [UInt8], file: String) throws(YAMLError) {
        let root = try YAMLDocument(bytes, file: file).root
        try Self.refuseSecrets(in: root)
        let reader = try YAMLReader(root, record: SiteKeys.record)
        _ = try reader.read(SiteKeys.format)
        self.init(
            source: root.sourceMap, tokens: try reader.read(SiteKeys.tokens),
            authorityPath: try reader.readIfPresent(SiteKeys.authority))
    }

    /// Throws unless every token of the site file is one of the policy's.
    public func check(against policy: Policy) throws(YAMLError) {
        for name in tokens.keys.sorted() where policy.tokens[name] == nil {
            throw source.error(
                at: "tokens.\(name)", "there is no token \"\(name)\" in the policy.",
                remedy: Suggestion.sentence("Tokens", policy.tokens.keys.sorted(), for: name))
        }
    }

    private static func refuseSecrets(in node: YAMLNode) throws(YAMLError) {
        switch node.content {
        case .scalar: break
        case .list(let items): for item in items { try refuseSecrets(in: item) }
        case .mapping(let entries):
            for entry in entries {
                guard !SiteKeys.secrets.contains(entry.key.lowercased()) else {
                    throw entry.error(
                        "the key \"\(entry.key)\" would hold a secret.",
                        remedy: "A site file holds none: remove the key, and change the PIN if it stood here.",
                        control: "SITE-SECRET")
                }
                try refuseSecrets(in: entry.value)
            }
        }
    }
}

extension SiteToken {
    private static let moduleKey = YAMLKey.required(
        "module", YAMLForm<String>.path, "The PKCS#11 module: a name that p11-kit knows, or an absolute path.")
    private static let uriKey = YAMLKey.optional(
        "uri", YAMLForm<String>.tokenURI, "An RFC 7512 URI that narrows the search, without a PIN.")
    private static let argumentsKey = YAMLKey.optional(
        "initialize-arguments", YAMLForm<String>.line(maximumLength: 1024),
        "What the module wants at its start (pReserved), such as NSS's configdir.")

    static let record = YAMLRecord(
        "a token's module", [moduleKey.description, uriKey.description, argumentsKey.description])

    static let form = YAMLForm<[NamedValue<SiteToken>]>.dictionary(
        keys: .slug,
        of: .record(record) { reader throws(YAMLError) in
            let module = try reader.read(moduleKey)
            guard !module.utf8.contains(UInt8(ascii: "/")) || module.utf8.first == UInt8(ascii: "/") else {
                throw reader.error(
                    at: moduleKey, "\(Quoted(module)) depends on the folder that the program is started in.",
                    remedy: "Write a name, or a path that begins with /.", control: "MODULE-SOURCE")
            }
            return SiteToken(
                module: module, uri: try reader.readIfPresent(uriKey),
                initializeArguments: try reader.readIfPresent(argumentsKey))
        }
    ).map { entries, _ throws(YAMLError) in
        Dictionary(entries.map { ($0.name, $0.value) }) { first, _ in first }
    }
}

extension YAMLForm where Value == String {
    /// A PKCS#11 URI without a PIN; p11-kit judges the rest of it.
    fileprivate static let tokenURI = YAMLForm(
        schema: .text(pattern: "^pkcs11:[!-~]{1,1000}$", form: "a PKCS#11 URI")
    ) { node throws(YAMLError) in
        let text = try node.text("a PKCS#11 URI")
        let lowered = text.lowercased()
        guard !lowered.contains("pin-value"), !lowered.contains("pin-source") else {
            throw node.error(
                "the URI says how to get a PIN.", remedy: "A site file holds no secret: remove that part.",
                control: "SITE-SECRET")
        }
        guard text.hasPrefix("pkcs11:"), (8...1007).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw node.error(
                "\(Quoted(text)) is not a PKCS#11 URI.", remedy: "Write pkcs11: and what follows, in ASCII.")
        }
        return text
    }
}
