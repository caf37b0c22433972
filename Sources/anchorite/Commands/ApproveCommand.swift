import ArgumentParser
import Authority
import Glibc
import Groundwork
import SSHSignature

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Approve a plan with your SSH key, after being shown what it does.",
        discussion: """
            Signs exactly the plan file's bytes, as ssh-keygen -Y sign -n anchorite-plan does. The key may be a file, in
            an agent (give its .pub), on a FIDO stick, or on a PKCS#11 token such as a PIV card.

              anchorite approve first-year.plan/plan.json --key ~/.ssh/id_ed25519
              ssh-keygen -Y sign -n anchorite-plan -f ~/.ssh/id_ed25519 plan.json    # the same, by hand
              anchorite approve plan.json --key 'pkcs11:token=Dee;id=%02?module-name=opensc'

            The approval goes beside the plan, under the operator's name.
            """)

    @Argument(help: "The plan file.") var plan: String
    @Option(help: "Your SSH key: a private key file, a .pub whose private half an agent holds, or a pkcs11: URI.") var key: String
    @OptionGroup var tokenKey: TokenKeyOptions
    @Option(help: "The authority's directory, to check that the key is an operator's (default: authority, if it is here).") var authority: String?
    @Option(help: "Where the approval goes (default: beside the plan).") var output: String?
    @Flag(help: "Do not ask; you have read the plan with anchorite show.") var yes = false

    func run() async throws {
        try await Failure.reporting {
            let signer = try ApprovalSigners.named(key, tokenKey)
            let bytes = try DurableFile.read(plan)
            let parsed = try Plan(canonical: bytes)
            try PlanExplanation.say(parsed, path: plan, authority: authority)
            if !yes { try confirm(parsed) }
            let policy = try policyInForce(parsed)
            let signature = try await signer.sign(bytes, namespace: Approval.namespace)
            let approval = try Approval(path: "approval", bytes: signature)
            let name: String
            if let policy {
                name = try approval.approver(
                    of: bytes, requestedBy: parsed.requester, under: policy, at: .now()).operator
            } else {
                try approval.signature.verify(message: bytes, namespace: Approval.namespace)
                name = approval.signature.publicKey.fingerprint.filter { $0.isLetter || $0.isNumber }
            }
            let target = output ?? "\(FilePath.directory(of: plan))/\(name)\(Approval.fileEnding)"
            try DurableFile.create(target, signature)
            Terminal.say("Approved: the plan with the digest", .green)
            for row in parsed.digest.rows { Terminal.say("  \(row)") }
            Terminal.output(target)
        }
    }

    /// The policy that names the operators: the plan's own for the first ceremony, else the authority's.
    private func policyInForce(_ plan: Plan) throws -> Policy? {
        if plan.policy.text != nil { return try plan.establishedPolicy() }
        let place = authority ?? "authority"
        guard authority != nil || AuthorityDirectory(place).exists else {
            Terminal.say(
                "warning: no authority is at hand, so nobody checks that the key is an operator's; name it with --authority.",
                .yellow)
            return nil
        }
        let policy = try AuthorityReading.state(of: AuthorityDirectory(place)).state?.policy
        guard policy?.digest == plan.policy.digest else {
            throw PlanError(.planPolicy, "\(place) has another policy in force than the plan", advice: "Make the plan again")
        }
        return policy
    }

    private func confirm(_ plan: Plan) throws {
        let words = plan.digest.words.prefix(2).joined(separator: " ")
        let answer = try Prompt.line("To approve, type the first two words of the digest (\(plan.digest.words.count) words above): ")
        guard answer.lowercased().split(separator: " ").joined(separator: " ") == words.lowercased() else {
            throw Failure(Exit.usage, "These are not the first two words of the plan's digest", advice: "Nothing was signed")
        }
    }
}
