import Crypto
import Groundwork
import Ledger
import PKCS11
import PKIX

/// The tokens of a running ceremony, logged in.
final class TokenRoom {
    private struct Entry {
        var token: Token
        var session: Session
        /// Further sessions, for signing on several threads.
        var helpers: [Session] = []
    }

    private let policy: Policy
    private let finder: any TokenFinding
    let unlocker: any TokenUnlocking
    private var entries: [String: Entry] = [:]
    private var keyPairs: [String: KeyPair] = [:]

    init(policy: Policy, finder: any TokenFinding, unlocker: any TokenUnlocking) {
        self.policy = policy
        self.finder = finder
        self.unlocker = unlocker
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
        let method = unlocker.method(for: token.description)
        guard wanted.unlock.contains(method) else {
            let allowed = wanted.unlock.map(\.rawValue).joined(separator: ", ")
            throw PlanError(
                .tokenLogin, "the policy does not allow the token \(name) to be unlocked by \(method.rawValue)",
                advice: "It allows \(allowed)")
        }
        switch token.description.userPINState {
        case .locked:
            throw PlanError(.tokenLogin, "the PIN of the token \(token.label) is locked", advice: "Its security officer must set it again")
        case .finalTry:
            throw PlanError(
                .tokenLogin, "the token \(token.label) has one try left for its PIN", advice: "Find out who tried, and log in with another tool first")
        case .ok, .countLow:
            return token
        }
    }

    /// Logs in to a token.
    ///
    /// - Returns: what the token reported and remembers, for the ledger.
    func login(_ name: String, knownSerial: String?) throws -> Event.LoginRecord {
        let token = try inspect(name, knownSerial: knownSerial)
        let session = try token.openSession(writable: true)
        let description = token.description
        if let pin = try unlocker.pin(for: description) {
            try pin.withUnsafeBytes { try session.login(pin: $0) }
        } else {
            try session.login(pin: nil)
        }
        entries[name] = Entry(token: token, session: session)
        return Event.LoginRecord(
            token: name, label: description.label, serial: description.serial, manufacturer: description.manufacturer,
            model: description.model, firmware: description.firmwareVersion, method: unlocker.method(for: description),
            memory: try tokenPolicy(name).remembersLedger ? try TokenMemory.read(session, authority: policy.authority) : nil)
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

    private func tokenPolicy(_ name: String) throws(PlanError) -> TokenPolicy {
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
