import Authority
import Groundwork

/// An operator's key on a token: the line to paste into the policy, and what it is.
enum TokenKeyFacts {
    /// The line goes to standard output alone, so that it can be piped; what is said about it does not.
    static func print(_ text: String, _ options: TokenKeyOptions, asJSON: Bool) throws {
        let (sheet, line) = try options.with(try options.uri(text)) { (Self.sheet($0), $0.authorizedKeysLine) }
        guard !asJSON else { return sheet.print(asJSON: true) }
        sheet.say()
        Terminal.output(Shown.text(line))
    }

    private static func sheet(_ found: OperatorToken) -> Sheet {
        let key = found.publicKey
        var sheet = Sheet("Key on a token")
        sheet.data("file", "token-key")
        sheet.fact("token", found.token.label, key: "token")
        sheet.fact("serial", found.token.serial, key: "serial")
        sheet.fact("key", [key.type.rawValue, key.fingerprint], key: "key", .string(key.fingerprint))
        sheet.data("key-type", .string(key.type.rawValue))
        let source: String =
            switch found.publicKeySource {
            case .publicKeyObject: "the public key object"
            case .privateKey: "the private key's own attributes"
            case .certificate: "the certificate of the same identifier"
            }
        sheet.fact("read from", [source], key: "source", .string(found.publicKeySource.rawValue))
        sheet.data("authorized-key", .string(found.authorizedKeysLine))
        sheet.text("The line for keys: of an operator in the policy:")
        return sheet
    }
}
