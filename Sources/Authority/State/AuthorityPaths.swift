/// Where things stand in an authority's directory. All paths are relative to it.
public enum AuthorityPaths {
    public static let ledger = "ledger.jsonl"

    public static func policy(_ number: Int64) -> String { "policies/\(padded(number, 4)).yaml" }
    public static func ceremony(_ number: Int64) -> String { "ceremonies/\(padded(number, 4))" }
    public static func plan(_ number: Int64) -> String { "\(ceremony(number))/plan.json" }
    public static func ceremonyFile(_ number: Int64) -> String { "\(ceremony(number))/ceremony.yaml" }
    public static func approval(_ number: Int64, _ person: String, _ index: Int) -> String {
        "\(ceremony(number))/approvals/\(person)\(index == 0 ? "" : "-\(index + 1)")\(Approval.fileEnding)"
    }
    public static func rejection(_ number: Int64, _ person: String, _ index: Int) -> String {
        "\(ceremony(number))/rejections/\(person)\(index == 0 ? "" : "-\(index + 1)")\(Rejection.fileEnding)"
    }
    /// Whether a path is that of an approval or a rejection of a ceremony.
    static func isPapers(_ path: String, of number: Int64) -> Bool {
        [("approvals", Approval.fileEnding), ("rejections", Rejection.fileEnding)].contains { folder, ending in
            path.hasPrefix("\(ceremony(number))/\(folder)/") && path.hasSuffix(ending)
        }
    }
    public static func checkpoint(_ number: Int64) -> String { "checkpoints/\(padded(number, 4)).note" }
    /// The folder of the signatures over a checkpoint.
    public static func witnesses(_ number: Int64) -> String { "checkpoints/\(padded(number, 4))" }
    public static func witness(_ number: Int64, _ person: String) -> String {
        "\(witnesses(number))/\(person)\(WitnessSignature.fileEnding)"
    }
    public static let deviationFolder = "deviations"
    public static let custodyFolder = "custody"
    /// Who holds the shares of a token's PINs; number 1 came with the token, each later one from an operation.
    public static func custody(_ token: String, _ number: Int) -> String {
        "\(custodyFolder)/\(token)-\(padded(Int64(number), 4)).json"
    }
    /// Stands beside a custody file that will be, while a token is initialized.
    public static func unfinishedCustody(_ token: String) -> String { "\(custodyFolder)/\(token)-0001.unfinished" }
    public static func certificate(_ name: String) -> String { "certificates/\(name).cer" }
    public static func crl(
        _ issuer: String, _ number: Int64, _ shard: ListShard? = nil, isDelta: Bool = false
    ) -> String {
        "crls/\(issuer)\(shard?.ending ?? "")\(isDelta ? DeltaList.ending : "")-\(padded(number, 6)).crl"
    }
    public static func bundle(_ sequence: Int64) -> String { "bundles/\(padded(sequence, 6))" }
    public static let breakGlassFolder = "break-glass"
    /// A sealed package, and what opened it.
    public static func sealed(_ package: String) -> String { "\(breakGlassFolder)/\(package).sealed" }
    public static func opened(_ package: String) -> String { "\(breakGlassFolder)/\(package).opened" }
    /// RFC 9810's RootCaKeyUpdateContent of a root that follows another.
    public static func rootUpdate(_ root: String) -> String { "roots/\(root)/root-ca-key-update.der" }
    public static let setAsideFolder = "set-aside"

    /// Where a line goes that was cut off after so many whole ones; the number tells several at one place apart, from 1.
    public static func setAside(_ size: Int64, _ number: Int = 1) -> String {
        "\(setAsideFolder)/ledger-\(padded(size, 8))\(number == 1 ? "" : "-\(number)").torn"
    }

    /// The PEM form beside a DER file.
    public static func pem(beside path: String) -> String {
        (path.hasSuffix(".cer") ? String(path.dropLast(4)) : path) + ".pem"
    }

    private static func padded(_ number: Int64, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

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
