import Crypto
import Groundwork
import PKIX
import StrictYAML

/// Resolves a ceremony file against policy and ledger into a plan.
///
/// Planning is a function: the same ceremony file, policy, state, time, nonce and inputs give the same plan, byte for
/// byte. That is how anybody can check that a plan does nothing that its ceremony file does not say and the policy does
/// not allow. A change to this derivation needs a new ``Plan/format``.
public struct Planner {
    /// What a plan derives from, beside policy and state.
    public struct Circumstances: Sendable {
        public var head: Plan.LedgerHead
        public var created: Timestamp
        /// 32 octets.
        public var nonce: [UInt8]
        /// The break-glass packages that were opened and that the ledger does not know of.
        public var openings: [Plan.Input]

        public init(head: Plan.LedgerHead, created: Timestamp, nonce: [UInt8], openings: [Plan.Input] = []) {
            self.head = head
            self.created = created
            self.nonce = nonce
            self.openings = openings
        }
    }

    /// Gives the bytes of a file that the ceremony names, by its path there.
    public typealias InputReader = (String) throws(PlanError) -> [UInt8]

    /// Makes the lists of a CRL, or of its shards, whose entries lie in a file, by its path in the ceremony file.
    typealias ListReader = ([PlannedCertificateList], String, AuthorityState) throws(PlanError) -> [(
        listed: ListedEntries, entries: Int64
    )]

    let ceremony: CeremonyFile
    let circumstances: Circumstances
    private let readInput: InputReader
    let readList: ListReader
    /// The authority as it will be after the operations planned so far.
    var state: AuthorityState
    private var inputs: [Plan.Input] = []
    private var publication = RevocationPublication()
    /// Where each input stands in `inputs`, by its path.
    private var inputPositions: [String: Int] = [:]
    private var requests = ProvenRequests()
    /// Which operation is being planned, for messages.
    private var position = 0

    private init(
        _ ceremony: CeremonyFile, _ state: AuthorityState, _ circumstances: Circumstances, _ readInput: @escaping InputReader,
        _ readList: @escaping ListReader
    ) {
        self.ceremony = ceremony
        self.state = state
        self.circumstances = circumstances
        self.readInput = readInput
        self.readList = readList
    }

    var policy: Policy { state.policy }
    var created: Timestamp { circumstances.created }

    /// Makes a plan.
    ///
    /// - Parameters:
    ///   - policy: the policy to establish the authority with; used when `state` is nil.
    ///   - state: the authority, or nil when the plan establishes it.
    ///   - lists: makes the CRLs whose entries lie in files; without it such a ceremony is refused.
    /// - Throws: ``PlanError`` with the control that the ceremony breaks.
    public static func plan(
        _ ceremony: CeremonyFile, policy: Policy, state: AuthorityState?, circumstances: Circumstances,
        lists: RevocationLists? = nil, readInput: @escaping InputReader
    ) throws(PlanError) -> Plan {
        let plan = try derive(
            ceremony, policy: policy, state: state, circumstances: circumstances, readInput: readInput
        ) { planned, path, state throws(PlanError) in
            guard let made = try lists?.make(planned, path, state) else {
                throw PlanError(.listEntries, "\(path) cannot be read here")
            }
            return made.map { (listed: $0.listed, entries: Int64($0.tbs.entryCount)) }
        }
        try requireSize(plan.canonicalBytes.count, state?.policy ?? policy)
        return plan
    }

    private static func requireSize(_ size: Int, _ policy: Policy) throws(PlanError) {
        guard size <= policy.limits.maximumPlanBytes else {
            throw PlanError(
                .limits, "the plan has \(size) bytes, and the policy allows \(policy.limits.maximumPlanBytes)",
                advice: "Hold several ceremonies")
        }
    }

    private static func derive(
        _ ceremony: CeremonyFile, policy: Policy, state: AuthorityState?, circumstances: Circumstances,
        readInput: @escaping InputReader, readList: @escaping ListReader
    ) throws(PlanError) -> Plan {
        let start = state ?? AuthorityState(authority: policy.authority, environment: policy.environment, policy: policy)
        let isFirst = start.ceremonies.isEmpty
        let openings = try PendingOpenings(try Plan.read(circumstances.openings), start)
        var planner = Planner(ceremony, openings.state, circumstances, readInput, readList)
        planner.inputs = openings.inputs
        try planner.checkCeremony(isFirst: isFirst)
        planner.requests = ProvenRequests(
            of: ceremony, read: readInput, maximumBytes: planner.policy.limits.maximumRequestBytes)
        var operations: [PlannedOperation] = []
        for operation in ceremony.operations { operations.append(try planner.plan(operation)) }
        try planner.publication.require(in: ceremony.source.file)
        try InitialLists.require(operations.flatMap(\.steps))
        try planner.requirePackagesLast()
        let window = try planner.window()
        return Plan(
            authority: start.authority, environment: start.environment, number: Int64(start.ceremonies.count) + 1,
            created: circumstances.created, opens: window.opens, closes: window.closes, nonce: circumstances.nonce,
            head: circumstances.head,
            policy: Plan.PolicyReference(
                digest: start.policy.digest,
                text: isFirst ? String(decoding: start.policy.bytes, as: UTF8.self) : nil),
            ceremony: String(decoding: ceremony.bytes, as: UTF8.self), inputs: planner.inputs, operations: operations)
    }

    private func checkCeremony(isFirst: Bool) throws(PlanError) {
        do { try ceremony.check(against: policy) } catch { throw PlanError(error, .ceremonyForm) }
        let createsRoot = ceremony.operations.contains { $0.kind == .createRoot }
        guard !isFirst || createsRoot else {
            throw PlanError(
                .ledgerOrder, "the first ceremony of an authority must create a root",
                advice: "Name the authority's directory with --authority if it exists already")
        }
    }

    func window() throws(PlanError) -> (opens: Timestamp, closes: Timestamp) {
        // A window never opens before the plan exists, so a plan from the future cannot be run today.
        let opens = max(ceremony.window.opens ?? created, created)
        let latest = try moment(created, policy.approvals.window, "the policy's approvals.window")
        let closes = ceremony.window.closes ?? latest
        guard opens < closes, created <= closes else {
            throw placed(
                PlanError(
                    .planWindow, "the ceremony's window closes at \(closes), before it can be used",
                    advice: "Write a later time, or leave closes out"), at: "closes")
        }
        guard closes <= latest else {
            throw placed(
                PlanError(
                    .planWindow, "the ceremony's window closes at \(closes), later than the policy allows: \(latest)",
                    advice: "Write an earlier time, or leave closes out"), at: "closes")
        }
        return (opens, closes)
    }

    /// A refusal with its place in the ceremony file.
    private func placed(_ error: PlanError, at path: String) -> PlanError {
        PlanError(
            ceremony.source.error(at: path, error.reason, remedy: error.advice, control: error.control.rawValue),
            error.control)
    }

    private mutating func plan(_ operation: CeremonyOperation) throws(PlanError) -> PlannedOperation {
        defer { position += 1 }
        do throws(PlanError) {
            return try planned(operation)
        } catch {
            throw placed(error, at: "operations[\(position)]")
        }
    }

    private mutating func planned(_ operation: CeremonyOperation) throws(PlanError) -> PlannedOperation {
        let planned: (title: String, steps: [PlannedStep]) =
            switch operation {
            case .createRoot(let name, let profile, let token, let keyType, let successor):
                try createRoot(name, profile, token, keyType, successor)
            case .issueIntermediate(let profile, let issuer, let scope, let source):
                try issueIntermediate(profile, issuer, scope, source)
            case .issueEndEntity(let profile, let issuer, let scope, let request):
                try issueEndEntity(profile, issuer, scope, request)
            case .revoke(let target, let reason, let since):
                try revoke(target, reason, since)
            case .issueCRL(let request):
                try issueCRL(request)
            case .publishBundle(let signer, let anchors):
                try publishBundle(signer, anchors)
            case .destroyKey(let issuer):
                try destroyKey(issuer)
            case .reshareCustody(let token):
                try reshareCustody(token)
            case .changePolicy(let path):
                try changePolicy(path)
            case .activateRoot(let name, let profile, let successor):
                try activateRoot(name, profile, successor)
            case .renewBundleSigner(let root, let token):
                try renewBundleSigner(root, token)
            case .prepareBreakGlass(let root):
                try prepareBreakGlass(root)
            }
        let quorum = try quorum(of: operation, planned.steps)
        return PlannedOperation(kind: operation.kind, title: planned.title, quorum: quorum, steps: planned.steps)
    }

    // MARK: What the operations share

    /// Enters a step into the state that later steps see.
    mutating func take(_ step: PlannedStep) throws(PlanError) -> PlannedStep {
        publication.take(step, state)
        try state.complete(step, nil)
        return step
    }

    /// The bytes of a file that the ceremony names, kept in the plan.
    ///
    /// - Parameter maximum: how many there may be; nil: as many as a request may have.
    mutating func input(_ path: String, maximum: Int? = nil) throws(PlanError) -> [UInt8] {
        if let position = inputPositions[path] { return inputs[position].bytes }
        let bytes = try readInput(path)
        let limit = maximum ?? policy.limits.maximumRequestBytes
        guard bytes.count <= limit else {
            throw PlanError(
                .limits, "\(path) has \(bytes.count) bytes, and the policy allows \(limit)",
                advice: "Look whether it is the right file: a CSR seldom has more than a few thousand bytes")
        }
        inputPositions[path] = inputs.count
        inputs.append(Plan.Input(path: path, bytes: bytes))
        return bytes
    }

    /// The key of a CSR whose requester has shown that they hold it.
    mutating func provenKey(_ path: String, _ bytes: [UInt8]) throws(PlanError) -> SubjectPublicKeyInfo {
        try requests.key(path, bytes)
    }

    /// 32 octets that derive from the nonce and a purpose: HMAC-SHA256.
    func derived(_ purpose: String, _ name: String) -> [UInt8] {
        let message = Array("\(purpose)\n\(name)".utf8)
        return Array(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: circumstances.nonce)))
    }

    /// A serial number of 16 octets, 126 of them bits of a keyed hash of the random nonce: positive, of fixed length,
    /// and not sequential (RFC 5280 4.1.2.2; CA/Browser Forum BR 7.1.2).
    func serial(_ certificate: String) -> [UInt8] {
        var octets = Array(derived("serial", certificate).prefix(16))
        octets[0] = octets[0] & 0x3f | 0x40
        return octets
    }

    func moment(_ time: Timestamp, _ duration: CalendarDuration, _ what: String) throws(PlanError) -> Timestamp {
        guard let moment = time.adding(duration) else {
            throw PlanError(
                .limits, "\(what) of \(duration) leads beyond the year 9999",
                advice: "Check the clock; the policy cannot be used with so long a time")
        }
        return moment
    }

    /// The name of a certificate: free in the ledger, and fit for a file name.
    func freeName(_ base: String) -> String {
        guard state.certificates[base] != nil || state.keys[base] != nil else { return base }
        var number = 2
        while state.certificates["\(base)-r\(number)"] != nil || state.keys["\(base)-r\(number)"] != nil { number += 1 }
        return "\(base)-r\(number)"
    }

    func profile(_ name: String, _ kind: ProfileKind) throws(PlanError) -> Profile {
        guard let profile = policy.profiles[name] else {
            let known = policy.profiles.values.filter { $0.kind == kind }.map(\.name).sorted()
            throw PlanError(
                .profile, "the policy has no profile \(name)",
                advice: Suggestion.sentence("Profiles of kind \(kind.rawValue)", known, for: name))
        }
        guard profile.kind == kind else {
            let known = policy.profiles.values.filter { $0.kind == kind }.map(\.name).sorted()
            throw PlanError(
                .profile, "the profile \(name) is for \(profile.kind.rawValue), not for \(kind.rawValue)",
                advice: Suggestion.sentence("Profiles of kind \(kind.rawValue)", known, for: name))
        }
        return profile
    }

    func keyKind(_ wanted: String?, _ profile: Profile) throws(PlanError) -> KeyKind {
        let name = wanted ?? profile.keyTypes.first ?? ""
        guard profile.keyTypes.contains(name), let kind = KeyKind(rawValue: name) else {
            throw PlanError(
                .keyType, "the profile \(profile.name) does not allow keys of type \(name)",
                advice: Suggestion.sentence("Allowed", profile.keyTypes, for: name))
        }
        return kind
    }

    func plannedKey(
        _ name: String, _ purpose: KeyPurpose, _ kind: KeyKind, _ token: String, successorOf root: String? = nil
    ) throws(PlanError) -> PlannedKey {
        guard let tokenPolicy = policy.tokens[token] else {
            throw PlanError(
                .ceremonyForm, "the policy has no token \(token)",
                advice: Suggestion.sentence("Tokens", policy.tokens.keys.sorted(), for: token))
        }
        return PlannedKey(
            name: name, purpose: purpose, kind: kind, token: token, label: "\(state.authority) \(name)",
            id: Array(derived("id", name).prefix(16)),
            alwaysAuthenticate: tokenPolicy.alwaysAuthenticate, proof: derived("proof", name), successorOf: root)
    }
}

extension Planner {
    /// Makes the plan again from what it holds, and compares.
    ///
    /// - Parameters:
    ///   - size: the number of the plan file's bytes, where it is at hand.
    ///   - state: the authority as it was, or nil when the plan establishes it.
    /// - Throws: ``PlanError`` with control PLAN-DERIVED when the plan is not what its inputs give.
    public static func requireDerived(_ plan: Plan, size: Int? = nil, state: AuthorityState?) throws(PlanError) {
        let path = AuthorityPaths.ceremonyFile(plan.number)
        let ceremony = try CeremonyFile.parsed(Array(plan.ceremony.utf8), path: path)
        let policy: Policy
        if let state {
            policy = state.policy
        } else {
            policy = try plan.establishedPolicy()
        }
        let inputs = Dictionary(plan.inputs.map { ($0.path, $0.bytes) }, uniquingKeysWith: { first, _ in first })
        try requireSize(size ?? plan.canonicalBytes.count, policy)
        let again = try derive(
            ceremony, policy: policy, state: state,
            circumstances: Circumstances(
                head: plan.head, created: plan.created, nonce: plan.nonce, openings: plan.openings),
            readInput: { path throws(PlanError) in
                guard let bytes = inputs[path] else { throw PlanError(.planDerived, "the plan does not hold \(path)") }
                return bytes
            },
            readList: { planned, path, _ throws(PlanError) in
                // What the file gave is taken from the plan; that the CRL is this is found when it is made, and when its
                // own file is verified.
                var known: [String: (listed: ListedEntries, entries: Int64)] = [:]
                for list in plan.steps.compactMap(\.step.certificateList) {
                    if let listed = list.listed, listed.path == path { known[list.path] = (listed, list.entries) }
                }
                let made = planned.compactMap { known[$0.path] }
                guard made.count == planned.count else {
                    throw PlanError(.planDerived, "the plan does not say what \(path) gave")
                }
                return made
            })
        guard again == plan else {
            let place = plan.json.firstDifference(from: again.json).map { "; it differs at \($0)" } ?? ""
            throw PlanError(
                .planDerived, "the plan is not what its ceremony file, the policy and the ledger give\(place)",
                advice: "Do not sign it; make the plan again on a machine that you trust, and find out who changed it")
        }
    }
}
