import Groundwork
import SSHSignature
import StrictYAML

extension Operator {
    private static let nameKey = YAMLKey.required(
        "name", YAMLForm<String>.line(maximumLength: 100), "The person's name as it is printed.")
    private static let rolesKey = YAMLKey.required(
        "roles", YAMLForm<[String]>.distinctList(of: .slug), "The roles that quorums count, such as [witness].")
    private static let keysKey = YAMLKey.required(
        "keys", YAMLForm<[OperatorKey]>.list(of: OperatorKey.form),
        "The public keys that this person approves with, each as a line of a .pub file.")

    static let record = YAMLRecord(
        "an operator", [nameKey.description, rolesKey.description, keysKey.description])

    static let form = YAMLForm<[NamedValue<YAMLReader>]>.dictionary(
        keys: .slug, of: .record(record) { reader throws(YAMLError) in reader }
    ).map { entries, _ throws(YAMLError) in
        var operators: [Operator] = []
        for entry in entries {
            operators.append(
                Operator(
                    id: entry.name, name: try entry.value.read(nameKey), roles: Set(try entry.value.read(rolesKey)),
                    keys: try entry.value.read(keysKey)))
        }
        return operators.sorted { $0.id < $1.id }
    }
}

extension OperatorKey {
    private static let keyKey = YAMLKey.required(
        "key", YAMLForm<String>.publicKey, "A line of a .pub file: type, base64, comment.")
    private static let notBeforeKey = YAMLKey.optional(
        "not-before", YAMLForm<Timestamp>.timestamp, "Approvals before this time do not count.")
    private static let notAfterKey = YAMLKey.optional(
        "not-after", YAMLForm<Timestamp>.timestamp, "Approvals after this time do not count.")

    static let record = YAMLRecord(
        "an operator's key", [keyKey.description, notBeforeKey.description, notAfterKey.description])

    static let form = YAMLForm<OperatorKey>.either(
        scalar: YAMLForm<String>.publicKey.map { line, _ throws(YAMLError) in OperatorKey(authorizedKeysLine: line) },
        otherwise: .record(record) { reader throws(YAMLError) in
            let notBefore = try reader.readIfPresent(notBeforeKey)
            let notAfter = try reader.readIfPresent(notAfterKey)
            if let notBefore, let notAfter, notAfter < notBefore {
                throw reader.error(
                    at: notAfterKey, "the key would end (\(notAfter)) before it begins (\(notBefore)).",
                    remedy: "Put the later time in not-after.")
            }
            return OperatorKey(
                authorizedKeysLine: try reader.read(keyKey), notBefore: notBefore, notAfter: notAfter)
        })
}

extension YAMLForm where Value == String {
    /// A line of a `.pub` file.
    static let publicKey = YAMLForm(
        schema: .text(pattern: "^(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ [A-Za-z0-9+/]+={0,2}( .*)?$", form: "an SSH public key")
    ) { node throws(YAMLError) in
        let line = try node.text("an SSH public key")
        do throws(SSHSignatureError) {
            _ = try SSHPublicKey(authorizedKeysLine: line)
        } catch {
            throw node.error("this is not a usable SSH public key.", remedy: "\(error)")
        }
        return line
    }
}
