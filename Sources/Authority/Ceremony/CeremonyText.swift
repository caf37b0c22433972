import Groundwork

/// Pieces of ceremony files that are written by the program.
public enum CeremonyText {
    /// A JSON string is a YAML string too.
    public static func quoted(_ text: String) -> String {
        String(decoding: JSONValue.string(text).canonicalBytes, as: UTF8.self)
    }

    /// `{factory: shenzhen-2, year: 2027}`
    public static func scope(_ scope: [String: String]) -> String {
        "{" + scope.sorted { $0.key < $1.key }.map { "\($0.key): \(value($0.value))" }.joined(separator: ", ") + "}"
    }

    /// Names and years stand as they are; what YAML could take for something else is quoted.
    private static func value(_ text: String) -> String {
        let isYear = text.utf8.count == 4 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        let isName = text.utf8.first.map { (0x61...0x7A).contains($0) } == true
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        let words: Set = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
        return isYear || isName && !words.contains(text) ? text : quoted(text)
    }
}
