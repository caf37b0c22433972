import ArgumentParser
import Authority
import Groundwork
import Ledger

struct WitnessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness",
        abstract: "Sign the last checkpoint of an authority, as one who was there.",
        discussion: """
            Shows the words of the checkpoint's Merkle root, which are read aloud at the close, and signs its file.
            Whether the signer was there, nobody can check; who is not on record as present is told so. The policy's closing quorum over these signatures is needed before the next ceremony is opened; its opening
            records them.

              anchorite witness authority --key ~/.ssh/id_ed25519

            The same with OpenSSH alone; the second line enters what the first made:

              ssh-keygen -Y sign -n anchorite-checkpoint -f ~/.ssh/id_ed25519 0001.note
              anchorite witness authority --signature 0001.note.sig

            Exit: 0; 1 when the signature is nobody's or of something else; 64; 65; 73 when you signed already.
            """)

    @Argument(help: ArgumentHelp("The authority's directory.", valueName: "dir")) var directory: String
    @Option(help: "Your SSH key: a private key file, a .pub whose private half an agent holds, or a pkcs11: URI.")
    var key: String?
    @OptionGroup var tokenKey: TokenKeyOptions
    @Option(help: ArgumentHelp("A signature that ssh-keygen made.", valueName: "file")) var signature: String?
    @Flag(help: "Do not ask; you have compared the words.") var yes = false

    func validate() throws {
        if (key == nil) == (signature == nil) { throw ValidationError("Give either --key or --signature.") }
    }

    func run() async throws {
        try await Failure.reporting {
            let signer = try key.map { try ApprovalSigners.named($0, tokenKey) }
            let authority = try AuthorityPlace.required(directory, "Name the directory of an authority")
            let (state, number) = try last(authority)
            let bytes = try authority.read(AuthorityPaths.checkpoint(number))
            let checkpoint = try Checkpoint(parsing: try SignedNote(parsing: bytes).text)
            // What would be refused afterwards is refused before anybody types words or touches a stick.
            if let publicKey = try signer?.publicKey {
                guard let person = state.policy.owner(of: publicKey)?.person else {
                    throw PlanError(
                        .closing, "\(key ?? "") holds the key \(publicKey.fingerprint), which is no operator's in the policy",
                        advice: "Sign with the key whose public half stands in the policy; nothing was signed")
                }
                try refuseSecond(authority, number, person.id, person.name)
            }
            show(checkpoint, number)
            let armored: [UInt8]
            if let signer {
                if !yes { try confirm(checkpoint) }
                armored = try await signer.sign(bytes, namespace: WitnessSignature.namespace)
            } else {
                armored = try DurableFile.read(signature ?? "", maximumBytes: 1 << 20)
            }
            let witness = try WitnessSignature(path: signature ?? "the signature", bytes: armored)
                .witness(of: bytes, under: state.policy, at: .now())
            let path = AuthorityPaths.witness(number, witness.operator)
            try refuseSecond(authority, number, witness.operator, witness.name)
            try authority.makeFolder(for: path)
            try DurableFile.create(authority.absolute(path), armored)
            Terminal.say("Signed: the checkpoint of ceremony \(number), by \(witness.name)", .green)
            if let last = state.ceremonies.last, !last.present.isEmpty, !last.present.contains(witness.operator) {
                Terminal.say(
                    "Notice: \(witness.name) is not on record as present at ceremony \(number). The signature counts all the "
                        + "same; write down why with anchorite deviation.", .yellow)
            }
            try sayWhoIsMissing(authority, number, state.policy)
            Terminal.output(authority.absolute(path))
        }
    }

    /// The last ceremony, while the next one is not begun.
    private func last(_ authority: AuthorityDirectory) throws -> (AuthorityState, Int64) {
        let reading = try AuthorityReading.state(of: authority)
        guard let state = reading.state, let last = state.ceremonies.last,
            authority.contains(AuthorityPaths.checkpoint(last.number))
        else {
            throw PlanError(
                .checkpoint, "\(directory) has no checkpoint yet", advice: "A ceremony makes one when it is closed")
        }
        guard reading.ceremony == nil else {
            throw PlanError(
                .closing, "the ceremony after the last checkpoint is open already", advice: "Sign at its close")
        }
        return (state, last.number)
    }

    private func refuseSecond(
        _ authority: AuthorityDirectory, _ number: Int64, _ id: String, _ name: String
    ) throws(Failure) {
        guard authority.contains(AuthorityPaths.witness(number, id)) else { return }
        throw Failure(
            Exit.outputExists, "\(name) has signed the checkpoint of ceremony \(number) already",
            advice: "Nothing more is to be done", control: .outputNew)
    }

    private func show(_ checkpoint: Checkpoint, _ number: Int64) {
        Terminal.say("Checkpoint of ceremony \(number), over \(checkpoint.size) lines of \(checkpoint.origin)", .bold)
        for row in NumberedWords.rows(checkpoint.root) { Terminal.say("  \(row)") }
    }

    private func confirm(_ checkpoint: Checkpoint) throws {
        let words = checkpoint.root.words.prefix(2).joined(separator: " ")
        let answer = try Prompt.line(
            "To sign, compare the words with yours, and type the first two: ",
            otherwise: "compare them on paper, and sign with --yes")
        guard answer.lowercased().split(separator: " ").joined(separator: " ") == words.lowercased() else {
            throw Failure(Exit.usage, "These are not the first two words", advice: "Nothing was signed")
        }
    }

    private func sayWhoIsMissing(_ authority: AuthorityDirectory, _ number: Int64, _ policy: Policy) throws {
        let witnesses = try CheckpointWitnesses(authority, of: number, under: policy, at: .now())
        guard let quorum = witnesses.quorum(of: policy) else { return }
        let missing = quorum.roles.filter { $0.missing > 0 }
        guard !missing.isEmpty else { return Terminal.say("Enough persons have signed for the next ceremony.") }
        let words = missing.map { "\($0.missing) more \($0.role)" }
        Terminal.say("Before the next ceremony: \(Phrase.list(words)).", .yellow)
    }
}

/// The words of a digest in numbered rows, for reading aloud and for pointing at.
enum NumberedWords {
    static let inRow = 4

    static func rows(_ digest: Digest) -> [String] {
        let words = digest.words
        let width = words.map(\.count).max() ?? 0
        return stride(from: 0, to: words.count, by: inRow).map { first in
            words[first..<min(first + inRow, words.count)].enumerated().map { offset, word in
                let number = String(first + offset + 1)
                return "\(number.count < 2 ? " " : "")\(number) \(Sheet.padded(word, width))"
            }.joined(separator: "  ").trimmingEnd
        }
    }
}
