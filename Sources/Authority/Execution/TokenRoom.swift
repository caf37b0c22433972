import Crypto
import Groundwork
import Ledger
import PKCS11
import PKIX
import SecretSharing

/// The tokens of a running ceremony, logged in.
final class TokenRoom {
    private struct Entry {
        var token: Token
        var session: Session
        /// Further sessions, for signing on several threads.
        var helpers: [Session] = []
        /// What the PINs derive from, where they are needed again in this run.
        var shares: CombinedShares?
        /// What a run that was interrupted had handed out, and the token may not know yet.
        var renewal: CombinedShares?
    }

    private let policy: Policy
    let finder: any TokenFinding
    let unlocker: any TokenUnlocking
    private var entries: [String: Entry] = [:]
    private var keyPairs: [String: KeyPair] = [:]
    /// The tokens whose last try may be spent.
    private var allowedLastTries: Set<String> = []

    /// Who holds which shares, by the token's name in the policy.
    var custodies: [String: CustodyRecord]
    /// The tokens whose shares are needed again after the login, for the PIN before every signature or for new shares.
    private let keeping: Set<String>

    init(
        policy: Policy, finder: any TokenFinding, unlocker: any TokenUnlocking, custodies: [String: CustodyRecord],
        keeping: Set<String> = []
    ) {
        self.policy = policy
        self.finder = finder
        self.unlocker = unlocker
        self.custodies = custodies
        self.keeping = keeping
    }

    deinit { close() }

    func close() {
        keyPairs = [:]
        // The session that logged in goes last: it ends the login of the others.
        for entry in entries.values {
            for helper in entry.helpers { helper.close() }
            entry.session.close()
        }
        entries = [:]
    }

    /// Finds a token and looks at it, without a login.
    ///
    /// - Throws: ``PlanError`` with a TOKEN control, or `CryptokiError` when it is not there.
    func inspect(_ name: String, knownSerial: String?) throws -> Token {
        let wanted = try tokenPolicy(name)
        let token = try finder.token(wanted)
        guard token.label == wanted.label, wanted.serial == nil || token.serial == wanted.serial else {
            throw PlanError(
                .tokenIdentity,
                "the token \(token.label) with the serial number \(token.serial) is not the policy's \(wanted.label)"
                    + (wanted.serial.map { " with the serial number \($0)" } ?? ""),
                advice: "Insert the token that the policy names")
        }
        if let knownSerial, token.serial != knownSerial {
            throw PlanError(
                .tokenIdentity, "the token \(token.label) has the serial number \(token.serial), and the ledger knows \(knownSerial)",
                advice: "Insert the token that the earlier ceremonies used")
        }
        let request = UnlockRequest(token: token.description, policy: wanted, custody: custodies[name])
        let method = unlocker.method(for: request)
        guard wanted.unlock.contains(method) else {
            let allowed = wanted.unlock.map(\.rawValue).joined(separator: ", ")
            throw PlanError(
                .tokenLogin, "the policy does not allow the token \(name) to be unlocked by \(method.rawValue)",
                advice: "It allows \(allowed)")
        }
        if method == .shares { try requireCustody(request) }
        switch token.description.userPINState {
        case .locked:
            throw PlanError(.tokenLogin, "the PIN of the token \(token.label) is locked", advice: "Its security officer must set it again")
        case .finalTry:
            guard try allowedLastTries.contains(name) || unlocker.allowsLastTry(request) else {
                throw PlanError(
                    .tokenLogin, "the token \(token.label) has one try left for its PIN", advice: "Find out who tried, and log in with another tool first")
            }
            allowedLastTries.insert(name)
            return token
        case .ok, .countLow:
            return token
        }
    }

    private func requireCustody(_ request: UnlockRequest) throws(PlanError) {
        let name = request.policy.name
        guard let custody = request.custody else {
            throw PlanError(
                .custody, "no shares of the token \(name) were handed out", advice: "Run anchorite token init \(name)")
        }
        guard custody.serial == request.token.serial else {
            throw PlanError(
                .custody,
                "the shares are of the token with the serial number \(custody.serial), and this one has \(request.token.serial)",
                advice: "Insert the token that the shares were made for")
        }
    }

    /// Logs in to a token.
    ///
    /// - Returns: what the token reported and remembers, for the ledger.
    func login(_ name: String, knownSerial: String?) throws -> Event.LoginRecord {
        let token = try inspect(name, knownSerial: knownSerial)
        let description = token.description
        let request = UnlockRequest(token: description, policy: try tokenPolicy(name), custody: custodies[name])
        let method = unlocker.method(for: request)
        let session = try token.openSession(writable: true)
        let unlocking = try unlocker.unlock(request)
        try Self.login(session, unlocking, method, request)
        return try enter(name, token, session, unlocking, method)
    }

    /// Takes a session that is logged in among the room's.
    func enter(
        _ name: String, _ token: Token, _ session: Session, _ unlocking: Unlocking, _ method: UnlockMethod
    ) throws -> Event.LoginRecord {
        let description = token.description
        entries[name] = Entry(
            token: token, session: session, shares: keeping.contains(name) ? unlocking.shares : nil)
        return Event.LoginRecord(
            token: name, label: description.label, serial: description.serial, manufacturer: description.manufacturer,
            model: description.model, firmware: description.firmwareVersion, method: method,
            memory: try tokenPolicy(name).remembersLedger ? try TokenMemory.read(session, authority: policy.authority) : nil,
            custodians: unlocking.shares?.custodians, set: unlocking.shares?.set, attestation: unlocking.attestation)
    }

    private static func login(
        _ session: Session, _ unlocking: Unlocking, _ method: UnlockMethod, _ request: UnlockRequest
    ) throws {
        if method == .preloaded { return try takePreloaded(session, request.token) }
        guard let pin = try unlocking.pin ?? request.pin(.user, unlocking.shares) else {
            return try session.login(pin: nil)
        }
        try pin.withUnsafeBytes { try session.login(pin: $0) }
    }

    /// A token that somebody activated outside takes C_Login without looking at a PIN, says that somebody is logged in,
    /// or wants no login at all.
    private static func takePreloaded(_ session: Session, _ token: TokenDescription) throws {
        guard try session.loginState() != .user else { return }
        do throws(CryptokiError) {
            try session.login(pin: nil)
        } catch {
            guard error.kind != .alreadyLoggedIn, token.loginRequired else { return }
            throw PlanError(
                .tokenLogin, "the token \(token.label) is not activated: \(sentence(error))",
                advice: "Activate it as its maker says, with its cards for example, and run again")
        }
    }

    /// A token that is to remember the ledger, and does not yet, begins to do so. This comes before the login is
    /// recorded: from then on, a token without a memory is one that forgot.
    func beginMemory(_ name: String) throws {
        let session = try session(name)
        guard try tokenPolicy(name).remembersLedger,
            try TokenMemory.read(session, authority: policy.authority) == nil
        else { return }
        try TokenMemory.write(.empty, session, authority: policy.authority)
    }

    var loggedIn: [String] { entries.keys.sorted() }

    /// The shares that unlocked a token, where they are kept.
    func shares(_ name: String) -> CombinedShares? { entries[name]?.shares }
    func renewal(_ name: String) -> CombinedShares? { entries[name]?.renewal }
    func resumeRenewal(_ name: String, _ shares: CombinedShares) { entries[name]?.renewal = shares }

    func replaceShares(_ name: String, _ shares: CombinedShares) {
        entries[name]?.shares = shares
        entries[name]?.renewal = nil
    }

    func closeHelpers(_ name: String) {
        for helper in entries[name]?.helpers ?? [] { helper.close() }
        entries[name]?.helpers = []
    }

    /// Objects that were found are void after a logout.
    func forgetKeyPairs() { keyPairs = [:] }

    /// What a signature takes with a key that asks for the PIN each time; nil for the token's own way.
    func contextPIN(_ name: String) throws -> SecretBytes? {
        guard let entry = entries[name] else { throw PlanError(.tokenLogin, "the token \(name) is not logged in") }
        let request = UnlockRequest(
            token: entry.token.description, policy: try tokenPolicy(name), custody: custodies[name])
        return try request.pin(.user, entry.shares) ?? unlocker.unlock(request).pin
    }

    func session(_ name: String) throws -> Session {
        guard let entry = entries[name] else {
            throw PlanError(.tokenLogin, "the token \(name) is not logged in")
        }
        return entry.session
    }

    /// The session that logged in, and others beside it: as many as asked for, or fewer where the token has no more.
    func sessions(_ name: String, upTo count: Int) throws -> [Session] {
        let first = try session(name)
        while let entry = entries[name], entry.helpers.count + 1 < count,
            let helper = try? entry.token.openSession(writable: false)
        {
            entries[name]?.helpers.append(helper)
        }
        return [first] + (entries[name]?.helpers.prefix(max(0, count - 1)) ?? [])
    }

    func serial(_ name: String) throws -> String {
        guard let entry = entries[name] else { throw PlanError(.tokenLogin, "the token \(name) is not logged in") }
        return entry.token.serial
    }

    func tokenPolicy(_ name: String) throws(PlanError) -> TokenPolicy {
        guard let token = policy.tokens[name] else { throw PlanError(.tokenIdentity, "the policy has no token \(name)") }
        return token
    }

    // MARK: Keys

    /// The key pair of a key of the ledger, if the token still holds exactly that one.
    func keyPair(_ record: AuthorityState.KeyRecord) throws -> KeyPair {
        if let pair = keyPairs[record.planned.name] { return pair }
        let pair = try session(record.planned.token).keyPair(label: record.planned.label, id: record.planned.id)
        guard pair.subjectPublicKeyInfo == record.publicKey?.derBytes else {
            throw PlanError(
                .keyIdentity, "the key \(record.planned.label) on the token is not the one that the ledger recorded",
                advice: "Stop: somebody replaced a key")
        }
        keyPairs[record.planned.name] = pair
        return pair
    }
}

extension UnlockRequest {
    /// The PIN that shares give.
    func pin(_ owner: SharedPIN.Owner, _ shares: CombinedShares?) throws -> SecretBytes? {
        guard let shares, let custody else { return nil }
        return try SharedPIN(of: owner, from: shares.secret, length: custody.pinLength).pin
    }
}
