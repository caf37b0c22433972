import Groundwork
import PKIX

/// What is to be said against an object: its signature, and the linter's findings.
struct Judgement {
    private(set) var signatureWords: String?
    private(set) var signatureHolds: Bool?
    /// What the object was judged as; nil when it was not linted.
    var subject: String?
    var findings: [LintFinding] = []

    /// Whether nothing is wrong.
    var holds: Bool { signatureHolds != false && !findings.contains { $0.severity == .error } }

    /// Checks a signature; `signer` is nil when there is nobody to check it by.
    mutating func signature(_ signer: String?, _ check: () throws(PKIXError) -> Void) {
        guard let signer else {
            signatureWords = "not checked: give the issuer's certificate with --issuer"
            return
        }
        do throws(PKIXError) {
            try check()
            signatureHolds = true
            signatureWords = "valid, by \(signer)"
        } catch {
            signatureHolds = false
            signatureWords = "NOT valid: \(error)"
        }
    }

    func add(to sheet: inout Sheet) {
        if let signatureWords {
            let style: Terminal.Style = signatureHolds == nil ? .yellow : signatureHolds == true ? .green : .red
            sheet.fact(
                "signature", [signatureWords], key: "signature",
                signatureHolds.map(JSONValue.boolean) ?? "unchecked", style: style)
        }
        guard let subject else { return }
        let findings = findings.sorted { ($1.severity, $0.rule) < ($0.severity, $1.rule) }
        let value = JSONValue.array(
            findings.map {
                [
                    "rule": .string($0.rule), "severity": .string($0.severity.rawValue), "source": .string($0.source),
                    "message": .string($0.message),
                ]
            })
        if findings.isEmpty {
            sheet.fact("lint", ["nothing found, judged as \(subject)"], key: "lint", value, style: .green)
        } else {
            let lines = findings.flatMap { ["\($0.severity.rawValue)  \($0.rule)  [\($0.source)]", "  \($0.message)"] }
            sheet.fact("lint", ["judged as \(subject)"] + lines, key: "lint", value)
        }
        sheet.data("judged-as", .string(subject))
    }
}
