import ArgumentParser
import Authority
import Glibc
import Groundwork
import SSHSignature

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Approve a plan with your SSH key, after being shown what it does.",
        usage: "anchorite approve <plan> --key <key> [options]",
        discussion: """
            Signs exactly the plan file's bytes. The key may be a file, in an agent (give its .pub), on a FIDO stick, or \
            on a PKCS#11 token such as a PIV card.

              anchorite approve first-year.plan/plan.json --key ~/.ssh/id_ed25519
              anchorite approve plan.json --key 'pkcs11:id=%02?module-name=opensc'

            The approval goes beside the plan, under the operator's name. With nothing but OpenSSH, the same is done by

              ssh-keygen -Y sign -n anchorite-plan -f ~/.ssh/id_ed25519 plan.json

            Exit: 0 approved; 1 the plan or the key is refused; 64 the words typed are wrong, or there is no terminal \
            to ask at; 65 a file cannot be read; 73 the approval is there already.
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
            let file = try PlanFile(plan)
            let (parsed, bytes) = (file.plan, file.bytes)
            try PlanExplanation.say(parsed, path: plan, authority: authority)
            let policy = try policyInForce(parsed)
            // What would be refused afterwards is refused before anybody types words or touches a stick.
            if let publicKey = try signer.publicKey {
                try NewOutput.require(target(name(of: publicKey, parsed, policy)), option: "--output")
            }
            if !yes { try confirm(parsed) }
            let signature = try await signer.sign(bytes, namespace: Approval.namespace)
            let approval = try Approval(path: key, bytes: signature)
            if let policy {
                _ = try approval.approver(of: bytes, requestedBy: parsed.requester, under: policy, at: .now(), .key)
            } else {
                try approval.signature.verify(message: bytes, namespace: Approval.namespace)
            }
            let target = try target(name(of: approval.signature.publicKey, parsed, policy))
            try NewOutput.create(target, signature, option: "--output")
            Terminal.say("Approved: the plan with the digest", .green)
            for row in parsed.digest.rows { Terminal.say("  \(row)") }
            Terminal.output(target)
        }
    }

    private func target(_ name: String) -> String {
        output ?? FilePath.joined(FilePath.directory(of: plan), name + Approval.fileEnding)
    }

    /// The operator whose key it is; where no policy is at hand, the key's own name.
    private func name(of publicKey: SSHPublicKey, _ plan: Plan, _ policy: Policy?) throws -> String {
        guard let policy else { return publicKey.fingerprint.filter { $0.isLetter || $0.isNumber } }
        return try publicKey.approver(requestedBy: plan.requester, under: policy, at: .now(), path: key, .key).operator
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
        let answer = try Prompt.line(
            "To approve, type the first two words of the digest (\(plan.digest.words.count) words above): ",
            otherwise: "read the plan with anchorite show, and approve it with --yes")
        guard answer.lowercased().split(separator: " ").joined(separator: " ") == words.lowercased() else {
            throw Failure(Exit.usage, "These are not the first two words of the plan's digest", advice: "Nothing was signed")
        }
    }
}
