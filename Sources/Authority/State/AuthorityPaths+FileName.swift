extension AuthorityPaths {
    /// A text as it can stand in a file's name: ASCII letters, digits, dots, underscores and hyphens are kept, anything
    /// else becomes a hyphen, and a name never begins with a dot.
    ///
    /// Scope values of kind text may hold any printable character, a slash above all.
    public static func fileName(for text: String) -> String {
        let characters = text.unicodeScalars.map { scalar -> Character in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-": Character(scalar)
            default: "-"
            }
        }
        let name = String(characters)
        return name.hasPrefix(".") ? "-" + name.dropFirst() : name
    }
}
