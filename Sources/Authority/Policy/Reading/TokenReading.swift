import StrictYAML

extension TokenPolicy {
    private static let labelKey = YAMLKey.required(
        "label",
        YAMLForm<String>.text(
            "a token's label", pattern: "^.{1,32}$", remedy: "Write 1 to 32 bytes without a blank at either end."
        ) { text in
            (1...32).contains(text.utf8.count) && text.utf8.first != 0x20 && text.utf8.last != 0x20 ? text : nil
        },
        "The token's label as its module shows it. Tokens are never found by slot number.")
    private static let serialKey = YAMLKey.optional(
        "serial",
        YAMLForm<String>(
            schema: .textOrInteger(pattern: "^[!-~]{1,16}$", form: "a token's serial number")
        ) { node throws(YAMLError) in
            let text = try node.text("a token's serial number")
            guard (1...16).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw node.error(
                    "\(Quoted(text)) is not a token's serial number.",
                    remedy: "Write 1 to 16 printable ASCII characters.")
            }
            return text
        },
        "The token's serial number. With it, another token with the same label is refused.")
    private static let unlockKey = YAMLKey.required(
        "unlock", YAMLForm<[UnlockMethod]>.distinctList(of: .choice),
        "How the PIN may reach the token, the preferred way first.")
    private static let custodyKey = YAMLKey.optional(
        "custody", QuorumRule.form,
        "Who holds shares of the PINs, as {role: 2 of 3}: so many persons of every role must come together.")
    private static let remembersKey = YAMLKey.standard(
        "remembers-ledger", .boolean, true, as: "yes",
        "Whether the token keeps the ledger's head, so that an old copy of the ledger is refused.")
    private static let authenticateKey = YAMLKey.standard(
        "always-authenticate", .boolean, false, as: "no",
        "Whether every signature asks for the PIN again (CKA_ALWAYS_AUTHENTICATE).")

    static let record = YAMLRecord(
        "a token",
        [
            labelKey.description, serialKey.description, unlockKey.description, custodyKey.description,
            remembersKey.description, authenticateKey.description,
        ])

    static let form = YAMLForm<[NamedValue<YAMLReader>]>.dictionary(
        keys: .slug, of: .record(record) { reader throws(YAMLError) in reader }
    ).map { entries, _ throws(YAMLError) in
        var tokens: [String: TokenPolicy] = [:]
        for entry in entries {
            let reader = entry.value
            tokens[entry.name] = TokenPolicy(
                name: entry.name, label: try reader.read(labelKey), serial: try reader.readIfPresent(serialKey),
                unlock: try reader.read(unlockKey), custody: try reader.readIfPresent(custodyKey),
                remembersLedger: try reader.read(remembersKey),
                alwaysAuthenticate: try reader.read(authenticateKey))
        }
        return tokens
    }
}
