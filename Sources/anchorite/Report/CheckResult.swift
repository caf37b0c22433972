import Groundwork

/// One thing that was looked at, and what came of it.
struct CheckResult {
    enum Verdict: String {
        case ok, warning, failed
        /// It could not be looked at this way.
        case skipped

        var style: Terminal.Style {
            switch self {
            case .ok: .green
            case .warning: .yellow
            case .failed: .red
            case .skipped: .dim
            }
        }
    }

    var verdict: Verdict
    /// What was looked at: `token vault`.
    var subject: String
    /// One sentence.
    var sentence: String

    init(_ verdict: Verdict, _ subject: String, _ sentence: String) {
        self.verdict = verdict
        self.subject = subject
        self.sentence = sentence
    }
}

/// Checks, a line each.
struct CheckList {
    private(set) var results: [CheckResult] = []
    /// What the JSON says besides.
    var more: [String: JSONValue] = [:]
    /// A token that should be there is not.
    var lacksToken = false

    mutating func add(_ verdict: CheckResult.Verdict, _ subject: String, _ sentence: String) {
        results.append(CheckResult(verdict, subject, sentence))
    }

    mutating func ok(_ subject: String, _ sentence: String) { add(.ok, subject, sentence) }
    mutating func warn(_ subject: String, _ sentence: String) { add(.warning, subject, sentence) }
    mutating func fail(_ subject: String, _ sentence: String) { add(.failed, subject, sentence) }

    mutating func skip(_ subject: String, _ sentence: String) { add(.skipped, subject, sentence) }

    func count(_ verdict: CheckResult.Verdict) -> Int { results.count { $0.verdict == verdict } }

    /// - Parameter first: how many results were printed before.
    func print(asJSON: Bool, after first: Int = 0) {
        guard !asJSON else {
            let value: [String: JSONValue] = [
                "checks": .array(
                    results.map {
                        [
                            "result": .string($0.verdict.rawValue), "check": .string($0.subject),
                            "sentence": .string($0.sentence),
                        ]
                    }),
                "failed": .integer(Int64(count(.failed))), "warnings": .integer(Int64(count(.warning))),
            ]
            return Terminal.output(JSONValue.object(value.merging(more) { own, _ in own }).prettyPrinted)
        }
        printRows(after: first)
        Terminal.output("")
        let words = [
            count(.failed) == 0 ? nil : "\(count(.failed)) failed",
            count(.warning) == 0 ? nil : Phrase.count(count(.warning), "warning"),
            count(.skipped) == 0 ? nil : "\(count(.skipped)) skipped",
        ].compactMap { $0 }
        Terminal.output(
            "\(Phrase.count(results.count, "check")): "
                + "\(words.isEmpty ? "all is well" : words.joined(separator: ", ")).",
            count(.failed) > 0 ? .red : count(.warning) > 0 ? .yellow : .green)
    }

    /// - Parameter first: how many results were printed before.
    func printRows(after first: Int = 0) {
        let width = results.reduce(0) { max($0, $1.subject.count) }
        for result in results.dropFirst(first) {
            let lead =
                Terminal.styled(Sheet.padded(result.verdict.rawValue, 9), result.verdict.style)
                + Sheet.padded(Shown.text(result.subject), width + 2)
            for (index, line) in Sheet.wrapped(Shown.text(result.sentence), room: Sheet.width - width - 11).enumerated()
            {
                Terminal.output((index == 0 ? lead : String(repeating: " ", count: width + 11)) + line)
            }
        }
    }
}
