import Authority
import Groundwork
import PKCS11
import Rehearsal
import RehearsalToken
import SSHSignature

/// A rehearsal of one test's own, with short words for what tests do.
final class Workshop {
    let folder: TemporaryFolder
    let rehearsal: Rehearsal
    /// The files that ceremonies name.
    var inputs: [String: [UInt8]] = [:]

    init(_ policy: String = TestPolicy.text) throws {
        folder = try TemporaryFolder()
        rehearsal = try Rehearsal(
            "\(folder.path)/rehearsal", policyBytes: Array(policy.utf8), policyFile: "policy.yaml",
            tokens: try .processWide())
    }

    var directory: AuthorityDirectory { rehearsal.directory }
    var policy: Policy { rehearsal.policy }
    /// Files of revoked certificates lie in the folder.
    var lists: RevocationLists { RevocationLists(directory) { "\(self.folder.path)/\($0)" } }

    func ceremony(_ operations: String, requester: String? = "dee", _ more: String = "") throws -> CeremonyFile {
        try Self.ceremony(operations, policy, requester: requester, more)
    }

    static func ceremony(
        _ operations: String, _ policy: Policy, requester: String? = nil, _ more: String = ""
    ) throws -> CeremonyFile {
        let text = """
            anchorite: ceremony/1
            title: A test
            authority: \(policy.authority)
            environment: \(policy.environment.rawValue)
            policy: policy.yaml
            \(requester.map { "requester: \($0)\n" } ?? "")\(more)operations:
            \(operations)
            """
        return try CeremonyFile(Array(text.utf8), file: "ceremony.yaml")
    }

    /// Now, or a second after the last CRL of G1, since two cannot be made at one time.
    func moment(after state: AuthorityState?) -> Timestamp {
        let now = Timestamp.now()
        guard let last = state?.list(of: "G1", inForceAt: now)?.planned.thisUpdate, now <= last else { return now }
        return last.adding(seconds: 1) ?? last
    }

    /// Plans operations against the authority as it stands, at the next ``moment(after:)``.
    func plan(_ operations: String, _ more: String = "", at time: Timestamp? = nil) throws -> Plan {
        let reading = try AuthorityReading.state(of: directory)
        let opened = try reading.state.map { try directory.pendingOpenings($0) }
        let created = time ?? moment(after: opened?.state)
        let hasOperator = policy.operators.contains { $0.id == "dee" }
        return try Planner.plan(
            try ceremony(operations, requester: hasOperator ? "dee" : nil, more), policy: policy, state: reading.state,
            circumstances: Planner.Circumstances(
                head: reading.head, created: created, nonce: SystemRandom.bytes(32),
                openings: opened?.inputs ?? []),
            lists: lists, readInput: input)
    }

    /// A new policy as this rehearsal knows its persons and tokens, for a ceremony to name as `new.yaml`.
    func bringNewPolicy(_ text: String) throws {
        inputs["new.yaml"] = try rehearsal.rehearsed(policy: Array(text.utf8), file: "new.yaml")
    }

    func input(_ path: String) throws(PlanError) -> [UInt8] {
        guard let bytes = inputs[path] else { throw PlanError(.ceremonyForm, "there is no file \(path)") }
        return bytes
    }

    /// The fewest approvals that suffice, or those of the given persons.
    func approvals(of plan: Plan, by people: [String]? = nil) throws -> [Approval] {
        let bytes = plan.canonicalBytes
        return try people?.map { try rehearsal.approval(by: $0, of: bytes) } ?? rehearsal.approvals(for: plan)
    }

    func run(
        _ plan: Plan, _ approvals: [Approval]? = nil, finder: (any TokenFinding)? = nil,
        unlocker: (any TokenUnlocking)? = nil, observer: (any CeremonyObserver)? = nil, room: Room = Room(),
        guide: (any CeremonyGuide)? = nil,
        shouldStop: @escaping () -> Bool = { false }
    ) throws {
        try run(
            bytes: plan.canonicalBytes, try approvals ?? self.approvals(of: plan), finder: finder, unlocker: unlocker,
            observer: observer, room: room, guide: guide, shouldStop: shouldStop)
    }

    /// Who is there and what they bring, beside approvals.
    struct Room {
        var rejections: [Rejection] = []
        var participants: [Participant] = []
        var resumption: (by: String, reason: String)?
    }

    func run(
        bytes: [UInt8], _ approvals: [Approval], finder: (any TokenFinding)? = nil,
        unlocker: (any TokenUnlocking)? = nil, observer: (any CeremonyObserver)? = nil, room: Room = Room(),
        guide: (any CeremonyGuide)? = nil,
        shouldStop: @escaping () -> Bool = { false }
    ) throws {
        try Executor(
            directory: directory, planBytes: bytes, approvals: approvals, rejections: room.rejections,
            participants: room.participants, resumption: room.resumption, lists: lists, finder: finder ?? rehearsal.finder,
            unlocker: unlocker ?? rehearsal.unlocker,
            program: ProgramIdentity(version: "test", digest: .zero, networkInterfaces: []), observer: observer,
            guide: guide, shouldStop: shouldStop
        ).run()
    }

    /// Plans, has approved and runs.
    @discardableResult
    func hold(_ operations: String) throws -> Plan {
        let plan = try plan(operations)
        try run(plan)
        return plan
    }

    func state() throws -> AuthorityState? { try AuthorityReading.state(of: directory).state }

    func verify() throws -> Verifier.Report {
        try Verifier.verify(directory, root: try state()?.roots.first?.fingerprint)
    }

    /// A session on the vault, apart from those of a run.
    func withVault<Value>(_ body: (Session) throws -> Value) throws -> Value {
        guard let vault = policy.tokens["vault"] else { throw PlanError(.tokenIdentity, "there is no vault") }
        let token = try rehearsal.finder.token(vault)
        let session = try token.openSession(writable: true)
        defer { session.close() }
        if try session.loginState() != .user {
            _ = try rehearsal.withPIN(of: "vault") { try session.login(pin: $0) }
        }
        return try body(session)
    }
}

/// What a run said.
final class Notices: CeremonyObserver {
    private(set) var all: [CeremonyNotice] = []
    func note(_ notice: CeremonyNotice) { all.append(notice) }
}
