import Groundwork
import Ledger
import PKCS11
import PKIX

/// Runs a plan: nothing else, and nothing twice.
///
/// The way of a signature: the object is linted, the intent is on disk, the token signs, the signature is on disk, both
/// implementations verify it, the files are on disk, the ledger says so. After a crash at any instant, running the same
/// plan again goes on where the ledger stops.
public final class Executor {
    /// How many signatures share one fsync of their intents and one of themselves.
    private static let batchSize = 128

    public let directory: AuthorityDirectory
    public let plan: Plan
    let planBytes: [UInt8]
    let approvals: [Approval]
    let rejections: [Rejection]
    var participants: [Participant]
    var resumption: (by: String, reason: String)?
    let guide: (any CeremonyGuide)?
    let finder: any TokenFinding
    let unlocker: any TokenUnlocking
    private let lists: RevocationLists
    private let program: ProgramIdentity
    weak var observer: (any CeremonyObserver)?
    private let shouldStop: () -> Bool

    /// The ceremony was open when the run began.
    private(set) var isResumed = false
    private var linted: [StepID: LintedMessage] = [:]
    private let throwaways = ThrowawayKeys()

    /// - Parameters:
    ///   - planBytes: the plan file.
    ///   - participants: who is in the room, for the opening.
    ///   - resumption: who goes on with a ceremony that was suspended or interrupted, and why.
    ///   - lists: makes the CRLs whose entries lie in files beside the plan; nil: each is where the ceremony says.
    ///   - guide: asked between two steps; nil lets the run go through.
    ///   - shouldStop: asked before every step; when it says yes, the run ends with the control INTERRUPTED.
    /// - Throws: ``PlanError`` with control PLAN-FORM when the plan cannot be read.
    public init(
        directory: AuthorityDirectory, planBytes: [UInt8], approvals: [Approval], rejections: [Rejection] = [],
        participants: [Participant] = [], resumption: (by: String, reason: String)? = nil,
        lists: RevocationLists? = nil, finder: any TokenFinding, unlocker: any TokenUnlocking, program: ProgramIdentity, observer: (any CeremonyObserver)?,
        guide: (any CeremonyGuide)? = nil, shouldStop: @escaping () -> Bool = { false }
    ) throws(PlanError) {
        self.directory = directory
        self.planBytes = planBytes
        self.approvals = approvals
        self.rejections = rejections
        self.participants = participants
        self.resumption = resumption
        self.guide = guide
        self.finder = finder
        self.unlocker = unlocker
        self.lists = lists ?? RevocationLists(directory) { $0 }
        self.program = program
        self.observer = observer
        self.shouldStop = shouldStop
        plan = try Plan(canonical: planBytes)
        self.lists.expect(plan)
    }

    /// Runs the plan from where the ledger stands to the close of the ceremony.
    ///
    /// - Throws: ``PlanError``, `CryptokiError`, `FileError`, `LedgerError`. What is on disk stays valid.
    public func run() throws {
        try setAsideTornLine()
        let recorder = try Recorder(directory)
        if recorder.isOpen { try directory.removeLeftovers() }
        if try isClosedWithoutCheckpoint(recorder) {
            try signLostCheckpoint(recorder)
            return
        }
        // What cannot be recorded stops the run before anything is.
        _ = try directory.pendingDeviations(beside: recorder.replay.deviationFiles)
        let before = try check(recorder)
        let custodies = try custodies(before)
        try gather(recorder, before.policy)
        try requireDesk()
        let room = TokenRoom(
            policy: before.policy, finder: finder, unlocker: unlocker, custodies: custodies,
            keeping: tokensThatKeepShares(before))
        defer { room.close() }
        let logins = try login(room, recorder, before)
        if let ceremony = recorder.replay.ceremony {
            try resume(ceremony, recorder, logins)
        } else {
            nameCustodians(logins, before.policy)
            try open(recorder, logins)
        }
        try recordDeviations(recorder)
        do {
            try runStages(room, recorder)
        } catch {
            // What stopped the run is what people have to hear of.
            try? recorder.synchronize()
            throw error
        }
        try close(room, recorder)
    }

    // MARK: Before the first login

    /// A line that was cut off while it was written is kept in a file of its own; see ``unrecordedTornLines(_:)``.
    private func setAsideTornLine() throws {
        guard directory.exists else { return }
        let contents = try LedgerReader.read(directory.ledgerPath)
        guard let torn = contents.tornTail else { return }
        var number = 1
        while directory.contains(AuthorityPaths.setAside(contents.count, number)),
            try directory.read(AuthorityPaths.setAside(contents.count, number)) != torn.bytes
        { number += 1 }
        let path = AuthorityPaths.setAside(contents.count, number)
        try directory.makeFolder(for: path)
        if try LedgerWriter.setAsideTornTail(of: directory.ledgerPath, into: directory.absolute(path)) != nil {
            observer?.note(.tornLineSetAside(path: path, bytes: torn.bytes.count))
        }
    }

    /// What nobody has recorded yet: lines that were set aside, and what people wrote down.
    func pendingDeviations(_ recorder: Recorder) throws -> [Event] {
        try unrecordedTornLines(recorder) + directory.pendingDeviations(beside: recorder.replay.deviationFiles).map(\.event)
    }

    /// Puts on record what nobody has recorded yet, and says so.
    func recordDeviations(_ recorder: Recorder, and events: [Event] = []) throws {
        let pending = try pendingDeviations(recorder)
        try recorder.append(pending + events)
        for case .deviation(let deviation) in pending { observer?.note(.deviation(by: deviation.by, text: deviation.text)) }
    }

    /// What was set aside, now or by a run that was cut off before it could say so.
    private func unrecordedTornLines(_ recorder: Recorder) throws -> [Event] {
        guard directory.contains(AuthorityPaths.setAsideFolder) else { return [] }
        return try directory.list()
            .filter { $0.hasPrefix("\(AuthorityPaths.setAsideFolder)/") && !recorder.replay.deviationFiles.contains($0) }
            .map { path in
                let bytes = try directory.read(path)
                return .deviation(Event.Deviation(
                    by: Event.program,
                    text: "the ledger ended in a torn line of \(bytes.count) bytes, which was set aside",
                    because: "a run was cut off while it wrote",
                    files: [Event.ArtifactFile(path: path, digest: Digest(of: bytes))]))
            }
    }

    /// All checks that need no login.
    ///
    /// - Returns: the authority as it was when the plan was made.
    private func check(_ recorder: Recorder) throws -> AuthorityState {
        let state: AuthorityState
        if let ceremony = recorder.replay.ceremony {
            guard ceremony.planDigest == Digest(of: planBytes) else {
                throw PlanError(
                    .planHead, "ceremony \(ceremony.plan.number) is open, and this is not its plan",
                    advice: "Run the plan \(AuthorityPaths.plan(ceremony.plan.number)) of the authority to its end first")
            }
            state = try plan.withOpenings(try recorder.state)
            try PlanReview.requireContinuity(plan, state: state, files: directory) { ceremony.isDone($0) }
            linted = try Simulation.run(plan, state: state, throwaways: throwaways, lists: lists) { ceremony.isDone($0) }
        } else {
            try requireLastCheckpoint(recorder)
            // Until the first ceremony is opened, whatever lines there are came from an interrupted opening.
            let isFirst = recorder.replay.state?.ceremonies.isEmpty ?? true
            state = try PlanReview.check(
                plan, state: isFirst ? nil : recorder.replay.state, head: isFirst ? .empty : recorder.head,
                time: try recorder.now())
            try PlanReview.requireContinuity(plan, state: isFirst ? nil : state, files: directory)
            let approvals = try PlanApprovals(
                self.approvals, of: plan, planBytes: planBytes, under: state.policy, at: try recorder.now())
            try Participant.check(participants, under: state.policy)
            try approvals.requireQuorum(for: plan)
            try requireClosing(recorder)
            if let state = recorder.replay.state { _ = try requireOpenings(state) }
            _ = try papers(state, try recorder.now())
            linted = try Simulation.run(plan, state: state, throwaways: throwaways, lists: lists)
            let objects = plan.steps.count { $0.step.isSigned }
            observer?.note(.checked(approvers: approvals.approvers, objects: objects))
        }
        return state
    }

    private func login(_ room: TokenRoom, _ recorder: Recorder, _ state: AuthorityState) throws -> [Event] {
        let names = Set(plan.tokens { state.keys[$0]?.planned.token })
            .union(state.recordKey.map { [$0.planned.token] } ?? []).sorted()
        for name in names {
            _ = try room.inspect(name, knownSerial: state.tokenSerials[name])
            try requireShares(room, name)
        }
        try recorder.begin()
        return try names.flatMap { name in
            let serial = state.tokenSerials[name]
            let events = try loginAfterRenewal(room, name, recorder, serial)
                ?? [.login(try room.login(name, knownSerial: serial))]
            guard case .login(let record)? = events.last else { return events }
            try recorder.replay.check(record.memory, of: name)
            try checkKeys(room, state, name, recorder.replay.ceremony)
            try room.beginMemory(name)
            observer?.note(.login(token: name, label: record.label, serial: record.serial))
            return events
        }
    }

    /// The keys that the plan uses are there, and the ones that it generates are not.
    private func checkKeys(
        _ room: TokenRoom, _ state: AuthorityState, _ token: String, _ ceremony: CeremonyProgress?
    ) throws {
        let session = try room.session(token)
        // What is done may have been done with a key that is destroyed since.
        for (id, step) in plan.steps where ceremony?.isDone(id) != true {
            if case .generateKey(let key) = step, key.token == token, state.keys[key.name] == nil {
                // An interrupted generation may have left the key itself: it is dealt with at its step.
                let isInterrupted = ceremony?.isInterruptedGeneration(id) ?? false
                guard try isInterrupted || !session.hasObject(label: key.label, id: key.id) else {
                    throw PlanError(
                        .keyAbsent, "the token already holds an object with the label \(key.label) or its id",
                        advice: "Look at the token with pkcs11-tool; nothing was changed")
                }
            }
            if case .destroyKey(let planned) = step, planned.token == token {
                try KeyDestroying.requireRecorded(planned, room, state, ceremony?.isInterruptedDestruction(id) ?? false)
            }
            for name in step.signingKeys {
                if let record = state.keys[name], record.planned.token == token { _ = try room.keyPair(record) }
            }
        }
        if let record = state.recordKey, record.planned.token == token { _ = try room.keyPair(record) }
    }

    // MARK: Opening

    private func open(_ recorder: Recorder, _ logins: [Event]) throws {
        let number = plan.number
        let ceremonyBytes = Array(plan.ceremony.utf8)
        var files: [(path: String, bytes: [UInt8])] = [
            (AuthorityPaths.plan(number), planBytes), (AuthorityPaths.ceremonyFile(number), ceremonyBytes),
        ]
        var events: [Event] = []
        var state = recorder.replay.state
        if state == nil {
            let bytes = Array((plan.policy.text ?? "").utf8)
            let path = AuthorityPaths.policy(1)
            state = AuthorityState(
                authority: plan.authority, environment: plan.environment, policy: try Policy.parsed(bytes, path: path))
            files.append((path, bytes))
            // An opening that was cut off may have got as far as the first line.
            if recorder.head == .empty {
                events.append(.genesis(authority: plan.authority, environment: plan.environment))
            }
            events.append(.policy(digest: plan.policy.digest, path: path))
        }
        try events.append(.ceremonyOpened(Event.CeremonyOpening(
            ceremony: number, plan: Digest(of: planBytes), ceremonyFile: plan.ceremonyDigest, tool: program.version,
            program: program.digest, networkInterfaces: program.networkInterfaces,
            participants: participants)))
        let recorded = try state.map { try papers($0, try recorder.now()) } ?? []
        let openings = try state.map { try requireOpenings($0) }?.events ?? []
        try directory.ensure(files + recorded.map { ($0.file.path, $0.bytes) })
        try recorder.append(events + openings + recorded.map(\.event) + logins)
        observer?.note(.opened(number: number, title: plan.title))
    }

    /// Who unlocked a token with a share was there, whether anybody named them or not.
    private func nameCustodians(_ logins: [Event], _ policy: Policy) {
        for case .login(let login) in logins {
            for person in policy.operators where login.custodians?.contains(person.id) == true {
                let participant = Participant(person)
                guard !participants.contains(participant) else { continue }
                participants.append(participant)
                observer?.note(.participant(name: person.name, token: login.token))
            }
        }
    }

    /// Goes on with a ceremony that an interruption left open. If it left it between its opening and its first step,
    /// approvals may be missing from the record.
    private func resume(_ ceremony: CeremonyProgress, _ recorder: Recorder, _ logins: [Event]) throws {
        isResumed = true
        var events: [Event] = [.ceremonyResumed(Event.Pause(
            ceremony: plan.number, by: resumption?.by ?? Event.program,
            reason: resumption?.reason ?? (ceremony.suspension == nil ? "the run was interrupted" : "it was run again")))]
        if !ceremony.isBegun {
            let known = ceremony.approvalPaths.union(ceremony.roomPaths)
            let missing = try papers(try recorder.state, try recorder.now()).filter { !known.contains($0.file.path) }
            try directory.ensure(missing.map { ($0.file.path, $0.bytes) })
            events += missing.map(\.event)
            events += try requireOpenings(try recorder.state).events.filter {
                if case .breakGlassOpened(let event) = $0 { !ceremony.openings.contains(event.package) } else { false }
            }
        }
        try recorder.append(events + logins)
        let done = ceremony.done
        observer?.note(.resumed(number: plan.number, done: done.count, of: done.of))
    }

    // MARK: Steps

    /// All that is left to do; in stages where people are asked between them.
    private func runStages(_ room: TokenRoom, _ recorder: Recorder) throws {
        var announced = -1
        guard guide != nil else { return try runSteps(plan.steps.indices, room, recorder, &announced) }
        for stage in CeremonyStage.stages(of: plan) {
            if case .steps(let range) = stage.work {
                guard let ceremony = recorder.replay.ceremony else { return }
                if range.allSatisfy({ ceremony.statuses[$0].isDone }) { continue }
                try pause(before: stage, recorder)
                try runSteps(range, room, recorder, &announced)
            } else {
                try pause(before: stage, recorder)
            }
        }
    }

    /// - Parameter announced: the last operation that was told.
    private func runSteps(
        _ range: Range<Int>, _ room: TokenRoom, _ recorder: Recorder, _ announced: inout Int
    ) throws {
        let steps = plan.steps
        var position = range.lowerBound
        while position < range.upperBound {
            guard let ceremony = recorder.replay.ceremony else { return }
            if ceremony.statuses[position].isDone {
                position += 1
                continue
            }
            guard !shouldStop() else { throw stopped("before \(steps[position].id)") }
            try recordDeviations(recorder)
            let id = steps[position].id
            while announced < id.operation {
                announced += 1
                observer?.note(.operation(index: announced, of: plan.operations.count, title: plan.operations[announced].title))
            }
            switch steps[position].step {
            case .generateKey:
                let keys = Self.keys(in: position..<range.upperBound, steps)
                try KeyMaking(room, recorder, observer, throwaways).make(keys)
                position += keys.count
            case .revocation(let revocation):
                try recorder.note([.revoked(
                    step: id, certificate: revocation.certificate, serial: revocation.serial,
                    reason: revocation.reason, date: revocation.date)])
                observer?.note(.revoked(certificate: revocation.certificate, reason: revocation.reason.rawValue))
                position += 1
            case .custody(let planned):
                try renew(planned, id, room, recorder)
            case .policy(let policy):
                try directory.ensure([(policy.path, try plan.input(of: policy))])
                try recorder.append([.policy(digest: policy.digest, path: policy.path)])
                observer?.note(.policyChanged(number: policy.number, digest: policy.digest))
                position += 1
            case .breakGlass(let planned):
                try BreakGlassMaking(
                    room: room, recorder: recorder, observer: observer, throwaways: throwaways, unlocker: unlocker
                ).make(planned, at: position, id)
                position += 1
            case .judgeKey(let planned):
                try KeyMaking(room, recorder, observer, throwaways).judge(planned, id)
                position += 1
            case .destroyKey(let planned):
                try KeyDestroying(room: room, recorder: recorder, observer: observer).destroy(planned, id)
                position += 1
            case .rootUpdate(let planned):
                let bytes = try planned.bytes(try recorder.state)
                try directory.ensure([(planned.path, bytes)])
                try recorder.note([.rootUpdate(
                    step: id, root: planned.newWithNew,
                    file: Event.ArtifactFile(path: planned.path, digest: Digest(of: bytes)))])
                observer?.note(.rootUpdate(root: planned.newWithNew, path: planned.path))
                position += 1
            case .bundle(let planned):
                try BundleMaking(recorder: recorder, observer: observer).make(planned, at: position, id)
                position += 1
            case .certificateList(let planned) where planned.listed != nil:
                try ListMaking(room: room, recorder: recorder, observer: observer, lists: lists)
                    .make(planned, at: position, id)
                position += 1
            case .certificate, .certificateList, .bundleSignature:
                let end = batchEnd(in: position..<range.upperBound, steps, recorder)
                let batch = SigningBatch(
                    room: room, recorder: recorder, observer: observer, throwaways: throwaways, linted: linted)
                try batch.run(position..<end, steps)
                if end - position > 1, end < steps.count, announced < steps[end - 1].id.operation {
                    announced = steps[end - 1].id.operation
                }
                position = end
            }
        }
    }

    /// The keys that one operation generates one after the other.
    private static func keys(
        in range: Range<Int>, _ steps: [(id: StepID, step: PlannedStep)]
    ) -> [(id: StepID, key: PlannedKey)] {
        var keys: [(id: StepID, key: PlannedKey)] = []
        for (id, step) in steps[range] {
            guard case .generateKey(let key) = step, id.operation == steps[range.lowerBound].id.operation else { break }
            keys.append((id, key))
        }
        return keys
    }

    /// The end of the run of steps that are signed with one key and need nothing of each other.
    private func batchEnd(
        in range: Range<Int>, _ steps: [(id: StepID, step: PlannedStep)], _ recorder: Recorder
    ) -> Int {
        let start = range.lowerBound
        guard case .certificate = steps[start].step, let key = steps[start].step.signingKey,
            let state = recorder.replay.state, let ceremony = recorder.replay.ceremony
        else { return start + 1 }
        var end = start + 1
        while end < range.upperBound, end - start < Self.batchSize, steps[end].step.signingKey == key,
            !ceremony.statuses[end].isDone
        {
            switch steps[end].step {
            case .certificate(let certificate):
                guard certificate.template.openKeys.allSatisfy({ state.keys[$0]?.publicKey != nil }) else { return end }
            default:
                return end
            }
            end += 1
        }
        return end
    }
}
