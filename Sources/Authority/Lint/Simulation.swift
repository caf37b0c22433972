import Dispatch
import Glibc
import Groundwork
import PKIX

/// Plays a plan with throwaway keys in place of those on the tokens: every object is built, linted and read by
/// libcrypto before a key is generated or a PIN is asked for.
enum Simulation {
    /// - Parameters:
    ///   - state: the authority as it is.
    ///   - lists: makes the CRLs whose entries the plan does not hold; nil where their files are not at hand, and only
    ///     what stands around the entries is looked at.
    ///   - isDone: the steps that need no playing, since the ledger has them.
    /// - Returns: the linted bytes of the objects that leave nothing open: the HSM signs these and no others.
    /// - Throws: ``PlanError`` with the control that an object breaks.
    static func run(
        _ plan: Plan, state start: AuthorityState, throwaways: ThrowawayKeys, lists: RevocationLists?,
        isDone: (StepID) -> Bool = { _ in false }
    ) throws(PlanError) -> [StepID: LintedMessage] {
        try play(plan, state: start, throwaways: throwaways, lists: lists, isDone: isDone).linted
    }

    /// What the linter has to say of one step.
    typealias StepFindings = (id: StepID, findings: [LintFinding])

    /// Like `run`, with what the linter found in every step, open or not, that does not stand in the way.
    static func play(
        _ plan: Plan, state start: AuthorityState, throwaways: ThrowawayKeys, lists: RevocationLists?,
        isDone: (StepID) -> Bool = { _ in false }
    ) throws(PlanError) -> (linted: [StepID: LintedMessage], findings: [StepFindings]) {
        lists?.expect(plan)
        var state = start
        var standIns: [String: ThrowawayKey] = [:]
        var result: (linted: [StepID: LintedMessage], findings: [StepFindings]) = ([:], [])
        var steps = plan.steps.filter { !isDone($0.id) }[...]
        while let (id, step) = steps.first {
            switch step {
            case .generateKey(let key):
                if state.keys[key.name]?.publicKey == nil {
                    let standIn: ThrowawayKey
                    do { standIn = try ThrowawayKey(key.kind) } catch {
                        throw PlanError(.lint, "no throwaway key can be made: \(sentence(error))")
                    }
                    standIns[key.name] = standIn
                    try state.complete(step, .key(standIn.publicKey, tokenSerial: ""))
                }
                steps.removeFirst()
            case .revocation, .policy, .custody, .judgeKey, .rootUpdate, .destroyKey:
                try state.complete(step, nil)
                steps.removeFirst()
            case .bundle(let bundle):
                try state.complete(step, .bundle(try BundleAssembly(bundle, state: state).payloadDigest))
                steps.removeFirst()
            case .certificate:
                // Certificates that leave nothing open do not need one another, and are linted on all cores.
                let batch = steps.prefix { entry in
                    if case .certificate(let certificate) = entry.step {
                        certificate.template.openKeys.isEmpty && certificate.issuer != certificate.name
                    } else {
                        false
                    }
                }
                let taken = batch.isEmpty ? steps.prefix(1) : batch
                try lint(Array(taken), &state, standIns, throwaways, &result)
                steps.removeFirst(taken.count)
            case .certificateList(let list) where list.listed != nil:
                let findings: [LintFinding]
                if let lists {
                    findings = try lists.list(list, state).findings
                } else {
                    findings = try ListJudge(list, state).finish(entryCount: Int(list.entries))
                }
                if !findings.isEmpty { result.findings.append((id, findings)) }
                // Its own digest has a signature in it; what follows needs only that there is one.
                try state.complete(step, .list(list.listed?.tbs ?? .zero))
                steps.removeFirst()
            case .breakGlass(let package):
                try lint(package, id, state, standIns, throwaways, &result)
                try state.complete(step, nil)
                steps.removeFirst()
            case .certificateList, .bundleSignature:
                try lint([(id, step)], &state, standIns, throwaways, &result)
                steps.removeFirst()
            }
        }
        return result
    }

    private static func lint(
        _ steps: [(id: StepID, step: PlannedStep)], _ state: inout AuthorityState, _ standIns: [String: ThrowawayKey],
        _ throwaways: ThrowawayKeys, _ result: inout (linted: [StepID: LintedMessage], findings: [StepFindings])
    ) throws(PlanError) {
        var work: [Work] = []
        for (_, step) in steps {
            let (message, algorithm) = try state.message(for: step)
            guard let name = step.signingKey, let record = state.keys[name] else {
                throw PlanError(.keyIdentity, "the key for \(step.word) \(step.objectName) does not exist")
            }
            let key: ThrowawayKey
            if let standIn = standIns[name] { key = standIn } else { key = try throwaways.key(record.planned.kind) }
            work.append(Work(step: step, message: message, algorithm: algorithm, key: key))
        }
        let frozen = state
        let linted = try Parallel.map(work) { work throws(PlanError) in
            try PreIssuance.lint(
                work.step, message: work.message, algorithm: work.algorithm, key: work.key, state: frozen)
        }
        for ((id, step), outcome) in zip(steps, linted) {
            if step.isClosed(in: standIns) { result.linted[id] = outcome.linted }
            if !outcome.linted.findings.isEmpty { result.findings.append((id, outcome.linted.findings)) }
            try state.complete(step, .object(outcome.object))
        }
    }

    /// All parts of a package, each with what comes before it. They are linted once more when they are signed, since the
    /// bundle depends on the CRL's signature.
    private static func lint(
        _ package: PlannedBreakGlass, _ id: StepID, _ state: AuthorityState, _ standIns: [String: ThrowawayKey],
        _ throwaways: ThrowawayKeys, _ result: inout (linted: [StepID: LintedMessage], findings: [StepFindings])
    ) throws(PlanError) {
        let bundle = state.bundle(of: package)
        var list: Digest?
        var findings: [LintFinding] = []
        for part in package.parts {
            guard let record = state.keys[part.key] else {
                throw PlanError(.keyIdentity, "the key \(part.key) for the package \(package.package) does not exist")
            }
            let key: ThrowawayKey
            if let standIn = standIns[part.key] { key = standIn } else { key = try throwaways.key(record.planned.kind) }
            let outcome = try PreIssuance.lint(part, of: package, list: list, bundle: bundle, key: key, state: state)
            if list == nil { list = Digest(of: outcome.object) }
            findings += outcome.linted.findings
        }
        if !findings.isEmpty { result.findings.append((id, findings)) }
    }

    private struct Work: Sendable {
        var step: PlannedStep
        var message: [UInt8]
        var algorithm: SignatureAlgorithm
        var key: ThrowawayKey
    }
}

extension PlannedStep {
    /// Whether the simulated bytes are the final ones: nothing in them came from a stand-in.
    fileprivate func isClosed(in standIns: [String: ThrowawayKey]) -> Bool {
        switch self {
        case .certificate(let certificate): certificate.template.openKeys.allSatisfy { standIns[$0] == nil }
        case .certificateList(let list): list.template.openKeys.allSatisfy { standIns[$0] == nil }
        case .generateKey, .revocation, .bundleSignature, .bundle, .policy, .custody, .judgeKey, .rootUpdate, .destroyKey, .breakGlass:
            false
        }
    }
}

/// The same work on every core.
enum Parallel {
    /// The number of cores.
    static let width = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// Like `map`, in parallel; the error of the first element that fails, in their order.
    static func map<Element: Sendable, Result: Sendable, Failure: Error>(
        _ elements: [Element], _ body: @Sendable (Element) throws(Failure) -> Result
    ) throws(Failure) -> [Result] {
        guard elements.count > 1 else {
            var results: [Result] = []
            for element in elements { results.append(try body(element)) }
            return results
        }
        var outcomes = [Swift.Result<Result, Failure>?](repeating: nil, count: elements.count)
        outcomes.withUnsafeMutableBufferPointer { buffer in
            // Every iteration writes its own element.
            nonisolated(unsafe) let slots = buffer
            DispatchQueue.concurrentPerform(iterations: elements.count) { index in
                do throws(Failure) {
                    slots[index] = .success(try body(elements[index]))
                } catch {
                    slots[index] = .failure(error)
                }
            }
        }
        var results: [Result] = []
        results.reserveCapacity(elements.count)
        for case let outcome? in outcomes { results.append(try outcome.get()) }
        return results
    }
}
