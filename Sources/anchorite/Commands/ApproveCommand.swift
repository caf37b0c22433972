import ArgumentParser
import Authority
import Glibc
import Groundwork
import SSHSignature

struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: "Approve a plan with your SSH key, after being shown what it does; or reject it.",
        usage: "anchorite approve <plan> --key <key> [--reject --because <why>] [options]",
        discussion: """
            Signs exactly the plan file's bytes. The key may be a file, in an agent (give its .pub), on a FIDO stick, or \
            on a PKCS#11 token such as a PIV card.

              anchorite approve first-year.plan/plan.json --key ~/.ssh/id_ed25519
              anchorite approve plan.json --key 'pkcs11:id=%02?module-name=opensc'

            The approval goes beside the plan, under the operator's name. With nothing but OpenSSH, the same is done by

              ssh-keygen -Y sign -n anchorite-plan -f ~/.ssh/id_ed25519 plan.json

            Who does not want the plan says so. A rejection does not stop the others; it becomes part of the record when \
            this ceremony, or a later one in its place, is opened. Nobody both approves and rejects a plan.

              anchorite approve plan.json --key ~/.ssh/id_ed25519 --reject --because "the window is too long"

            Exit: 0 approved or rejected; 1 the plan or the key is refused; 64 the words typed are wrong, or there is no terminal \
            to ask at; 65 a file cannot be read; 73 the file is there already.
            """)

    @Argument(help: "The plan file.") var plan: String
    @Option(help: "Your SSH key: a private key file, a .pub whose private half an agent holds, or a pkcs11: URI.") var key: String
    @OptionGroup var tokenKey: TokenKeyOptions
    @Option(help: "The authority's directory, to check that the key is an operator's (default: authority, if it is here).") var authority: String?
    @Option(help: "Where the approval goes (default: beside the plan).") var output: String?
    @Flag(help: "Reject the plan instead of approving it.") var reject = false
    @Option(help: "Why you reject the plan, in one sentence.") var because: String?
    @Flag(help: "Do not ask; you have read the plan with anchorite show.") var yes = false

    func validate() throws {
        if reject != (because != nil) { throw ValidationError("--reject and --because belong together.") }
    }

    func run() async throws {
        try await Failure.reporting {
            if let because, !RecordText.isLine(because) {
                throw Failure(
                    Exit.usage, "The reason is not one line of at most \(RecordText.maximumLength) printable characters",
                    advice: "Say in one sentence why; nothing was signed")
            }
            let signer = try ApprovalSigners.named(key, tokenKey)
            let file = try PlanFile(plan)
            let (parsed, bytes) = (file.plan, file.bytes)
            // What would be refused afterwards is refused before anybody reads, types words or touches a stick.
            if !reject { try refusePast(parsed, bytes) }
            let policy = try policyInForce(parsed)
            let publicKey = try signer.publicKey
            if let publicKey, !reject {
                let name = try name(of: publicKey, parsed, policy)
                try refuseSecondMind(name, bytes)
                try NewOutput.require(target(name), option: "--output")
            } else if let publicKey, let policy {
                try rejection(parsed, bytes, policy).refuse(publicKey)
            }
            do { try PlanExplanation.say(parsed, path: plan, authority: authority) } catch {
                // A plan that does not hold is a reason to reject it.
                guard reject else { throw error }
                Terminal.say("\(error)", .red)
            }
            if policy == nil {
                Terminal.say(
                    "warning: no authority is at hand, so nobody checks that the key is an operator's; name it with --authority.",
                    .yellow)
            }
            if let because { return try await self.reject(parsed, bytes, because, signer, policy) }
            if let publicKey, let policy { sayWhetherNeeded(publicKey, parsed, policy) }
            if !yes { try confirm(parsed) }
            let signature = try await signer.sign(bytes, namespace: Approval.namespace)
            let approval = try Approval(path: key, bytes: signature)
            if let policy {
                _ = try approval.approver(
                    of: bytes, requestedBy: parsed.requester, under: policy, or: parsed.change(from: policy)?.new,
                    at: .now(), .key)
            } else {
                try approval.signature.verify(message: bytes, namespace: Approval.namespace)
            }
            let name = try name(of: approval.signature.publicKey, parsed, policy)
            try refuseSecondMind(name, bytes)
            let target = target(name)
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
        let approver = try JudgedApprover(
            inForce: policy, new: plan.change(from: policy)?.new, key: publicKey
        ) { policy throws(PlanError) in
            try publicKey.approver(requestedBy: plan.requester, under: policy, at: .now(), path: key, .key)
        }
        // Who changes keys approves with the old one and with the new one.
        return approver.person.operator + (approver.inForce == nil ? "-new" : "")
    }

    private func reject(
        _ plan: Plan, _ bytes: [UInt8], _ because: String, _ signer: any ApprovalSigner, _ policy: Policy?
    ) async throws {
        guard let policy else {
            throw Failure(
                Exit.badInput, "Whose key it is cannot be known without the policy",
                advice: "Name the authority's directory with --authority")
        }
        if !yes { try confirm(plan) }
        let target = try await rejection(plan, bytes, policy).make(because: because, signer: signer, output: output)
        Terminal.say("Rejected: the plan with the digest", .yellow)
        for row in plan.digest.rows { Terminal.say("  \(row)") }
        Terminal.output(target)
    }

    private func rejection(_ plan: Plan, _ bytes: [UInt8], _ policy: Policy) -> RejectionMaking {
        RejectionMaking(plan: plan, planBytes: bytes, folder: FilePath.directory(of: self.plan), policy: policy)
    }

    /// A plan that can never be run any more is not approved: its window is over, or the authority, where it is at hand,
    /// has run it or gone on without it.
    ///
    /// - Throws: ``PlanError`` with control PLAN-ONCE, PLAN-HEAD or PLAN-WINDOW.
    private func refusePast(_ plan: Plan, _ bytes: [UInt8]) throws {
        let place = AuthorityDirectory(authority ?? "authority")
        if place.exists {
            let reading = try AuthorityReading.state(of: place)
            if let state = reading.state, state.authority == plan.authority {
                if let held = state.ceremonies.first(where: { $0.plan == Digest(of: bytes) }) {
                    throw PlanError(
                        .planOnce, "ceremony \(held.number) was held already with this plan, and a plan is run once",
                        advice: "Nothing was signed; plan anew what is still to be done")
                }
                // A plan that begins an authority may be for another directory than the one that happens to be here.
                let isForHere = authority != nil || plan.head != .empty
                if isForHere, reading.head.size > plan.head.size, reading.ceremony?.planDigest != Digest(of: bytes) {
                    throw PlanError(
                        .planHead,
                        "the ledger has moved on since the plan was made: it has \(reading.head.size) lines, the plan "
                            + "knows \(plan.head.size)",
                        advice: "Nothing was signed; make the plan again")
                }
            }
        }
        guard Timestamp.now() <= plan.closes else {
            throw PlanError(
                .planWindow, "the plan's window closed at \(plan.closes), and it is \(Timestamp.now())",
                advice: "Nothing was signed; make the plan again")
        }
    }

    /// Who fills no seat may approve all the same, and should know.
    private func sayWhetherNeeded(_ key: SSHPublicKey, _ plan: Plan, _ policy: Policy) {
        let changesPolicy = plan.operations.contains { $0.kind == .changePolicy }
        guard !changesPolicy, let person = policy.owner(of: key)?.person,
            !plan.operations.contains(where: { $0.quorum.seats.contains { person.roles.contains($0.role) } })
        else { return }
        Terminal.say(
            "Notice: no operation of this plan has a seat for \(person.name) (\(person.roles.sorted().joined(separator: ", "))). "
                + "The approval goes on record, and fills none.", .yellow)
    }

    /// Nobody approves a plan and rejects it.
    private func refuseSecondMind(_ name: String, _ bytes: [UInt8]) throws {
        let rejections = try PlanPapers(beside: FilePath.directory(of: plan)).rejections
        for rejection in rejections
        where rejection.statement.operator == name && rejection.statement.plan == Digest(of: bytes) {
            throw PlanError(
                .rejection, "\(rejection.path) is a rejection by \(name)",
                advice: "Take it out of the folder first, if it does not hold any more")
        }
    }

    /// The policy that names the operators: the plan's own for the first ceremony, else the authority's.
    private func policyInForce(_ plan: Plan) throws -> Policy? {
        if plan.policy.text != nil { return try plan.establishedPolicy() }
        let place = authority ?? "authority"
        guard authority != nil || AuthorityDirectory(place).exists else {
            return try PlanPolicy.find(plan, beside: self.plan)
        }
        let policy = try AuthorityReading.state(of: AuthorityPlace.required(place)).state?.policy
        guard policy?.digest == plan.policy.digest else {
            throw PlanError(.planPolicy, "\(place) has another policy in force than the plan", advice: "Make the plan again")
        }
        return policy
    }

    private func confirm(_ plan: Plan) throws {
        let words = plan.digest.words.prefix(2).joined(separator: " ")
        let answer = try Prompt.line(
            "To \(reject ? "reject" : "approve"), type the first two words of the digest (\(plan.digest.words.count) words above): ",
            otherwise: "read the plan with anchorite show, and approve it with --yes")
        guard answer.lowercased().split(separator: " ").joined(separator: " ") == words.lowercased() else {
            throw Failure(Exit.usage, "These are not the first two words of the plan's digest", advice: "Nothing was signed")
        }
    }
}
