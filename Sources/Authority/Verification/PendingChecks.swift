import Dispatch
import Groundwork
import PKIX
import Synchronization

/// The obligations of a replay, met on all cores while it goes on.
final class PendingChecks: Sendable {
    private typealias Entry = (obligation: Replay.Obligation, line: Int)

    /// How many files and signatures make a piece of work.
    private static let batchSize = 256

    private let directory: AuthorityDirectory
    private let queue = DispatchQueue(label: "anchorite.verification", attributes: .concurrent)
    private let group = DispatchGroup()
    private let found = Mutex<[Verifier.Failure]>([])
    private let derivations = Mutex<[Verifier.Failure]>([])
    private let isAbandoned = Atomic(false)
    private let waiting = Mutex<[Entry]>([])

    init(_ directory: AuthorityDirectory) { self.directory = directory }

    /// - Parameter line: the ledger's line that the obligation is about, from 1.
    func add(_ obligation: Replay.Obligation, line: Int) {
        if case .derivation(let plan, let size, let state) = obligation { return derive(plan, size, state, line) }
        let full = waiting.withLock { waiting -> [Entry] in
            waiting.append((obligation, line))
            guard waiting.count >= Self.batchSize else { return [] }
            defer { waiting.removeAll(keepingCapacity: true) }
            return waiting
        }
        start(full)
    }

    /// What does not hold, once all is checked, in the order of the lines.
    ///
    /// - Parameter isReplayed: false when the replay stopped at a line that is not possible. Then only the derivation of
    ///   the plans before it counts, which is a part of the replay itself; what the lines oblige to was never settled.
    func failures(isReplayed: Bool) -> [Verifier.Failure] {
        guard isReplayed else {
            isAbandoned.store(true, ordering: .relaxed)
            group.wait()
            return derivations.withLock { $0 }
        }
        start(waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        })
        group.wait()
        return (found.withLock { $0 } + derivations.withLock { $0 })
            .sorted { ($0.line ?? 0, $0.reason) < ($1.line ?? 0, $1.reason) }
    }

    private func start(_ entries: [Entry]) {
        guard !entries.isEmpty else { return }
        queue.async(group: group) {
            guard !self.isAbandoned.load(ordering: .relaxed) else { return }
            let failures = entries.compactMap { self.check($0.obligation, $0.line) }
            if !failures.isEmpty { self.found.withLock { $0 += failures } }
        }
    }

    private func derive(_ plan: Plan, _ size: Int, _ state: AuthorityState?, _ line: Int) {
        queue.async(group: group) {
            do throws(PlanError) {
                try Planner.requireDerived(plan, size: size, state: state)
            } catch {
                self.derivations.withLock {
                    $0.append(Verifier.Failure(control: error.control, line: line, reason: error.reason))
                }
            }
        }
    }

    private func check(_ obligation: Replay.Obligation, _ line: Int) -> Verifier.Failure? {
        switch obligation {
        case .file(let file): return check(file, line)
        case .signature(let signed):
            let isValid = signed.publicKey.verify(
                signature: signed.signature, over: signed.message, algorithm: signed.algorithm)
            guard !isValid else { return nil }
            return Verifier.Failure(
                control: .signatureValid, line: line, reason: "the signature of \(signed.object) does not verify")
        case .continuity(let continuity): return check(continuity, line)
        case .list(let list):
            do throws(PlanError) {
                try list.check(directory)
                return nil
            } catch {
                return Verifier.Failure(control: error.control, line: line, reason: error.reason)
            }
        case .derivation:
            return nil
        }
    }

    /// Files that are not what the ledger names are told of as such, and not again here.
    private func check(_ continuity: ListContinuity, _ line: Int) -> Verifier.Failure? {
        guard continuity.files.allSatisfy({ check($0, line) == nil }),
            let list = try? directory.read(continuity.planned.path)
        else { return nil }
        do throws(PlanError) {
            try continuity.require(of: list, directory)
            return nil
        } catch {
            return Verifier.Failure(control: error.control, line: line, reason: error.reason)
        }
    }

    private func check(_ file: Event.ArtifactFile, _ line: Int) -> Verifier.Failure? {
        let control = Control(ofFile: file.path)
        do {
            let digest = try directory.digest(file.path)
            guard digest != file.digest else { return nil }
            return Verifier.Failure(
                control: control, line: line,
                reason: "\(file.path) is not the file that the ledger names: its SHA-256 is \(digest.hex)")
        } catch {
            return Verifier.Failure(control: control, line: line, reason: "\(error)")
        }
    }
}

extension Control {
    /// The control that a file of the record is under, by its path.
    init(ofFile path: String) {
        if path.hasPrefix("policies/") {
            self = .policyBytes
        } else if path.hasSuffix("/plan.json") {
            self = .planBytes
        } else if path.hasSuffix("/ceremony.yaml") {
            self = .ceremonyForm
        } else if path.hasPrefix("\(AuthorityPaths.custodyFolder)/") {
            self = .custody
        } else if path.hasPrefix("\(AuthorityPaths.breakGlassFolder)/") {
            self = path.hasSuffix(".sealed") ? .breakGlassSealed : .breakGlassOpened
        } else if path.hasSuffix(Approval.fileEnding) {
            self = .approvalForm
        } else if path.hasSuffix(Rejection.fileEnding) {
            self = .rejection
        } else if path.hasSuffix(WitnessSignature.fileEnding) {
            self = .closing
        } else if path.hasPrefix("\(AuthorityPaths.deviationFolder)/") {
            self = .deviation
        } else {
            self = .artifactBytes
        }
    }
}
