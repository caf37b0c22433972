import Groundwork
import Ledger
import PKIX

/// Reads the files of an authority by their path in it.
public protocol AuthorityFiles: Sendable {
    func read(_ path: String) throws(FileError) -> [UInt8]
}

/// Replays a ledger: folds each event into the state, and refuses an event that is not possible where it stands.
///
/// The executor applies the events that it appends through the same code, so what it writes is what a verifier accepts.
/// Checks that cost time (signatures, files) are handed out as obligations: the executor has met them already, the
/// verifier meets them all.
public struct Replay: Sendable {
    /// Something that must hold for an event to hold, beside what the replay itself looks at.
    public enum Obligation: Sendable {
        /// The file exists and has this digest.
        case file(Event.ArtifactFile)
        case signature(SignatureObligation)
        /// The CRL continues those before it, by their files.
        case continuity(ListContinuity)
        /// The CRL is what the plan says, though the plan does not hold its entries.
        case list(ListObligation)
        /// The plan is what its inputs give under this state; nil when it establishes the authority.
        case derivation(Plan, size: Int, AuthorityState?)
    }

    public struct SignatureObligation: Sendable {
        public var publicKey: SubjectPublicKeyInfo
        public var message: [UInt8]
        public var signature: [UInt8]
        public var algorithm: SignatureAlgorithm
        /// What was signed, for messages.
        public var object: String
    }

    public private(set) var state: AuthorityState?
    /// The ceremony that is open.
    public internal(set) var ceremony: CeremonyProgress?
    /// The number of lines so far.
    public private(set) var size: Int64 = 0
    /// SHA-256 of the last line.
    public private(set) var head: Digest = .zero
    public private(set) var lastTime: Timestamp?
    /// The ledger's head after each ceremony's close, by size: what tokens may remember.
    public private(set) var closings: [Int64: Digest] = [:]
    /// The files that deviations account for.
    public private(set) var deviationFiles: Set<String> = []
    /// The tokens that hold a memory, by name.
    public private(set) var remembering: Set<String> = []

    private var genesis: (authority: String, environment: DeploymentEnvironment)?
    private let files: any AuthorityFiles

    public init(files: any AuthorityFiles) { self.files = files }

    /// Folds one event.
    ///
    /// - Returns: what else must hold.
    /// - Throws: ``PlanError`` with the control that does not hold.
    public mutating func apply(_ line: LedgerEvent) throws(PlanError) -> [Obligation] {
        let event = try Event(name: line.event, fields: line.fields)
        let obligations = try fold(event, line)
        size = line.index + 1
        head = line.digest
        lastTime = line.time
        if case .ceremonyClosed = event { closings[size] = head }
        return obligations
    }

    private mutating func fold(_ event: Event, _ line: LedgerEvent) throws(PlanError) -> [Obligation] {
        switch event {
        case .genesis(let authority, let environment):
            guard size == 0, genesis == nil else { throw PlanError(.ledgerOrder, "a ledger begins once") }
            genesis = (authority, environment)
            return []
        case .policy(let digest, let path) where state == nil:
            return try adopt(digest, path)
        case .ceremonyOpened(let opening):
            return try open(opening, line)
        default:
            guard var state else { throw PlanError(.ledgerOrder, "\(event.name) before a policy is in force") }
            self.state = nil
            defer { self.state = state }
            switch event {
            case .deviation(let deviation):
                return try record(deviation)
            case .ceremonyClosed(let number, let signatures):
                return try close(number, signatures, line, &state)
            default:
                guard var ceremony else { throw PlanError(.ledgerOrder, "\(event.name) outside a ceremony") }
                self.ceremony = nil
                defer { self.ceremony = ceremony }
                return try fold(event, line, &ceremony, &state)
            }
        }
    }

    private mutating func fold(
        _ event: Event, _ line: LedgerEvent, _ ceremony: inout CeremonyProgress, _ state: inout AuthorityState
    ) throws(PlanError) -> [Obligation] {
        if case .ceremonyResumed = event {} else { try ceremony.requireNotSuspended(for: event.name) }
        switch event {
        case .approval(let approval):
            return try ceremony.approve(approval, files: files, policy: state.policy, time: line.time)
        case .custody(let custody):
            let file = try ceremony.handOut(custody, files: files, &state)
            if custody.step != nil { ceremony.present.formUnion(state.custodies[custody.token]?.record.custodians ?? []) }
            return [.file(file)]
        case .login(let login):
            try enter(login, &state)
            ceremony.present.formUnion(login.custodians ?? [])
            return []
        case .rejection(let rejection):
            return try ceremony.reject(rejection, files: files, state: state, time: line.time)
        case .witnessed(let witness):
            return try ceremony.witness(witness, files: files, policy: state.policy, time: line.time)
        case .ceremonySuspended(let pause):
            try ceremony.suspend(pause)
            return []
        case .ceremonyResumed(let pause):
            try ceremony.resume(pause)
            return []
        case .intent(let intent):
            try ceremony.intend(intent, line.index, state)
            return []
        case .keyGenerated(let key):
            try ceremony.generated(key, &state)
            return []
        case .signed(let intent, let signature):
            return try ceremony.signed(intent, signature, &state).map { [.signature($0)] } ?? []
        case .artifact(let artifact):
            return try ceremony.finish(artifact, &state).map(Obligation.file)
        case .crl(let step, let issuer, let number, let file):
            return try ceremony.finish(crl: step, issuer, number, file, &state)
        case .bundle(let step, let sequence, let payload, let files):
            return try ceremony.finish(bundle: step, sequence, payload, files, &state).map(Obligation.file)
        case .revoked(let step, let certificate, let serial, let reason, let date):
            try ceremony.revoked(step, certificate, serial, reason, date, &state)
            return []
        case .keyDestroyed(let destruction):
            try ceremony.destroyed(destruction, &state)
            return []
        case .policy(let digest, let path):
            return [.file(try ceremony.adopt(digest, path, &state))]
        case .keyJudged(let judgement):
            try ceremony.judged(judgement, &state)
            return []
        case .rootUpdate(let step, let root, let file):
            return [.file(try ceremony.finish(rootUpdate: step, root, file, &state))]
        case .sealed(let sealed):
            try ceremony.seal(sealed, &state)
            return []
        case .breakGlassSealed(let package):
            return [.file(try ceremony.finish(package, &state))]
        case .breakGlassOpened(let package):
            return try ceremony.enter(package, &state, time: line.time)
        case .genesis, .ceremonyOpened, .ceremonyClosed, .deviation:
            throw PlanError(.ledgerOrder, "\(event.name) is not possible here")
        }
    }

    /// A deviation says who, what and why; its files are a line that was set aside, or its own.
    private mutating func record(_ deviation: Event.Deviation) throws(PlanError) -> [Obligation] {
        guard [deviation.by, deviation.text, deviation.because].allSatisfy(RecordText.isLine) else {
            throw PlanError(.deviation, "a deviation does not say who, what and why, each on a line")
        }
        for file in deviation.files {
            guard deviationFiles.insert(file.path).inserted else {
                throw PlanError(.deviation, "\(file.path) is recorded twice")
            }
            guard !file.path.hasPrefix("\(AuthorityPaths.setAsideFolder)/") else { continue }
            let bytes = try load(file.path, .deviation, file.digest)
            let pending = try PendingDeviation(path: file.path, bytes: bytes)
            guard deviation.by == pending.by, deviation.text == pending.text, deviation.because == pending.because else {
                throw PlanError(.deviation, "\(file.path) says something else than the ledger")
            }
        }
        return deviation.files.map(Obligation.file)
    }

    // MARK: Beginning and end

    private mutating func adopt(_ digest: Digest, _ path: String) throws(PlanError) -> [Obligation] {
        guard let genesis, path == AuthorityPaths.policy(1) else {
            throw PlanError(.ledgerOrder, "the first policy comes into force after the genesis")
        }
        let bytes = try load(path, .policyBytes, digest)
        let policy = try Policy.parsed(bytes, path: path)
        guard policy.authority == genesis.authority else {
            throw PlanError(.planAuthority, "the policy is of \(policy.authority), the ledger of \(genesis.authority)")
        }
        guard policy.environment == genesis.environment else {
            throw PlanError(
                .environment,
                "the policy is for \(policy.environment.rawValue), the ledger for \(genesis.environment.rawValue)")
        }
        state = AuthorityState(authority: genesis.authority, environment: genesis.environment, policy: policy)
        return [.file(Event.ArtifactFile(path: path, digest: digest))]
    }

    private mutating func open(_ opening: Event.CeremonyOpening, _ line: LedgerEvent) throws(PlanError) -> [Obligation] {
        guard let state, ceremony == nil else {
            throw PlanError(.ledgerOrder, "ceremony \(opening.ceremony) is opened while another one is open")
        }
        let path = AuthorityPaths.plan(opening.ceremony)
        let bytes = try load(path, .planBytes, opening.plan)
        let plan = try Plan(canonical: bytes)
        let isFirst = state.ceremonies.isEmpty
        let position = isFirst ? Plan.LedgerHead.empty : Plan.LedgerHead(size: size, digest: head)
        try plan.check(against: state, head: position, time: line.time)
        guard plan.number == opening.ceremony, opening.ceremonyFile == plan.ceremonyDigest else {
            throw PlanError(.planBytes, "the plan is not the one that ceremony \(opening.ceremony) was opened with")
        }
        try Participant.check(opening.participants, under: state.policy)
        ceremony = CeremonyProgress(
            plan: plan, bytes: bytes, digest: opening.plan, change: try plan.change(from: state.policy), opened: line.time,
            participants: opening.participants, closing: isFirst ? nil : state.policy.closing)
        let file = AuthorityPaths.ceremonyFile(opening.ceremony)
        return [
            .file(Event.ArtifactFile(path: path, digest: opening.plan)),
            .file(Event.ArtifactFile(path: file, digest: opening.ceremonyFile)),
            .derivation(plan, size: bytes.count, isFirst ? nil : state),
        ]
    }

    private mutating func close(
        _ number: Int64, _ signatures: Int64, _ line: LedgerEvent, _ state: inout AuthorityState
    ) throws(PlanError) -> [Obligation] {
        guard let ceremony, ceremony.plan.number == number else {
            throw PlanError(.ledgerOrder, "ceremony \(number) is not open")
        }
        try ceremony.requireNotSuspended(for: "ceremony-closed")
        if let step = ceremony.nextStep { throw PlanError(.ledgerOrder, "ceremony \(number) is closed before \(step)") }
        guard signatures == ceremony.signatures else {
            throw PlanError(
                .signatureIntended,
                "ceremony \(number) counts \(signatures) signatures, and its ledger holds \(ceremony.signatures)")
        }
        state.ceremonies.append(AuthorityState.CeremonyRecord(
            number: number, title: ceremony.title, plan: ceremony.planDigest, head: ceremony.plan.head.size,
            opened: ceremony.opened,
            closed: line.time, closedIndex: line.index, approvers: ceremony.approvedBy.map(\.operator),
            present: ceremony.present))
        self.ceremony = nil
        return []
    }

    private mutating func enter(_ login: Event.LoginRecord, _ state: inout AuthorityState) throws(PlanError) {
        guard let token = state.policy.tokens[login.token] else {
            throw PlanError(.tokenIdentity, "the policy has no token \(login.token)")
        }
        let serial = token.serial ?? state.tokenSerials[login.token] ?? login.serial
        guard token.label == login.label, serial == login.serial else {
            throw PlanError(
                .tokenIdentity,
                "the token \(login.label) with serial \(login.serial) is not \(token.label) with serial \(serial)")
        }
        guard token.unlock.contains(login.method) else {
            throw PlanError(.tokenLogin, "the policy does not allow \(login.token) to be unlocked by \(login.method.rawValue)")
        }
        try state.checkCustody(of: login)
        state.tokenSerials[login.token] = login.serial
        guard token.remembersLedger else { return }
        try check(login.memory, of: login.token)
        remembering.insert(login.token)
    }

    /// Whether what a token remembers is a close in this ledger's past.
    public func check(_ memory: Plan.LedgerHead?, of token: String) throws(PlanError) {
        try LedgerPast(closings: closings, remembering: remembering).check(memory, of: token)
    }

    /// What tokens may remember of the ledger.
    var past: LedgerPast { LedgerPast(closings: closings, remembering: remembering) }

    private func load(_ path: String, _ control: Control, _ digest: Digest) throws(PlanError) -> [UInt8] {
        let bytes: [UInt8]
        do { bytes = try files.read(path) } catch { throw PlanError(control, "\(error)") }
        guard Digest(of: bytes) == digest else {
            throw PlanError(control, "\(path) is not the file that the ledger names: its digest differs")
        }
        return bytes
    }
}

/// The closes of a ledger, with which a token's memory is compared.
public struct LedgerPast: Sendable {
    /// The head after each ceremony's close, by size.
    var closings: [Int64: Digest] = [:]
    /// The tokens that hold a memory, by name.
    var remembering: Set<String> = []

    /// Whether what a token remembers is a close in this past.
    ///
    /// - Throws: ``PlanError`` with control TOKEN-MEMORY.
    public func check(_ memory: Plan.LedgerHead?, of token: String) throws(PlanError) {
        guard let memory else {
            guard !remembering.contains(token) else {
                throw PlanError(
                    .tokenMemory, "the token \(token) has forgotten this ledger",
                    advice: "The token was wiped or replaced: stop, and find out by whom")
            }
            return
        }
        guard memory == .empty || closings[memory.size] == memory.digest else {
            throw PlanError(
                .tokenMemory,
                "the token \(token) remembers a ledger of \(memory.size) lines that is not this one's past",
                advice: "This is an older copy of the ledger, or another one: use the newest copy")
        }
    }
}
