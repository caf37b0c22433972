import Authority
import Groundwork

/// A plan file, and what stands around it: the authority that it continues, the policy, and whether it is honest.
struct PlanContext {
    /// What is known of the way in which the plan came about.
    enum Verdict {
        /// It is, byte for byte, what its ceremony file, the policy and the ledger give, and its CRLs continue those at hand.
        case derived
        case refused(PlanError)
        /// There was no ledger at hand to make the plan again from.
        case unchecked
    }

    let plan: Plan
    let bytes: [UInt8]
    /// The policy that the plan obeys, if it is at hand.
    let policy: Policy?
    /// The authority as the plan found it; nil when the plan establishes it, or when it is not at hand.
    let state: AuthorityState?
    let verdict: Verdict

    var ceremony: CeremonyFile? { try? CeremonyFile(Array(plan.ceremony.utf8), file: "the plan's ceremony file") }
    var digest: Digest { Digest(of: bytes) }
    /// The change of policy that the plan makes, if it makes one and both policies are at hand.
    var change: PolicyChange? { policy.flatMap { try? plan.change(from: $0) } }

    /// - Parameters:
    ///   - path: of the plan, for messages and for finding the authority that holds it.
    ///   - authority: the directory of the authority; nil: the one that the plan lies in, if it does.
    ///   - policyPath: the policy file, where there is no authority at hand.
    init(_ bytes: [UInt8], path: String, authority: String? = nil, policyPath: String? = nil) throws {
        let plan = try PlanFile.naming(path) { try Plan(canonical: bytes) }
        self.plan = plan
        self.bytes = bytes
        var state: AuthorityState?
        var verdict = Verdict.unchecked
        if plan.head == .empty {
            verdict = try Self.judge(plan, bytes, nil)
        } else if let authority {
            let directory = try AuthorityPlace.required(authority)
            state = try AuthorityReading.state(of: directory, at: plan.head)
            verdict = try Self.judge(plan, bytes, state.map { ($0, directory) })
        } else if let found = Self.neighbour(of: path, plan) {
            state = found.state
            verdict = try Self.judge(plan, bytes, found)
        }
        self.state = state
        self.verdict = verdict
        policy = try Self.policy(plan, path, state, policyPath)
    }

    /// - Parameter copy: the authority at hand, and what it was where the plan begins.
    private static func judge(
        _ plan: Plan, _ bytes: [UInt8], _ copy: (state: AuthorityState, directory: AuthorityDirectory)?
    ) throws -> Verdict {
        do {
            if let state = copy?.state {
                guard plan.authority == state.authority else {
                    throw PlanError(
                        .planAuthority, "the plan is for the authority \(plan.authority), not for \(state.authority)")
                }
                guard plan.policy.digest == state.policy.digest else {
                    throw PlanError(.planPolicy, "the plan was made under another policy than the one in force")
                }
            }
            try Planner.requireDerived(plan, state: copy?.state)
            if let copy {
                try PlanReview.requireContinuity(plan, digest: Digest(of: bytes), before: copy.state, in: copy.directory)
            }
            return .derived
        } catch let error as PlanError {
            return .refused(error)
        }
    }

    private static func policy(
        _ plan: Plan, _ planPath: String, _ state: AuthorityState?, _ path: String?
    ) throws -> Policy? {
        if let path {
            let policy = try Policy(try DurableFile.read(path), file: path)
            guard policy.digest == plan.policy.digest else {
                throw PlanError(
                    .planPolicy, "the plan was made under another policy than \(path)",
                    advice: "Take the policy that is in force: it lies in the authority's folder policies")
            }
            return policy
        }
        if let state { return state.policy.digest == plan.policy.digest ? state.policy : nil }
        return try PlanPolicy.find(plan, beside: planPath)
    }

    /// The authority that the plan continues, if it lies around the file (`DIR/ceremonies/0001/plan.json`), beside it,
    /// or in the current folder under its usual name. One that the plan does not fit is passed over: it was not named.
    private static func neighbour(of path: String, _ plan: Plan) -> (
        state: AuthorityState, directory: AuthorityDirectory
    )? {
        var folders: [String] = []
        var folder = FilePath.directory(of: path)
        for _ in 0..<3 {
            folders += [folder, FilePath.joined(folder, "authority")]
            folder = parent(folder)
        }
        for folder in folders + ["authority"] {
            let directory = AuthorityDirectory(folder)
            guard directory.exists, let state = try? AuthorityReading.state(of: directory, at: plan.head),
                state.authority == plan.authority
            else { continue }
            return (state, directory)
        }
        return nil
    }

    private static func parent(_ folder: String) -> String {
        if folder == "." { return ".." }
        return FilePath.name(of: folder) == ".." ? "\(folder)/.." : FilePath.directory(of: folder)
    }
}
