import Authority
import Groundwork
import PKCS11
@testable import Rehearsal
import RehearsalToken
import SecretSharing
import Testing

/// Custodians who do what a test says.
final class ScriptedDesk: InitializationDesk {
    struct Closed: Error {}

    /// The shares that each person got last, in the order of the roles.
    private(set) var papers: [String: [Share]] = [:]
    /// What was refused, in order.
    private(set) var refused: [CustodyError] = []
    private(set) var handedOut = 0
    private(set) var notices: [String] = []
    /// Shares as they come; nil says that nobody has any.
    private var queue: [Share?] = []
    /// Who brings a copy: the last of those who hold one, or whoever is named here.
    var holder: String?
    var officerPIN: SecretBytes?
    var destroys = true
    /// Hands out so many shares and then leaves.
    var handsOutAtMost = Int.max
    var goesOn = true
    /// Done once all shares are out.
    var afterConfirmation: ((ScriptedDesk) throws -> Void)?

    func bring(_ persons: String...) {
        for person in persons { queue += (papers[person] ?? []).map { $0 } }
    }

    func bring(_ shares: [Share]) { queue += shares.map { $0 } }
    func bringNone() { queue.append(nil) }
    func share(of person: String, _ number: Int = 0) throws -> Share { try #require(papers[person]?.dropFirst(number).first) }

    func share(for gathering: ShareGathering, mayDecline: Bool) throws -> Share? {
        guard !queue.isEmpty else { throw Closed() }
        let next = queue.removeFirst()
        guard next != nil || mayDecline else { throw Closed() }
        return next
    }

    func refuse(_ problem: CustodyError) { refused.append(problem) }
    func take(from custodian: String, _ gathering: ShareGathering) { notices.append("took from \(custodian)") }
    func holder(among custodians: [String]) throws -> String { holder ?? custodians[custodians.count - 1] }

    func handOut(_ handout: SharedSecret.Handout, token: String, number: Int, of count: Int) throws {
        guard handedOut < handsOutAtMost else { throw Closed() }
        if number == 1 { papers = [:] }
        handedOut += 1
        papers[handout.custodian, default: []].append(handout.share)
        if number == count { try afterConfirmation?(self) }
    }

    func confirmDestruction(of token: TokenDescription) throws { if !destroys { throw Closed() } }
    func officerPIN(of token: TokenDescription) throws -> SecretBytes { try #require(officerPIN) }
    func goesOn(with unfinished: UnfinishedCustody) throws -> Bool { goesOn }
    func rehearsesAgain(after count: Int) throws -> Bool { !queue.isEmpty }
    func note(_ notice: InitializationNotice) { notices.append("\(notice)") }
}

/// Unlocks by the shares that come to a desk.
final class ShareUnlocker: TokenUnlocking {
    let scripted: ScriptedDesk
    init(_ desk: ScriptedDesk) { scripted = desk }

    var desk: (any CustodyDesk)? { scripted }
    func method(for token: TokenDescription) -> UnlockMethod { .shares }
    func pin(for token: TokenDescription) throws -> SecretBytes? { throw ScriptedDesk.Closed() }
    func unlock(_ request: UnlockRequest) throws -> Unlocking {
        Unlocking(shares: try scripted.gather(try #require(request.custody)))
    }
}

/// A workshop whose vault has PINs that nobody knows.
final class CustodyWorkshop: TokenFinding {
    let workshop: Workshop
    let desk = ScriptedDesk()
    let module: Module

    /// Officers are ana and bo, witnesses bo and cy.
    static let policy = TestPolicy.text.replacing(
        "    unlock: [file-descriptor]\n    remembers-ledger: yes\n",
        with: "    unlock: [shares, file-descriptor]\n    custody: {officer: 2 of 2, witness: 1 of 2}\n    remembers-ledger: no\n"
    ).replacing("quorums:\n", with: "quorums:\n  reshare-custody: {officer: 2 of 2}\n")

    init(_ policy: String = CustodyWorkshop.policy, initializes: Bool = true) throws {
        workshop = try Workshop(policy)
        module = try SoftHSMFolder.processWide().module
        guard initializes else { return }
        try initialize()
    }

    var directory: AuthorityDirectory { workshop.directory }
    var label: String { workshop.policy.tokens["vault"]?.label ?? "" }

    func token(_ policy: TokenPolicy) throws -> Token { try module.token(label: label) }

    func initializer() throws -> TokenInitializer {
        let vault = try #require(workshop.rehearsal.vaults["vault"])
        desk.officerPIN = try vault.soPIN.withUnsafeBytes { try SecretBytes(copying: $0) }
        return try TokenInitializer(
            directory: directory, policy: workshop.policy, token: "vault", module: { module },
            destroying: vault.token.serial, desk: desk)
    }

    /// Ana and bo as officers and cy as witness rehearse.
    func initialize() throws {
        let initializer = try initializer()
        desk.afterConfirmation = { desk in
            desk.bring([try desk.share(of: "ana"), try desk.share(of: "cy"), try desk.share(of: "bo")])
        }
        try initializer.run()
        desk.afterConfirmation = nil
    }

    /// Ana and bo as officers, cy as witness.
    func bringEnough() throws {
        desk.bring([try desk.share(of: "cy"), try desk.share(of: "bo"), try desk.share(of: "ana")])
    }

    func run(_ plan: Plan, shouldStop: @escaping () -> Bool = { false }) throws {
        try workshop.run(plan, finder: self, unlocker: ShareUnlocker(desk), shouldStop: shouldStop)
    }

    @discardableResult
    func hold(_ operations: String) throws -> Plan {
        let plan = try workshop.plan(operations)
        try bringEnough()
        try run(plan)
        return plan
    }

    /// The PIN that shares give.
    func pin(_ owner: SharedPIN.Owner, _ shares: [Share]) throws -> SecretBytes {
        var set = ShareSet()
        for share in shares { try set.add(share) }
        return try SharedPIN(of: owner, from: try set.combine(), length: 32).pin
    }

    /// Whether shares still unlock the vault.
    func unlocks(_ shares: [Share]) throws -> Bool {
        let session = try module.token(label: label).openSession()
        defer { session.close() }
        do {
            try pin(.user, shares).withUnsafeBytes { try session.login(pin: $0) }
            return true
        } catch let error as CryptokiError where error.kind == .pinIncorrect {
            return false
        }
    }
}
