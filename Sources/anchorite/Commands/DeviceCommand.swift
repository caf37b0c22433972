import ArgumentParser
import Authority
import Groundwork
import Handover
import PKIX

struct DeviceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "device",
        abstract: "Check finished devices, on a factory's station.",
        discussion: """
              anchorite device challenge --output challenge.json
              anchorite device verify --chain device.pem --handover shenzhen-2-2027 --root 3f2a…
            """,
        subcommands: [DeviceVerifyCommand.self, DeviceChallengeCommand.self])
}

struct DeviceVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a device's chain, scope, revocation, and that it has its key.",
        usage: "anchorite device verify --chain <file> --root <hex> [options]",
        discussion: """
            Needs no authority: the folder that was handed over and the root's fingerprint are enough. The device's \
            certificate comes first in the chain file; what is missing above it is taken from the folder. With a challenge, \
            the device shows that it has its key: it signs the file's bytes. Each check has a name and a line, here and in the \
            JSON; docs/factory.md tells them. Revocation is as good as the CRLs are new: the line names each and its age.

              anchorite device challenge --output challenge.json
              openssl dgst -sha256 -sign device.key -out challenge.sig challenge.json
              anchorite device verify --chain device.pem --handover shenzhen-2-2027 \\
                --root 3f2a… --challenge challenge.json --signature challenge.sig

            Exit: 0 every check holds, or could not be made with what was given; 1 a check does not hold; 64 usage; 65 a \
            file cannot be read.
            """)

    @Option(help: ArgumentHelp("The device's certificate, and those above it: PEM, or DER of the one.", valueName: "file"))
    var chain: String
    @Option(help: ArgumentHelp(
        "The root: its SHA-256 from paper (64 hex digits or 32 words), or its certificate.", valueName: "fingerprint"))
    var root: String
    @Option(help: ArgumentHelp("The folder that was handed over.", valueName: "dir"))
    var handover: String?
    @Option(help: ArgumentHelp("A CRL that is newer than the folder's, or of the factory; may come several times.", valueName: "file"))
    var crl: [String] = []
    @Option(help: ArgumentHelp("What the scope must be, such as factory=shenzhen-2; may come several times.", valueName: "field=value"))
    var scope: [String] = []
    @Option(help: ArgumentHelp("The challenge: its file, or 16 octets and more in hex.", valueName: "challenge"))
    var challenge: String?
    @Option(help: ArgumentHelp("The device's signature over the challenge, binary.", valueName: "file"))
    var signature: String?
    @Option(help: ArgumentHelp("The time of the judgement (default: now).", valueName: "time"))
    var at: Timestamp?
    @Flag(help: "Print the result as JSON.")
    var json = false

    func validate() throws {
        guard (challenge == nil) == (signature == nil) else {
            throw ValidationError("--challenge and --signature belong together.")
        }
        if !scope.isEmpty, handover == nil {
            throw ValidationError("--scope is compared with the contract: name the folder with --handover.")
        }
        _ = try expectedScope()
    }

    func run() throws {
        try Failure.reporting {
            let time = at ?? .now()
            var certificates = try DeviceFiles.certificates(chain)
            let (digest, own) = try DeviceFiles.root(root)
            if let own { certificates.append(own) }
            var verification = DeviceVerification(chain: certificates, root: digest, time: time)
            if let handover { verification.handover = try Self.handover(handover, digest, time) }
            verification.lists = try crl.map(DeviceFiles.list)
            verification.scope = try expectedScope()
            if let challenge, let signature {
                verification.challenge = (try DeviceFiles.challenge(challenge), try DurableFile.read(signature, maximumBytes: 4096))
            }
            var checks = CheckList()
            let judgement = verification.judgement()
            checks.more = ["crls": .array(judgement.lists.map(\.json))]
            for result in judgement.results {
                let verdict: CheckResult.Verdict =
                    switch result.verdict {
                    case .ok: .ok
                    case .failed: .failed
                    case .skipped: .skipped
                    }
                checks.add(verdict, result.check.rawValue, result.sentence)
            }
            checks.print(asJSON: json)
            guard checks.count(.failed) == 0 else { throw Exit.check }
        }
    }

    /// A folder that is there and does not hold is a check that does not hold; one that is not there is no folder.
    private static func handover(_ folder: String, _ root: Digest, _ time: Timestamp) throws -> Result<Handover, PlanError> {
        do {
            return .success(try Handover(folder: folder, root: root, at: time))
        } catch let error as PlanError {
            return .failure(error)
        }
    }

    private func expectedScope() throws -> [String: String] {
        var fields: [String: String] = [:]
        for text in scope {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, fields.updateValue(parts[1], forKey: parts[0]) == nil else {
                throw ValidationError("'\(text.prefix(80))' is no field of a scope, such as factory=shenzhen-2, or it comes twice.")
            }
        }
        return fields
    }
}

struct DeviceChallengeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "challenge",
        abstract: "Make a challenge for a device to sign: random, and good for a short time.",
        usage: "anchorite device challenge --output <file> [--valid <duration>]",
        discussion: """
            The device signs the file's bytes with its key: ECDSA with SHA-256 on P-256 and with SHA-384 on P-384, as DER or \
            as two bare numbers; RSA with SHA-256; or Ed25519. Make a new one for each device.
              anchorite device challenge --output challenge.json --valid 2m
            Exit: 0 done; 64 usage; 73 the file is there already; 74 it cannot be written.
            """)

    @Option(help: ArgumentHelp("Where the challenge goes.", valueName: "file"))
    var output: String
    @Option(help: ArgumentHelp("For how long it is good (default: 10m).", valueName: "duration"))
    var valid: String?
    @Flag(help: "Print the result as JSON.")
    var json = false

    private func life() throws -> CalendarDuration {
        guard let life = CalendarDuration(valid ?? "10m"), life.count > 0 else {
            throw ValidationError("'\(valid ?? "")' is no duration, such as 10m or 1h.")
        }
        return life
    }

    func validate() throws { _ = try life() }

    func run() throws {
        try Failure.reporting {
            let challenge = Challenge(at: .now(), life: try life())
            try NewOutput.create(output, challenge.bytes, option: "--output")
            if json {
                let until = challenge.window?.until ?? .latest
                let value: JSONValue = ["challenge": .string(output), "expires": .string(until.rfc3339)]
                return Terminal.output(value.prettyPrinted)
            }
            Terminal.output(output)
            if let window = challenge.window {
                Terminal.say("Good until \(Phrase.time(window.until)). Next: let the device sign it, and run anchorite device verify.")
            }
        }
    }
}
