import Groundwork
import Ledger
import PKIX

/// Replays the whole life of an authority from its files, and checks everything that can be checked.
///
/// No HSM, no network, no trust in the machine that ran the ceremonies; nothing is written.
public struct Verifier {
    /// What was found.
    public struct Report: Sendable {
        /// How often each control was checked.
        public var checked: [Control: Int] = [:]
        /// What does not hold, in the order of the ledger's lines; nothing when all holds.
        public var failures: [Failure] = []
        /// What holds, but somebody should know.
        public var notices: [String] = []
        public var lines: Int64 = 0
        public var signatures: Int = 0
        /// The authority as the ledger leaves it, as far as it could be replayed.
        public var state: AuthorityState?
        /// The ceremony that is open.
        public var openCeremony: CeremonyProgress?
        /// The break-glass packages that were opened and that the ledger does not know of.
        public var openings: PendingOpenings?
        /// The Merkle root over all lines.
        public var merkleRoot: Digest = .zero

        public var holds: Bool { failures.isEmpty }
    }

    /// A control that does not hold.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public var control: Control
        /// The ledger's line, from 1; nil when it is about no line.
        public var line: Int?
        /// One sentence.
        public var reason: String

        public var description: String {
            let place = line.map { "\(AuthorityPaths.ledger) line \($0): " } ?? ""
            return "\(control.rawValue): \(place)\(reason.withoutFullStop)."
        }
    }

    private let directory: AuthorityDirectory
    private var report = Report()
    private let checks: PendingChecks
    /// The paths of the files that the ledger names.
    private var files: Set<String> = []
    private var replay: Replay

    private init(_ directory: AuthorityDirectory) {
        self.directory = directory
        checks = PendingChecks(directory)
        replay = Replay(files: directory)
    }

    /// Verifies an authority.
    ///
    /// - Parameter root: the SHA-256 of the root certificate's DER, from paper or another trusted place. Without it the
    ///   files are consistent with each other at best.
    /// - Throws: `FileError` when the ledger cannot be read at all.
    public static func verify(_ directory: AuthorityDirectory, root: Digest?) throws(FileError) -> Report {
        var verifier = Verifier(directory)
        try verifier.run(root)
        return verifier.report
    }

    private mutating func run(_ root: Digest?) throws(FileError) {
        let pipeline = LedgerPipeline(directory.ledgerPath)
        let isReplayed = replayEvents(pipeline)
        let ledger: LedgerPipeline.Reading
        do {
            ledger = try pipeline.finish()
        } catch let error as FileError {
            forgetReplay()
            throw error
        } catch let error as LedgerError {
            forgetReplay()
            fail(error.control == .chain ? .ledgerChain : .ledgerForm, error.line, error.reason)
            return
        } catch {
            forgetReplay()
            fail(.ledgerForm, nil, sentence(error))
            return
        }
        report.lines = ledger.chain.count
        report.merkleRoot = ledger.chain.root
        count(.ledgerForm, Int(ledger.chain.count))
        count(.ledgerChain, Int(ledger.chain.count))
        if isReplayed {
            judgeTornTail(ledger)
            describeOpenCeremony()
            verifyCheckpoints(ledger)
            checkFiles()
            checkRoot(root)
        }
        report.failures += checks.failures(isReplayed: isReplayed)
        report.failures.sort { ($0.line ?? .max) < ($1.line ?? .max) }
    }

    // MARK: The ledger

    private mutating func replayEvents(_ pipeline: LedgerPipeline) -> Bool {
        while let lines = pipeline.next() {
            for line in lines where !replayEvent(line) {
                report.state = replay.state
                return false
            }
        }
        report.state = replay.state
        report.openCeremony = replay.ceremony
        return true
    }

    private mutating func replayEvent(_ line: LedgerEvent) -> Bool {
        do {
            for obligation in try replay.apply(line) {
                note(obligation)
                checks.add(obligation, line: line.line)
            }
            for control in Self.controls(of: line.event) { count(control) }
            return true
        } catch {
            fail(error.control, line.line, error.reason)
            return false
        }
    }

    /// Of a ledger whose chain does not hold, nothing else is said.
    private mutating func forgetReplay() {
        _ = checks.failures(isReplayed: false)
        report = Report()
    }

    /// The controls that the replay checks at an event.
    private static func controls(of event: String) -> [Control] {
        let own: [Control] =
            switch event {
            case "policy": [.policyBytes, .policyForm, .policyContinues, .policyChangeAlone, .policyKeyProven]
            case "ceremony-opened":
                [
                    .planBytes, .plan, .ceremonyForm, .planDerived, .planAuthority, .environment, .planHead, .planPolicy,
                    .planWindow, .planOnce, .profile, .scopeKnown, .scopeSingle, .scopeWindow, .validityLimit,
                    .subjectUnique, .requestPossession, .revocationTarget, .revocationPublished, .listContinuity,
                    .bundleSequence, .breakGlassPrepared, .limits, .participants,
                ]
            case "approval": [.approvalForm, .approvalPlan, .approvalOperator, .approvalPresence]
            case "rejection": [.rejection]
            case "witnessed": [.closing]
            case "deviation": [.deviation]
            case "custody": [.custody]
            case "login": [.tokenIdentity, .tokenLogin, .tokenMemory, .custody]
            case "intent": [.signaturePlanned, .quorum, .closing]
            case "key-destroyed": [.keyDestroyed, .issuerEnded]
            case "key-generated": [.keyAttributes, .keyType, .keyReuse]
            case "signed": [.signatureIntended]
            case "artifact", "crl": [.artifactBytes]
            case "sealed", "break-glass-sealed": [.breakGlassSealed, .signatureIntended]
            case "break-glass-opened": [.breakGlassOpened, .signatureValid, .artifactBytes]
            case "bundle": [.artifactBytes, .bundleSignature]
            default: []
            }
        return [.ledgerEvent, .ledgerOrder] + own
    }

    private mutating func judgeTornTail(_ ledger: LedgerPipeline.Reading) {
        guard let torn = ledger.tornTail else { return }
        if isInterrupted {
            report.notices.append(
                "The ledger ends in \(torn.bytes.count) bytes of a line that was cut off; running the plan again sets them aside.")
        } else {
            fail(.ledgerForm, torn.line, "\(torn.bytes.count) bytes stand after the last whole line")
        }
    }

    private var unfinishedOpening: UnfinishedOpening {
        UnfinishedOpening(
            directory, state: replay.state, head: Plan.LedgerHead(size: replay.size, digest: replay.head))
    }

    /// A run was cut off: while its ceremony was opened, while it was open, or before its checkpoint was there.
    private var isInterrupted: Bool {
        guard replay.ceremony == nil, let last = replay.state?.ceremonies.last else { return true }
        return !directory.contains(AuthorityPaths.checkpoint(last.number)) || unfinishedOpening.isThere
    }

    // MARK: Files and signatures

    /// Counts what is checked beside the replay.
    private mutating func note(_ obligation: Replay.Obligation) {
        switch obligation {
        case .file(let file):
            files.insert(file.path)
            count(Control(ofFile: file.path))
        case .signature:
            report.signatures += 1
            count(.signatureValid)
        case .continuity:
            count(.listContinuity)
        case .list(let list):
            files.insert(list.file.path)
            report.signatures += 1
            for control in [Control.artifactBytes, .signatureValid, .listEntries, .listContinuity] { count(control) }
        case .derivation:
            break
        }
    }

    private mutating func describeOpenCeremony() {
        if let open = replay.ceremony {
            let unanswered = open.unansweredIntents.count
            let words = unanswered == 0 ? "" : "; \(unanswered) intents wait for their signature"
            report.notices.append(
                "Ceremony \(open.plan.number) is open: \(open.done.count) of \(open.done.of) steps are done\(words). "
                    + "Run its plan again to go on.")
        }
    }

    // MARK: Checkpoints

    private mutating func verifyCheckpoints(_ ledger: LedgerPipeline.Reading) {
        guard let state = replay.state else { return }
        for (position, ceremony) in state.ceremonies.enumerated() {
            let path = AuthorityPaths.checkpoint(ceremony.number)
            let isLast = position == state.ceremonies.count - 1
            if isLast, replay.ceremony == nil, !directory.contains(path) {
                report.notices.append(
                    "Ceremony \(ceremony.number) is closed and has no checkpoint yet; run its plan again to sign it.")
                continue
            }
            let next = isLast ? replay.ceremony?.plan.head.size : state.ceremonies[position + 1].head
            let upper = next ?? ledger.chain.count
            verifyCheckpoint(ceremony, path, ledger.merkle, state, size: upper)
        }
    }

    private mutating func verifyCheckpoint(
        _ ceremony: AuthorityState.CeremonyRecord, _ path: String, _ merkle: MerkleTree, _ state: AuthorityState,
        size: Int64
    ) {
        count(.checkpoint)
        let line = ceremony.closedIndex.map { Int($0) + 1 }
        do {
            let note = try SignedNote(parsing: try directory.read(path))
            let checkpoint = try Checkpoint(parsing: note.text)
            let origin = Executor.checkpointOrigin(state.authority, state.environment)
            guard checkpoint.origin == origin else {
                return fail(.checkpoint, line, "\(path) is of \(checkpoint.origin), not of \(origin)")
            }
            guard checkpoint.size == size else {
                return fail(
                    .checkpoint, line,
                    "\(path) is over \(checkpoint.size) lines, and ceremony \(ceremony.number) ended at \(size)")
            }
            guard merkle.root(ofFirst: Int(checkpoint.size)) == checkpoint.root else {
                return fail(.checkpoint, line, "\(path) has another Merkle root than the ledger's first \(checkpoint.size) lines")
            }
            guard let publicKey = try certifiedRecordKey(state) else {
                return fail(.checkpoint, line, "no root certified the record key")
            }
            let key = try NoteVerifierKey(name: origin, subjectPublicKeyInfo: publicKey.derBytes)
            guard note.signatures.count == 1 else {
                return fail(.checkpoint, line, "\(path) has \(note.signatures.count) signatures, not one")
            }
            try key.verify(note)
        } catch {
            fail(.checkpoint, line, "\(path): \(sentence(error))")
        }
    }

    /// The record key, if a root issued a certificate for it: this is what ties the record to the root's fingerprint.
    private func certifiedRecordKey(_ state: AuthorityState) throws(PKIXError) -> SubjectPublicKeyInfo? {
        guard let record = state.recordKey, let publicKey = record.publicKey else { return nil }
        let certificate = state.certificates.values.first { $0.planned.subjectKey == record.planned.name }
        guard let certificate, let der = certificate.der, let issuer = state.certificates[certificate.planned.issuer],
            issuer.planned.kind == .root
        else { return nil }
        return try Certificate(derEncoded: der).tbs.publicKey() == publicKey ? publicKey : nil
    }

    // MARK: The directory and the root

    /// The packages that were opened since the last ceremony. Nothing may be wrong with them: devices know of them.
    private mutating func pendingFiles() -> [String: Digest] {
        guard let state = replay.state, state.packages.contains(where: { $0.sealed != nil && $0.opened == nil }) else { return [:] }
        count(.breakGlassOpened)
        do {
            let pending = try directory.settledOpenings(state)
            report.openings = pending
            for conflict in pending.conflicts {
                let error = conflict.error
                fail(error.control, nil, Sentences.joined(error.reason, error.advice))
            }
            for opening in pending.openings {
                report.notices.append(
                    "The package \(opening.package) was opened at \(opening.time); the next ceremony enters it in the ledger.")
            }
            for (package, files) in pending.missing(in: directory).sorted(by: { $0.key < $1.key }) {
                report.notices.append(
                    "The opening of the package \(package) was cut off, and \(files.count) of its files are not there; "
                        + "run anchorite break-glass open \(package) again, which needs no shares.")
            }
            return Dictionary(pending.files.map { ($0.file.path, $0.file.digest) }, uniquingKeysWith: { first, _ in first })
        } catch let error as PlanError {
            fail(error.control, nil, error.reason)
        } catch {
            fail(.breakGlassOpened, nil, "\(error)")
        }
        return [:]
    }

    private mutating func checkFiles() {
        count(.files)
        var known = files
        for (path, digest) in pendingFiles().sorted(by: { $0.key < $1.key }) where directory.contains(path) {
            known.insert(path)
            guard let bytes = try? directory.read(path), Digest(of: bytes) == digest else {
                fail(.breakGlassOpened, nil, "\(path) is not what the opened package gives")
                continue
            }
        }
        known.insert(AuthorityPaths.ledger)
        for ceremony in replay.state?.ceremonies ?? [] { known.insert(AuthorityPaths.checkpoint(ceremony.number)) }
        let isInterrupted = isInterrupted
        let planned = Set(replay.state.flatMap { replay.ceremony?.plannedPaths($0) } ?? [])
        let opening = replay.ceremony == nil ? unfinishedOpening : nil
        do {
            for path in try directory.list() where !known.contains(path) {
                if let notice = try waiting(path) {
                    report.notices.append(notice)
                    continue
                }
                let isRemnant = DurableDirectory.isLeftover(path) || path.hasPrefix("\(AuthorityPaths.setAsideFolder)/")
                let isExplained = planned.contains(path) || opening?.explains(path, in: directory) == true
                    || replay.ceremony?.mayRecordApproval(path) == true
                if isExplained || isInterrupted && isRemnant {
                    report.notices.append("\(path) was being written when the ceremony was interrupted.")
                } else if let conflict = report.openings?.conflicts.first(where: { $0.holds(path) }) {
                    fail(.files, nil, conflict.reason(for: path))
                } else {
                    fail(.files, nil, "\(path) is not in the ledger")
                }
            }
        } catch let error as PlanError {
            fail(error.control, nil, error.reason)
        } catch {
            fail(.files, nil, "\(error)")
        }
    }

    /// What to say of a file that waits for the next opening, step or close to record it; nil for any other.
    ///
    /// - Throws: ``PlanError`` with control DEVIATION or CLOSING when it is not good.
    private mutating func waiting(_ path: String) throws -> String? {
        if path.hasPrefix("\(AuthorityPaths.deviationFolder)/") {
            if DurableDirectory.isLeftover(path) { return "\(path) is of a deviation that was never written down to its end." }
            count(.deviation)
            let pending = try PendingDeviation(path: path, bytes: try directory.read(path))
            return "A deviation by \(pending.by) waits to be recorded: \(pending.text.withoutFullStop)."
        }
        if let notice = try waitingCustody(path) { return notice }
        if isOfOpening(path) { return "\(path) was being written when the opening of a package was cut off." }
        guard let state = replay.state, let last = state.ceremonies.last, replay.ceremony?.isBegun != true,
            path.hasPrefix("\(AuthorityPaths.witnesses(last.number))/")
        else { return nil }
        if DurableDirectory.isLeftover(path) { return "\(path) is of a signature that was never written to its end." }
        count(.closing)
        let signature = try WitnessSignature(path: path, bytes: try directory.read(path))
        let witness = try signature.witness(
            of: try directory.read(AuthorityPaths.checkpoint(last.number)), under: state.policy,
            at: max(.now(), replay.lastTime ?? .now()))
        guard path == AuthorityPaths.witness(last.number, witness.operator) else {
            throw PlanError(.closing, "\(path) is by \(witness.name), and lies under another name")
        }
        return "\(witness.name) signed the last checkpoint; the next opening records it."
    }

    /// Whether an opening of a package was writing a file when it was cut off. What opens the package is written before
    /// the rest.
    private func isOfOpening(_ path: String) -> Bool {
        guard DurableDirectory.isLeftover(path), let packages = replay.state?.packages else { return false }
        return packages.contains { record in
            guard record.sealed != nil, record.opened == nil else { return false }
            let planned = record.planned
            let isOpen = directory.contains(AuthorityPaths.opened(planned.package))
            return FilePath.directory(of: path) == AuthorityPaths.breakGlassFolder
                || isOpen && (FilePath.directory(of: path) == FilePath.directory(of: planned.list.path)
                    || path.hasPrefix("\(planned.bundle.path)/"))
        }
    }

    /// The same of a token that was initialized since the last opening, or is not yet to the end.
    ///
    /// - Throws: ``PlanError`` with control CUSTODY when a custody file is not good.
    private mutating func waitingCustody(_ path: String) throws -> String? {
        guard path.hasPrefix("\(AuthorityPaths.custodyFolder)/"), let state = replay.state else { return nil }
        if DurableDirectory.isLeftover(path) { return "\(path) is of shares that were never handed out to the end." }
        for token in state.policy.tokens.keys where state.custodies[token] == nil {
            if path == AuthorityPaths.unfinishedCustody(token) {
                return "The initialization of the token \(token) was not finished; run anchorite token init \(token) again."
            }
            guard path == AuthorityPaths.custody(token, 1) else { continue }
            count(.custody)
            let record = try CustodyRecord(canonical: try directory.read(path), path: path)
            guard record.token == token else { throw PlanError(.custody, "\(path) is of the token \(record.token)") }
            return "Shares of the token \(token) were handed out; the next opening records it."
        }
        return nil
    }

    private mutating func checkRoot(_ fingerprint: Digest?) {
        guard let fingerprint else {
            report.notices.append(
                "No root fingerprint was given, so the files agree with each other, and that is all that is known. "
                    + "Give the fingerprint from paper with --root.")
            return
        }
        count(.rootFingerprint)
        guard let roots = replay.state?.roots, roots.contains(where: { $0.fingerprint == fingerprint }) else {
            return fail(.rootFingerprint, nil, "no root of this authority has the fingerprint \(fingerprint.hex)")
        }
    }

    private mutating func count(_ control: Control, _ times: Int = 1) {
        report.checked[control, default: 0] += times
    }

    private mutating func fail(_ control: Control, _ line: Int?, _ reason: String) {
        report.failures.append(Failure(control: control, line: line, reason: reason))
    }
}
