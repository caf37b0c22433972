import Crypto
import Groundwork
import Ledger
import PKIX
import Testing

@testable import Authority

/// Holds every call of C_Sign against the ledger.
///
/// Each must answer an intent of its own that was on disk before, for exactly the digest that the token was given, with
/// exactly that key; or be over the checkpoint of the ledger as it then stood. What the token signed more often than the
/// ledger says, or other than it says, is unaccounted for.
struct SignatureAccount {
    private struct Intent {
        var index: Int
        var label: String
        var data: String
        var repeats: Int64?
        var isAnswered = false
        var isSigned = false
    }

    private var intents: [Intent] = []
    private let contents: LedgerContents
    private var origin = ""
    private var recordLabel = ""
    /// What is not accounted for.
    private(set) var complaints: [String] = []
    private(set) var checkpoints = 0
    /// The signatures that were made and lost.
    private(set) var lost = 0
    /// What the token was given for each break-glass package, in hex.
    private(set) var sealedData: [String: Set<String>] = [:]

    /// - Parameter head: how many lines there were before what was watched.
    init(_ directory: AuthorityDirectory, _ signings: [CrashLog.Signing], after head: Int = 0) throws {
        contents = try LedgerReader.read(directory.ledgerPath)
        try readIntents(directory)
        intents.removeAll { $0.index < head }
        for signing in signings { account(for: signing) }
        for intent in intents where intent.isAnswered && !intent.isSigned {
            complaints.append("line \(intent.index + 1) was answered, and no token signed")
        }
        lost = intents.count { $0.isSigned && !$0.isAnswered }
        for intent in intents where !intent.isAnswered && !intents.contains(where: { $0.repeats == Int64(intent.index) }) {
            complaints.append("the intent of line \(intent.index + 1) is neither answered nor repeated")
        }
    }

    /// The intents to sign, with what each lets the token see.
    private mutating func readIntents(_ directory: AuthorityDirectory) throws {
        var replay = Replay(files: directory)
        var places: [Int64: Int] = [:]
        for line in contents.events {
            _ = try replay.apply(line)
            switch try Event(name: line.event, fields: line.fields) {
            case .intent(let intent) where intent.object != "generate-key":
                let ceremony = try #require(replay.ceremony), state = try #require(replay.state)
                let position = try ceremony.position(intent.step)
                let (message, algorithm) = try Self.message(of: intent, at: position, ceremony, state)
                let data = algorithm.hash == .sha384 ? Array(SHA384.hash(data: message)) : Array(SHA256.hash(data: message))
                if case .breakGlass(let package) = ceremony.steps[position].step {
                    sealedData[package.package, default: []].insert(Hex.encode(data))
                }
                places[line.index] = intents.count
                intents.append(Intent(
                    index: Int(line.index), label: try #require(state.keys[intent.key]).planned.label,
                    data: Hex.encode(data), repeats: intent.repeats))
            case .signed(let index, _):
                intents[try #require(places[index])].isAnswered = true
            case .sealed(let sealed):
                intents[try #require(places[sealed.intent])].isAnswered = true
            default: break
            }
        }
        if let state = replay.state {
            origin = Executor.checkpointOrigin(state.authority, state.environment)
            recordLabel = state.recordKey?.planned.label ?? ""
        }
    }

    private static func message(
        of intent: Event.Intent, at position: Int, _ ceremony: CeremonyProgress, _ state: AuthorityState
    ) throws -> (bytes: [UInt8], algorithm: SignatureAlgorithm) {
        let step = ceremony.steps[position].step, status = ceremony.statuses[position]
        guard case .breakGlass(let package) = step else {
            return (try #require(status.message), try state.algorithm(for: step))
        }
        return try state.message(
            for: PackagePart(object: intent.object, key: intent.key), of: package, list: status.package.list,
            bundle: state.bundle(of: package))
    }

    private mutating func account(for signing: CrashLog.Signing) {
        // The latest intent first: it is the one that the run which signed had just written.
        let place = intents.lastIndex {
            !$0.isSigned && $0.label == signing.label && $0.data == signing.data && $0.index < signing.lines
        }
        if let place {
            intents[place].isSigned = true
        } else if isCheckpoint(signing) {
            checkpoints += 1
        } else {
            complaints.append("\(signing.label) signed \(signing.data) at \(signing.lines) lines, and no intent says so")
        }
    }

    private func isCheckpoint(_ signing: CrashLog.Signing) -> Bool {
        guard signing.label == recordLabel, signing.lines <= contents.events.count,
            let root = contents.merkle.root(ofFirst: signing.lines),
            let checkpoint = try? Checkpoint(origin: origin, size: Int64(signing.lines), root: root)
        else { return false }
        return Hex.encode(Array(SHA256.hash(data: Array(checkpoint.text.utf8)))) == signing.data
    }
}
