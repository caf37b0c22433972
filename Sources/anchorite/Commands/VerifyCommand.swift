import ArgumentParser
import Authority
import Groundwork

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check the whole life of an authority from its files.",
        discussion: """
            Replays the ledger: policies, plans, approvals, keys, intents, signatures, certificates, CRLs, bundles and \
            checkpoints. Needs no HSM and no network, and writes nothing.

              anchorite verify authority --root 3f2a…
              anchorite verify /media/cdrom/authority --root 3f2a… --json

            The fingerprint is the SHA-256 of the root certificate, from paper.

            Exit: 0 everything holds; 1 something does not; 64 the fingerprint is none; 65 there is no authority; 74 \
            a file cannot be read.
            """)

    @Argument(help: "The authority's directory.") var directory: String
    @Option(help: "SHA-256 of the root certificate, 64 hex digits or 32 words.") var root: String?
    @Flag(help: "Print the result as JSON.") var json = false

    func run() throws {
        AllocatorTuning.keepFreedMemory()
        try Failure.reporting {
            let fingerprint = try root.map { text in
                guard let digest = Digest(spoken: text) else {
                    throw Failure(Exit.usage, "\"\(text.prefix(80))\" is no SHA-256 fingerprint", advice: "Give 64 hex digits or 32 words")
                }
                return digest
            }
            let authority = try AuthorityPlace.required(directory, "Name its directory, as in anchorite verify DIR")
            let report = try Verifier.verify(authority, root: fingerprint)
            guard report.lines > 0 || !report.holds else {
                throw Failure(
                    Exit.check, "The ledger in \(directory) is empty, so there is nothing that could hold",
                    advice: "Run the plan that was to begin it again")
            }
            if json { Terminal.output(report.json.prettyPrinted) } else { VerifyReport(report, directory).print() }
            if !report.holds { throw Exit.check }
        }
    }
}

extension Digest {
    /// Hex digits in any case, with or without colons and spaces; or words of the PGP list.
    init?(spoken text: String) {
        let compact = text.lowercased().filter { !$0.isWhitespace && $0 != ":" }
        if let digest = Digest(hex: compact) {
            self = digest
        } else if let bytes = try? PGPWords.decode(text.split { $0.isWhitespace || $0 == "-" }.map(String.init)),
            let digest = Digest(bytes: bytes)
        {
            self = digest
        } else {
            return nil
        }
    }

    /// The words in rows of eight, for reading aloud.
    var rows: [String] {
        stride(from: 0, to: 32, by: 8).map { words[$0..<$0 + 8].joined(separator: " ") }
    }
}

/// A verification for people.
struct VerifyReport {
    let report: Verifier.Report
    let directory: String

    init(_ report: Verifier.Report, _ directory: String) {
        self.report = report
        self.directory = directory
    }

    func print() {
        Terminal.output("Authority \(report.state?.authority ?? "?") in \(directory)", .bold)
        if let state = report.state {
            Terminal.output("  environment  \(state.environment.rawValue)")
            Terminal.output("  ledger       \(report.lines) lines, Merkle root \(report.merkleRoot.hex)")
            for root in state.roots {
                Terminal.output("  root \(root.planned.name)      \(root.fingerprint?.hex ?? "")")
            }
            for key in state.keys.values.sorted(by: { $0.planned.name < $1.planned.name }) where key.signatures > 0 {
                // The record key's other signatures are the checkpoints themselves.
                let checkpoints = key.planned.purpose == .record ? report.checked[.checkpoint] ?? 0 : 0
                let also = checkpoints == 0 ? "" : ", and \(checkpoints) on checkpoints"
                Terminal.output(
                    "  key          \(key.planned.name) made \(key.signatures) signature\(key.signatures == 1 ? "" : "s")\(also)")
            }
        }
        Terminal.output("")
        for control in Control.allCases {
            let failed = report.failures.filter { $0.control == control }.count
            guard let count = report.checked[control], failed == 0 else { continue }
            let name = control.rawValue.padding(24)
            Terminal.output("  " + Terminal.styled("holds", .green) + "  \(name) \(String(count).padding(6)) \(control.claim)")
        }
        for failure in report.failures { Terminal.output("  " + Terminal.styled("FAILS", .red) + "  \(failure)") }
        for notice in report.notices { Terminal.output("  " + Terminal.styled("note", .yellow) + "   \(notice)") }
        Terminal.output("")
        if report.holds {
            Terminal.output("Everything holds: \(report.lines) lines, \(report.signatures) signatures.", .green)
        } else {
            Terminal.output("This authority does not verify. Nothing in it should be trusted until that is explained.", .red)
        }
    }
}

extension String {
    /// At least this many columns.
    func padding(_ columns: Int) -> String { count >= columns ? self : self + String(repeating: " ", count: columns - count) }
}

extension Verifier.Report {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "holds": .boolean(holds), "lines": .integer(lines), "signatures": .integer(Int64(signatures)),
            "merkle-root": .string(merkleRoot.hex),
            "controls": .object(Dictionary(uniqueKeysWithValues: checked.map { ($0.key.rawValue, .integer(Int64($0.value))) })),
            "failures": .array(failures.map { failure in
                var members: [String: JSONValue] = [
                    "control": .string(failure.control.rawValue), "reason": .string(failure.reason),
                ]
                members["line"] = failure.line.map { .integer(Int64($0)) }
                return .object(members)
            }),
            "notices": .array(notices.map(JSONValue.string)),
        ]
        if let state {
            members["authority"] = .string(state.authority)
            members["environment"] = .string(state.environment.rawValue)
            members["keys"] = .object(state.keys.mapValues { .integer($0.signatures) })
        }
        return .object(members)
    }
}
