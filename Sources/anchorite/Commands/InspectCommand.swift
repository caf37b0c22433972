import ArgumentParser
import Authority
import Groundwork
import PKIX

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Take a certificate, CRL, request, bundle or approval apart, and lint it.",
        usage: "anchorite inspect <file> [options]",
        discussion: """
            Reads PEM and DER, from any CA. Certificates and CRLs are judged by the rules that Anchorite applies to \
            its own before the HSM signs them; each finding names its rule and where the rule comes from.

              anchorite inspect authority/certificates/G1.pem
              anchorite inspect device.pem --issuer factory.pem
              anchorite inspect signer.cer --role bundle-signer --json

            Of an operator's key on a PKCS#11 token, it prints the line for the policy:

              anchorite inspect 'pkcs11:token=Dee;id=%02?module-name=opensc'

            Exit: 0; 1 when a signature does not hold or the linter finds an error; 65 when the file cannot be read.
            """)

    @Argument(help: ArgumentHelp("The file to take apart, or the pkcs11: URI of an operator's key.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("The issuer's certificate, to check the signature by.", valueName: "cert"))
    var issuer: String?

    @Option(help: "What a certificate is meant to be: root, intermediate, end-entity or bundle-signer.")
    var role: Role?

    @Option(help: ArgumentHelp("The plan that an approval is for; found beside it otherwise.", valueName: "file"))
    var plan: String?

    @Option(help: ArgumentHelp("The authority that an approval is for.", valueName: "dir"))
    var authority: String?

    @OptionGroup var tokenKey: TokenKeyOptions

    @Flag(help: "Print the same facts as JSON.")
    var json = false

    enum Role: String, ExpressibleByArgument, CaseIterable {
        case root, intermediate
        case endEntity = "end-entity"
        case bundleSigner = "bundle-signer"

        var lintRole: LintRole {
            switch self {
            case .root: .root
            case .intermediate: .intermediate
            case .endEntity: .endEntity
            case .bundleSigner: .bundleSigner
            }
        }
    }

    func run() throws {
        try Failure.reporting {
            if OperatorKeyURI.isOne(file) { return try TokenKeyFacts.print(file, tokenKey, asJSON: json) }
            let kind = try FileFacts.kind(file)
            switch kind {
            case .certificate, .certificateList, .request, .bundle, .approval: break
            default:
                throw Failure(Exit.badInput, "\(file) is \(kind.named)", advice: "Read it with anchorite show")
            }
            let facts = try FileFacts(
                file, kind, FileFacts.Aids(plan: plan, authority: authority, issuer: issuer, role: role?.lintRole))
            facts.sheet.print(asJSON: json)
            guard facts.holds else { throw Exit.check }
        }
    }
}
