import StrictYAML

extension YAMLForm where Value == String {
    /// The name of a generation of roots: `G1`.
    static let rootName = YAMLForm.text(
        "a root's name", pattern: "^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$",
        remedy: "Write 1 to 32 letters, digits and hyphens, such as G1."
    ) { text in Slug.accepts(text.lowercased()) && text.utf8.count == text.lowercased().utf8.count ? text : nil }

    /// The value of a scope field, before its field is known: years may be written as numbers.
    static let scopeValue = YAMLForm(
        schema: .textOrInteger(pattern: "^[ -~]{1,64}$", form: "a scope value")
    ) { node throws(YAMLError) in
        let text = try node.text("a scope value")
        guard ScopeField.isText(text) else {
            throw node.error(
                "\(Quoted(text)) is not a scope value.",
                remedy: "Write 1 to 64 printable ASCII characters, no blank at either end.")
        }
        return text
    }

    /// The name of a certificate, as it stands in a file's name.
    static let certificateName = YAMLForm.text(
        "a certificate's name", pattern: "^[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}$",
        remedy: "Write the name of its file in the authority's folder certificates, without the ending."
    ) { text in
        let isName = AuthorityPaths.fileName(for: text) == text && (1...255).contains(text.utf8.count)
        return isName ? text : nil
    }

    /// A path of the file system.
    static let path = YAMLForm.text(
        "a path", pattern: "^[^\\n]{1,1024}$", remedy: "Write 1 to 1024 bytes on one line."
    ) { text in (1...1024).contains(text.utf8.count) && !text.utf8.contains(UInt8(ascii: "\n")) ? text : nil }

    /// A type of key.
    static let keyType = YAMLForm.name(among: Profile.knownKeyTypes, "a type of key")
}

extension YAMLForm where Value == [String: String] {
    /// `{factory: tallinn, year: 2027}`
    static let scope = YAMLForm<[NamedValue<String>]>.dictionary(keys: .slug, of: .scopeValue).map {
        entries, _ throws(YAMLError) in
        Dictionary(entries.map { ($0.name, $0.value) }) { first, _ in first }
    }
}

extension Profile {
    /// The keys that an authority of this program can certify.
    static let knownKeyTypes = ["ec-p256", "ec-p384", "rsa-3072", "rsa-4096", "ed25519"]
}
