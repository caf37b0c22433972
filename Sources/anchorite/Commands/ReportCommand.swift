import ArgumentParser
import Authority
import Groundwork
import Papers

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write the report of an authority's ceremonies from its record.",
        discussion: """
            Verifies the whole record and writes what happened as one HTML file for screen and paper: participants, \
            approvals and rejections, tokens, an inventory of the keys, signatures, certificates, CRLs, bundles, breaks, \
            deviations, the Merkle root in hex and words, who signed it, and a diagram of the hierarchy. It needs no \
            network and no other file.

              anchorite report authority --root 3f2a…
              anchorite report authority --ceremony 2 --output ceremony-2.html

            The same record gives the same report, to the byte. docs/audit.md says which part meets which requirement.

            Exit: 0; 1 when the record does not verify (the report is written, and says so); 65 when there is none; 73 when \
            the report exists already.
            """)

    @Argument(help: "The authority's directory.") var directory: String
    @Option(help: "Tell of this ceremony only.") var ceremony: Int64?
    @Option(help: "SHA-256 of the root certificate from paper, 64 hex digits or 32 words.") var root: String?
    @Option(help: ArgumentHelp("Where the report goes (default: report.html in the current folder).", valueName: "file"))
    var output = "report.html"

    func run() throws {
        AllocatorTuning.keepFreedMemory()
        try Failure.reporting {
            let fingerprint = try root.map { text in
                guard let digest = Digest(spoken: text) else {
                    throw Failure(
                        Exit.usage, "\"\(text.prefix(80))\" is no SHA-256 fingerprint",
                        advice: "Give 64 hex digits or 32 words")
                }
                return digest
            }
            let authority = try AuthorityPlace.required(directory, "Name its directory, as in anchorite report DIR")
            try NewOutput.require(output, option: "--output")
            let minutes = try Minutes(authority)
            guard !minutes.contents.events.isEmpty else {
                throw Failure(Exit.badInput, "The ledger in \(directory) is empty", advice: "There is nothing to report yet")
            }
            if let ceremony, !minutes.ceremonies.contains(where: { $0.number == ceremony }) {
                throw Failure(
                    Exit.usage, "There is no ceremony \(ceremony) in \(directory)",
                    advice: "It has \(Phrase.count(minutes.ceremonies.count { $0.number != nil }, "ceremony"))")
            }
            let verification = try Verifier.verify(authority, root: fingerprint)
            let page = ReportPage(
                minutes: minutes, verification: verification, fingerprint: fingerprint, number: ceremony
            ).page
            try NewOutput.create(output, page.bytes, option: "--output")
            if !verification.holds {
                Terminal.say("This authority does not verify; the report says what fails.", .red)
            } else if fingerprint == nil {
                Terminal.say("warning: without --root, the report says only that the files agree with each other.", .yellow)
            }
            Terminal.output(output)
            if !verification.holds { throw Exit.check }
        }
    }
}
