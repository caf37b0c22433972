import Groundwork
import PKIX
import TrustBundle

/// A ceremony that was opened and is not closed yet.
public struct CeremonyProgress: Sendable {
    public let plan: Plan
    /// The plan file.
    let planBytes: [UInt8]
    public let planDigest: Digest
    public let title: String
    /// The operator who asked for the ceremony.
    let requester: String?
    public let opened: Timestamp
    let steps: [(id: StepID, step: PlannedStep)]
    /// In the order of `steps`.
    var statuses: [StepStatus]
    let positions: [StepID: Int]
    /// The open intents, by index in the ledger: the position of their step.
    var intents: [Int64: Int] = [:]
    /// The steps before this position all have an intent or are done.
    var frontier = 0
    /// The packages that were opened since the ceremony before, as far as they are recorded.
    var openings: Set<String> = []
    /// The first step was begun, so the quorum was there.
    var isBegun = false
    /// Who approved under the policy in force at the opening.
    var approvals: [Approver] = []
    /// The change of policy that the plan makes, if it makes one, and every approval as the new policy judges it.
    let change: PolicyChange?
    var newApprovals: [Approver] = []
    var approvalPaths: Set<String> = []
    var signatures: Int64 = 0

    /// Who was in the room at the opening.
    public let participants: [Participant]
    /// The operators who are on record as present, by their ids; see ``AuthorityState/CeremonyRecord/present``.
    public internal(set) var present: Set<String>
    /// Who refused to approve, this plan or one before it.
    public internal(set) var rejections: [Event.RejectionRecord] = []
    /// Who signed the last ceremony's checkpoint, and who must have before the first step.
    public internal(set) var witnesses: [Approver] = []
    let closing: QuorumRule?
    /// The files of rejections and of signatures over the last checkpoint.
    var roomPaths: Set<String> = []
    /// Who suspended the ceremony and why, while it is.
    public internal(set) var suspension: Event.Pause?

    /// - Parameter closing: who must have signed the last checkpoint; nil where nobody must.
    init(
        plan: Plan, bytes: [UInt8], digest: Digest, change: PolicyChange?, opened: Timestamp,
        participants: [Participant], closing: QuorumRule?
    ) {
        self.change = change
        self.participants = participants
        present = Set(participants.compactMap(\.operator))
        self.closing = closing
        self.plan = plan
        planBytes = bytes
        planDigest = digest
        (title, requester) = plan.wish
        self.opened = opened
        steps = plan.steps
        statuses = Array(repeating: StepStatus(), count: steps.count)
        positions = Dictionary(uniqueKeysWithValues: steps.enumerated().map { ($0.element.id, $0.offset) })
    }

    /// The files that the remaining steps write, as far as their paths are known.
    ///
    /// - Parameter state: the authority as the ledger leaves it.
    func plannedPaths(_ state: AuthorityState) -> [String] {
        steps.flatMap { _, step -> [String] in
            switch step {
            case .certificate(let planned): [planned.path, AuthorityPaths.pem(beside: planned.path)]
            case .certificateList(let planned): [planned.path]
            case .bundle(let planned):
                (try? BundleAssembly(planned, state: state))?.paths ?? planned.usualPaths
            case .custody(let planned): [planned.path]
            case .breakGlass(let planned): [planned.path]
            case .policy(let planned): [planned.path]
            case .rootUpdate(let planned): [planned.path]
            case .generateKey, .revocation, .bundleSignature, .judgeKey, .destroyKey: []
            }
        }
    }

    /// Whether the file may be an approval or a rejection that is to be recorded before the first step.
    func mayRecordApproval(_ path: String) -> Bool {
        !isBegun && AuthorityPaths.isPapers(path, of: plan.number)
    }

    func position(_ id: StepID) throws(PlanError) -> Int {
        guard let position = positions[id] else { throw PlanError(.signaturePlanned, "the plan has no \(id)") }
        return position
    }

    func isDone(_ id: StepID) -> Bool { positions[id].map { statuses[$0].isDone } ?? false }

    /// A key may have been generated for the step, and not recorded.
    func isInterruptedGeneration(_ id: StepID) -> Bool {
        positions[id].map { statuses[$0].openObject == "generate-key" } ?? false
    }

    /// The key may be gone already, wholly or in part, without a record of it.
    func isInterruptedDestruction(_ id: StepID) -> Bool {
        positions[id].map { statuses[$0].openObject == "destroy-key" } ?? false
    }

    /// The first step that is not done, or nil when all are.
    public var nextStep: StepID? { statuses.firstIndex { !$0.isDone }.map { steps[$0].id } }

    /// How many steps are done, of how many.
    public var done: (count: Int, of: Int) { (statuses.count { $0.isDone }, statuses.count) }

    /// The intents whose signatures are not in the ledger.
    public var unansweredIntents: [Int64] { intents.keys.sorted() }
}
