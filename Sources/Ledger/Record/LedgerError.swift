/// The controls that every ledger is under; each has the same name in code, output and documentation.
public enum LedgerControl: String, CaseIterable, Sendable {
    /// Every line is one JSON object in the canonical form of RFC 8785, with the members that every event has.
    case canonical = "LEDGER-CANONICAL"
    /// `index` counts the lines from 0 without a gap.
    case index = "LEDGER-INDEX"
    /// `previous` is the SHA-256 of the line before, and 64 zeros in the first line.
    case chain = "LEDGER-CHAIN"
    /// `time` never runs backwards.
    case time = "LEDGER-TIME"
    /// The last line ends with a newline.
    case torn = "LEDGER-TORN"
}

/// A line of a ledger that breaks a control.
public struct LedgerError: Error, Hashable, Sendable, CustomStringConvertible {
    public let control: LedgerControl
    /// The path of the ledger; empty where it is not known.
    public internal(set) var path: String
    /// Counted from 1, as editors count.
    public let line: Int
    /// What is wrong, as part of a sentence.
    public let reason: String

    public init(control: LedgerControl, path: String = "", line: Int, reason: String) {
        self.control = control
        self.path = path
        self.line = line
        self.reason = reason
    }

    public var description: String {
        "\(path.isEmpty ? "ledger" : path), line \(line): \(control.rawValue): \(reason)"
    }
}
