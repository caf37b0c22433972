import ArgumentParser
import Authority
import Groundwork
import PKIX

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Explain a file in words: what a plan will do, who approved, what a policy allows.",
        usage: "anchorite show <file> [options]",
        discussion: """
            Before you approve a plan, compare what it says with what you want, and its digest with the one that the \
            others have: read the words aloud.

              anchorite show first-year.plan/plan.json
              anchorite show first-year.plan/ingrid.approval
              anchorite show authority/ledger.jsonl

            The kind of the file is told by its content: plan, policy, ceremony, site or drill file, approval, rejection, \
            deviation, custody file, ledger, checkpoint, bundle, certificate, CRL, request, break-glass package, manifest of \
            a publication or handover, contract, challenge. Of a sealed package, it shows what is not secret.

            What a plan says of certificates and CRLs is read from the very bytes that the HSM will sign. With the \
            authority at hand, the plan is made again and compared, and its CRLs must continue those that are there.

            Exit: 0; 1 when the plan, approval or certificate does not hold; 65 when the file cannot be read.
            """)

    @Argument(help: ArgumentHelp("The file to explain.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("The authority that a plan or an approval is for.", valueName: "dir"))
    var authority: String?

    @Option(help: ArgumentHelp("The policy, where the authority is not at hand.", valueName: "file"))
    var policy: String?

    @Option(help: ArgumentHelp("The plan that an approval is for; found beside it otherwise.", valueName: "file"))
    var plan: String?

    @Option(help: ArgumentHelp("The issuer's certificate, for a certificate or CRL.", valueName: "cert"))
    var issuer: String?

    @Flag(help: "Print the same facts as JSON.")
    var json = false

    func run() throws {
        try Failure.reporting {
            let kind = try FileFacts.kind(file)
            guard kind != .ledger else { return try LedgerFacts.print(file, asJSON: json) }
            let facts = try FileFacts(
                file, kind, FileFacts.Aids(plan: plan, authority: authority, policy: policy, issuer: issuer))
            facts.sheet.print(asJSON: json)
            guard facts.holds else { throw Exit.check }
        }
    }
}
