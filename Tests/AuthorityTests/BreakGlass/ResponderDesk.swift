import Authority
import Groundwork
import PKCS11
import SecretSharing
import Testing

/// Responders who get shares of packages, and bring what a test says.
final class ResponderDesk: CustodyDesk {
    struct Closed: Error {}

    /// The shares of each package, and of the token, by person.
    private(set) var papers: [String: [String: [Share]]] = [:]
    private(set) var refused: [CustodyError] = []
    private(set) var handedOut = 0
    private var queue: [Share] = []
    /// Hands out so many shares and then leaves.
    var handsOutAtMost = Int.max

    func share(of package: String, _ person: String, _ number: Int = 0) throws -> Share {
        try #require(papers["package \(package)"]?[person]?.dropFirst(number).first)
    }

    func bring(_ shares: [Share]) { queue += shares }
    func forget() { queue = [] }

    func share(for gathering: ShareGathering, mayDecline: Bool) throws -> Share? {
        guard !queue.isEmpty else { throw Closed() }
        return queue.removeFirst()
    }

    func refuse(_ problem: CustodyError) { refused.append(problem) }
    func take(from custodian: String, _ gathering: ShareGathering) {}
    func holder(among custodians: [String]) throws -> String { custodians[custodians.count - 1] }

    func handOut(_ handout: SharedSecret.Handout, token: String, number: Int, of count: Int) throws {
        guard handedOut < handsOutAtMost else { throw Closed() }
        if number == 1 { papers[token] = [:] }
        handedOut += 1
        papers[token, default: [:]][handout.custodian, default: []].append(handout.share)
    }
}

/// The PIN as in a rehearsal, and responders at a desk.
final class DeskUnlocker: TokenUnlocking {
    private let other: any TokenUnlocking
    let desk: (any CustodyDesk)?

    init(_ other: any TokenUnlocking, _ desk: (any CustodyDesk)?) {
        self.other = other
        self.desk = desk
    }

    func method(for token: TokenDescription) -> UnlockMethod { other.method(for: token) }
    func pin(for token: TokenDescription) throws -> SecretBytes? { try other.pin(for: token) }
}

/// An authority with packages for its two products: `p1` alone, `p2` alone, and both.
final class BreakGlassWorkshop {
    let workshop: Workshop
    let desk = ResponderDesk()

    /// Two officers of two, and one witness of two.
    static let policy = TestPolicy.text
        .replacing("quorums:\n", with: "quorums:\n  prepare-break-glass: {officer: 1 of 2}\n")
        .replacing(
            "ledger:\n",
            with: "break-glass:\n  responders: {officer: 2 of 2, witness: 1 of 2}\n  valid: 60d\n  combinations: 2\nledger:\n")
        .replacing("maximum-crl-entries: 2", with: "maximum-crl-entries: 9")
        .replacing("bundle:\n  store-id", with: "bundle:\n  expires: 365d\n  store-id")

    static let prepare = "  - operation: prepare-break-glass\n    root: G1\n"
    static let first = Operations.root + Operations.product("p1") + Operations.product("p2") + Operations.bundle

    init(_ policy: String = BreakGlassWorkshop.policy) throws {
        workshop = try Workshop(policy)
        for name in ["p1", "p2", "p3"] { workshop.inputs["\(name).csr"] = try TestRequest.make() }
    }

    /// Root, products, bundle and packages in one ceremony.
    static func prepared() throws -> BreakGlassWorkshop {
        let room = try BreakGlassWorkshop()
        try room.hold(first + prepare)
        return room
    }

    var directory: AuthorityDirectory { workshop.directory }

    func run(_ plan: Plan, observer: (any CeremonyObserver)? = nil) throws {
        try workshop.run(plan, unlocker: DeskUnlocker(workshop.rehearsal.unlocker, desk), observer: observer)
    }

    @discardableResult
    func hold(_ operations: String) throws -> Plan {
        let plan = try workshop.plan(operations)
        try run(plan)
        return plan
    }

    /// Officers are ana and bo; the witnesses bo and cy hold copies of one share.
    func enough(of package: String) throws -> [Share] {
        [try desk.share(of: package, "cy"), try desk.share(of: package, "bo"), try desk.share(of: package, "ana")]
    }

    @discardableResult
    func open(_ package: String, _ shares: [Share]? = nil, at time: Timestamp? = nil) throws -> BreakGlassOpener.Outcome {
        desk.forget()
        desk.bring(try shares ?? enough(of: package))
        return try BreakGlassOpener(directory, package: package, at: try time ?? now()).run(desk)
    }

    /// Ceremonies of tests follow one another within seconds, and are planned a little ahead.
    func now() throws -> Timestamp {
        let last = try #require(try workshop.state()?.packages.map(\.planned.list.thisUpdate).max())
        return max(.now(), last.adding(seconds: 1) ?? last)
    }

    func state() throws -> AuthorityState { try #require(try workshop.state()) }
    func pending() throws -> PendingOpenings { try directory.pendingOpenings(try state()) }
}
