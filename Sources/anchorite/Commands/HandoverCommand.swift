import ArgumentParser
import Authority
import Glibc
import Groundwork
import Handover
import Publication

struct HandoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "handover",
        abstract: "Pack what a factory needs to sign devices, with a signed contract; or check such a folder.",
        usage: """
            anchorite handover <scope> ... --to <dir> --root <hex> --key <key>
            anchorite handover --check <dir> --root <hex>
            """,
        discussion: """
            Verifies the authority from the root's fingerprint, then writes one folder for one intermediate: certificates, \
            CRLs in force, the newest bundle, and a contract that says what the certificate of a device must be. You sign \
            the contract with your operator's key. The scope is given by the policy's fields.
              anchorite handover --factory shenzhen-2 --year 2027 --profile sample-device \\
                --to shenzhen-2-2027 --root 3f2a… --key ~/.ssh/id_ed25519
            At the factory, with the root's fingerprint from paper and no authority, before anchorite device verify; \
            docs/factory.md is for the factory:
              anchorite handover --check shenzhen-2-2027 --root 3f2a…
            Exit: 0 done, or the folder holds; 1 something does not hold; 64 usage; 65 there is no authority or no such \
            folder; 73 the folder is there already; 74 it cannot be written.
            """)

    @OptionGroup var scope: ScopeOptions
    @Option(help: ArgumentHelp("The folder that is written.", valueName: "dir"))
    var to: String?
    @Option(help: ArgumentHelp("Check this folder instead, as the factory does.", valueName: "dir"))
    var check: String?
    @Option(help: ArgumentHelp("SHA-256 of the root certificate from paper, 64 hex digits or 32 words.", valueName: "fingerprint"))
    var root: String
    @Option(help: ArgumentHelp(
        "Your operator's key: a private key file, a .pub whose private half an agent holds, or a pkcs11: URI."))
    var key: String?
    @OptionGroup var tokenKey: TokenKeyOptions
    @Option(help: ArgumentHelp("The policy's profile for devices, where it has several.", valueName: "name"))
    var profile: String?
    @Option(help: ArgumentHelp("The authority's directory.", valueName: "dir"))
    var authority = "authority"
    @Flag(help: "Print the result as JSON.")
    var json = false

    static let options = ["--to", "--check", "--root", "--key", "--module", "--pin-fd", "--profile", "--authority", "--json"]

    func validate() throws {
        guard (to == nil) != (check == nil) else {
            throw ValidationError("Give --to DIR to pack a folder, or --check DIR to check one.")
        }
        if check != nil {
            guard scope.isEmpty, key == nil, profile == nil else {
                throw ValidationError("--check takes the folder and --root alone.")
            }
        } else if key == nil {
            throw ValidationError("Give your operator's key with --key: the contract is signed.")
        }
    }

    func run() async throws {
        AllocatorTuning.keepFreedMemory()
        // A station that runs under another name must be able to read what is written.
        umask(0o022)
        try await Failure.reporting {
            let root = try PublicationSource.fingerprint(root)
            if let check { return try Self.check(check, root, asJSON: json) }
            try await pack(into: to ?? "", root)
        }
    }

    private static func check(_ folder: String, _ root: Digest, asJSON: Bool) throws {
        let time = Timestamp.now()
        let handover = try Handover(folder: folder, root: root, at: time)
        try handover.checkCurrent(at: time)
        HandoverFacts(handover, folder: folder, isNew: false, at: time).sheet.print(asJSON: asJSON)
    }

    private func pack(into folder: String, _ root: Digest) async throws {
        try NewOutput.require(folder, option: "--to")
        let signer = try ApprovalSigners.named(key ?? "", tokenKey)
        let source = try VerifiedAuthority(try AuthorityPlace.required(authority), root: root)
        let time = Timestamp.now()
        let intermediate = try intermediate(in: source.state, at: time)
        let making = try HandoverMaking(source, intermediate: intermediate, profile: profile, at: time)
        if let known = try signer.publicKey { _ = try making.signer(known) }
        var draft: HandoverMaking.Draft?
        let signature = try await signer.sign(namespace: Contract.namespace) { key in
            let made = try making.draft(signer: try making.signer(key))
            draft = made
            return made.message
        }
        guard let draft else { throw Failure(Exit.badInput, "Nothing was signed") }
        let files = try draft.signed(signature, root: root, at: time)
        try HandoverFolder.write(files, to: folder)
        let handover = try Handover(folder: folder, root: root, at: time)
        HandoverFacts(handover, folder: folder, isNew: true, at: time).sheet.print(asJSON: json)
    }

    /// The one live intermediate of the scope.
    private func intermediate(in state: AuthorityState, at time: Timestamp) throws -> String {
        let scope = try scope.scope(in: state, besides: Self.options)
        let all = state.certificates(within: scope) { $0.planned.kind == .intermediate && $0.der != nil }
        let live = all.filter { $0.isLive(at: time) }
        func words(_ records: [AuthorityState.CertificateRecord]) -> String {
            records.map { "\($0.planned.name) (\(Phrase.scope(state.fullScope(of: $0.planned.name))))" }.joined(separator: ", ")
        }
        guard let only = live.first else {
            let said = scope.isEmpty ? "" : " for \(Phrase.scope(scope))"
            guard all.isEmpty else {
                throw Failure(
                    Exit.check, "no intermediate\(said) is live: \(words(all)) \(all.count == 1 ? "is" : "are") revoked or expired",
                    advice: "See anchorite status", control: .handoverCurrent)
            }
            let others = state.certificates(within: [:]) { $0.planned.kind == .intermediate && $0.isLive(at: time) }
            throw Failure(
                Exit.usage, "there is no intermediate\(said)",
                advice: others.isEmpty ? "This authority has no live one" : "Live are \(words(others))")
        }
        guard live.count == 1 else {
            throw Failure(
                Exit.usage, "\(live.count) live intermediates are for \(scope.isEmpty ? "some scope" : Phrase.scope(scope))",
                advice: "Give the whole scope of one: \(words(live))")
        }
        return only.planned.name
    }
}
