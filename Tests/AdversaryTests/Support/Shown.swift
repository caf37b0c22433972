import Foundation

/// What a person sees of a run of the command.
struct Shown: Sendable {
    var code: Int32
    /// Standard output.
    var output: String
    /// Standard error.
    var talk: String
    /// The ledger is not what it was before.
    var hasChangedLedger = false

    /// The sentence that refuses: the command's own, or the first that a verification finds wrong. What differs from
    /// one run to the next (digests, times, serial numbers) is left out.
    var sentence: String {
        let talked = talk.split(separator: "\n").last { $0.hasPrefix("anchorite: ") }?.dropFirst("anchorite: ".count)
        let failed = output.split(separator: "\n").first { $0.hasPrefix("  FAILS  ") }?.dropFirst("  FAILS  ".count)
        guard let found = talked ?? failed else { return "" }
        return Self.withoutAccidents(String(found))
    }

    static func withoutAccidents(_ text: String) -> String {
        var text = text
        for (pattern, replacement) in [
            ("/[^ ]*/anchorite-adversary-[0-9A-F-]{36}", "…"), ("SHA256:[A-Za-z0-9+/]{43}", "SHA256:…"),
            ("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z", "…"), ("\\b[0-9a-f]{16,}\\b", "…"),
            ("[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}", "…"),
        ] {
            text = text.replacingOccurrences(of: pattern, with: replacement, options: .regularExpression)
        }
        return text
    }
}
