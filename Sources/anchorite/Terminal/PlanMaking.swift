import Authority
import Glibc
import Groundwork
import StrictYAML

/// Makes a plan of a ceremony file, plays it through, and writes it into a folder of its own.
struct PlanMaking {
    let file: CeremonyFile
    let plan: Plan
    /// The authority as it stands; nil when the plan establishes it.
    let state: AuthorityState?
    private let policy: Policy
    private let findings: [String]
    private let bytes: [UInt8]

    /// Plans, and plays the ceremony with throwaway keys. Nothing is written.
    ///
    /// - Throws: ``Failure`` where there is no authority to go on with, `PlanError` for what a control refuses.
    init(_ file: CeremonyFile, authority: String) throws {
        let directory = AuthorityDirectory(authority)
        let reading = try AuthorityReading.state(of: directory)
        if let open = reading.ceremony {
            throw PlanError(
                .planHead, "ceremony \(open.plan.number) of \(authority) is open",
                advice: "Run \(directory.absolute(AuthorityPaths.plan(open.plan.number))) to its end first")
        }
        guard reading.state != nil || file.operations.contains(where: { $0.kind == .createRoot }) else {
            throw AuthorityPlace.missing(
                authority, "Name its directory with --authority DIR; only a ceremony with create-root begins one")
        }
        self.file = file
        state = reading.state
        policy = try Self.policy(file, reading.state, authority)
        let lists = RevocationLists(directory, announce: LongFile.say, resolve: file.path)
        let openings = try reading.state.map { try directory.pendingOpenings($0) }
        try openings?.requireComplete(in: directory)
        plan = try Planner.plan(
            file, policy: policy, state: reading.state,
            circumstances: Planner.Circumstances(
                head: reading.head, created: Self.moment(after: reading.state), nonce: SystemRandom.bytes(32),
                openings: openings?.inputs ?? []),
            lists: lists
        ) { path throws(PlanError) in
            do { return try DurableFile.read(file.path(path)) } catch {
                throw PlanError(.ceremonyForm, "\(error)", advice: "The ceremony file names it; put it there")
            }
        }
        try PlanReview.requireContinuity(plan, state: reading.state, files: directory)
        findings = try PlanReview.simulate(plan, state: reading.state, lists: lists)
        bytes = plan.canonicalBytes
    }

    /// Now; or the next second, where a CRL began in this one: no two of an issuer can begin together.
    private static func moment(after state: AuthorityState?) -> Timestamp {
        let begun = (state?.lists.values ?? [:].values).compactMap(\.last?.planned.thisUpdate)
        let now = Timestamp.now()
        guard begun.contains(now) else { return now }
        while Timestamp.now() == now { usleep(50_000) }
        return .now()
    }

    /// Makes the folder, with the plan and the policy that names who may approve it.
    func write(to folder: String) throws {
        try DurableDirectory.create(folder)
        try NewOutput.create("\(folder)/plan.json", bytes, option: "--output")
        if plan.policy.text == nil { try PlanPolicy.write(policy, beside: "\(folder)/plan.json") }
    }

    /// Says what was planned, and what should not surprise anybody.
    func say() {
        for finding in findings { Terminal.say("  \(finding)", .dim) }
        Terminal.say("Ceremony \(plan.number), \(plan.title): \(Phrase.count(plan.operations.count, "operation")) \(plan.operations.count == 1 ? "is" : "are") planned, played through and linted.", .bold)
        for row in plan.digest.rows { Terminal.say("  \(row)") }
        if leavesBundlesBehind {
            Terminal.say(
                "Notice: the ceremony revokes, and publishes no bundle. Devices that take only bundles go on trusting "
                    + "what is revoked.\nAdd the operation publish-bundle, unless another ceremony does it.",
                .yellow)
        }
        sayEarly()
    }

    /// A wrong year at three in the morning.
    private func sayEarly() {
        for (_, step) in plan.steps {
            guard case .revocation(let planned) = step, let since = planned.since,
                let beginning = state?.certificates[planned.certificate]?.fields.notBefore, since < beginning
            else { continue }
            Terminal.say(
                "Notice: \(planned.certificate) is not to be trusted since \(Phrase.time(since)), and it began only on "
                    + "\(Phrase.time(beginning)).\nIf the year is wrong, correct since and plan again.", .yellow)
        }
    }

    private var leavesBundlesBehind: Bool {
        let kinds = plan.operations.map(\.kind)
        guard let last = kinds.lastIndex(of: .revoke) else { return false }
        return !kinds[last...].contains(.publishBundle)
    }

    /// The policy in force, or the ceremony's own for an authority that does not exist yet. The file that the ceremony
    /// names is never ignored: who reads it relies on it.
    private static func policy(_ file: CeremonyFile, _ state: AuthorityState?, _ authority: String) throws -> Policy {
        let path = file.path(file.policyPath)
        let inForce = "the policy in force is \(FilePath.joined(authority, AuthorityPaths.policy(state?.policyNumber ?? 1)))"
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try DurableFile.read(path)
        } catch {
            throw PlanError(
                file.source.error(
                    at: "policy", "\(error)",
                    remedy: "Name a file that is there" + (state == nil ? "." : "; \(inForce).")), .ceremonyForm)
        }
        guard let state else { return try Policy.parsed(bytes, path: path) }
        guard Digest(of: bytes) == state.policy.digest else {
            throw PlanError(
                file.source.error(
                    at: "policy", "\(path) is not the policy in force in \(authority).",
                    remedy: "Name a copy of that; \(inForce).", control: Control.planPolicy.rawValue), .planPolicy)
        }
        return state.policy
    }
}

/// The policy beside a plan: with it anybody to whom the folder is sent sees whose approval is missing, and has their own
/// judged, without the authority. The plan holds the policy's digest, so that no other file is taken for it.
enum PlanPolicy {
    private static let fileName = "policy.yaml"

    /// What is there already under that name stays.
    static func write(_ policy: Policy, beside plan: String) throws(FileError) {
        do {
            try DurableFile.create(path(beside: plan), policy.bytes)
        } catch {
            guard error.kind == .exists else { throw error }
        }
    }

    /// The plan's own policy, or the file beside it; nil where that is another file, or none.
    static func find(_ plan: Plan, beside path: String) throws -> Policy? {
        if let text = plan.policy.text { return try Policy(Array(text.utf8), file: "the plan's policy") }
        guard let bytes = try? DurableFile.read(Self.path(beside: path), followingSymbolicLinks: false),
            Digest(of: bytes) == plan.policy.digest
        else { return nil }
        return try Policy(bytes, file: Self.path(beside: path))
    }

    private static func path(beside plan: String) -> String { FilePath.joined(FilePath.directory(of: plan), fileName) }
}
