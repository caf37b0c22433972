import Groundwork
import PKCS11
import SecretSharing

extension TokenRoom {
    /// How a token will be unlocked.
    func method(_ name: String) throws -> UnlockMethod {
        let wanted = try tokenPolicy(name)
        return unlocker.method(for: UnlockRequest(
            token: try finder.token(wanted).description, policy: wanted, custody: custodies[name]))
    }

    /// How long the PINs are that the token gets.
    func sharedPINLength(_ name: String) throws -> Int {
        try SharedPIN.length(for: try session(name).token.description.pinLengthRange)
    }

    /// Logs in with shares that were brought before.
    ///
    /// - Returns: nil when they do not give the token's PIN.
    func login(
        _ name: String, knownSerial: String?, with shares: CombinedShares, under record: CustodyRecord
    ) throws -> Event.LoginRecord? {
        let token = try inspect(name, knownSerial: knownSerial)
        let session = try token.openSession(writable: true)
        let pin = try SharedPIN(of: .user, from: shares.secret, length: record.pinLength).pin
        do {
            try pin.withUnsafeBytes { try session.login(pin: $0) }
        } catch let error as CryptokiError where error.kind == .pinIncorrect {
            session.close()
            return nil
        }
        custodies[name] = record
        return try enter(name, token, session, Unlocking(shares: shares), .shares)
    }

    /// The security officer's PIN is the one that the shares give, too. The user is logged in again afterwards.
    func requireOfficer(_ name: String) throws {
        let (session, shares, record) = try renewable(name)
        try asOfficer(name, session, shares, record) { token, officer, _ in
            let session = try token.openSession(writable: true)
            defer { session.close() }
            do {
                try session.loginSO(pin: officer)
            } catch let error as CryptokiError where error.kind == .pinIncorrect {
                throw PlanError(
                    .custody, "an interrupted run changed the security officer's PIN of the token \(name) already",
                    advice: "Run again with the new shares that it handed out")
            }
        }
    }

    /// Gives the token the PINs of another secret: the security officer first, so that a new user PIN says that both are
    /// new.
    func changePINs(_ name: String, to new: CombinedShares, under record: CustodyRecord) throws {
        let (session, shares, before) = try renewable(name)
        let isResumed = renewal(name) != nil
        let (officer, user) = try (
            SharedPIN(of: .securityOfficer, from: new.secret, length: record.pinLength).pin,
            SharedPIN(of: .user, from: new.secret, length: record.pinLength).pin
        )
        try asOfficer(name, session, shares, before) { token, old, _ in
            try officer.withUnsafeBytes { officer in
                do {
                    try token.setSecurityOfficerPIN(old: old, new: officer)
                } catch let error as CryptokiError where error.kind == .pinIncorrect && isResumed {
                    // The interrupted run may have come this far.
                    let session = try token.openSession(writable: true)
                    defer { session.close() }
                    try session.loginSO(pin: officer)
                }
            }
        }
        let old = try SharedPIN(of: .user, from: shares.secret, length: before.pinLength).pin
        try old.withUnsafeBytes { old in
            try user.withUnsafeBytes { user in try session.setPIN(old: old, new: user) }
        }
        custodies[name] = record
        replaceShares(name, new)
    }

    /// Logs in as security officer and as user with what custodians wrote down. The user stays logged in.
    func tryShares(_ name: String, _ shares: CombinedShares, under record: CustodyRecord) throws {
        try asOfficer(name, try session(name), shares, record) { token, officer, _ in
            let session = try token.openSession(writable: true)
            defer { session.close() }
            try session.loginSO(pin: officer)
        }
    }

    private func renewable(_ name: String) throws -> (Session, CombinedShares, CustodyRecord) {
        guard let shares = shares(name), let record = custodies[name] else {
            throw PlanError(.custody, "the token \(name) was not unlocked by its shares")
        }
        return (try session(name), shares, record)
    }

    /// Logs the user out, does something with the officer's PIN, and logs the user in again.
    private func asOfficer(
        _ name: String, _ session: Session, _ shares: CombinedShares, _ record: CustodyRecord,
        _ body: (Token, UnsafeRawBufferPointer, CustodyRecord) throws -> Void
    ) throws {
        let token = session.token
        switch try token.currentDescription().soPINState {
        case .finalTry, .locked:
            throw PlanError(
                .tokenLogin, "the security officer's PIN of the token \(name) is locked, or has one try left",
                advice: "Find out who tried")
        case .ok, .countLow: break
        }
        let officer = try SharedPIN(of: .securityOfficer, from: shares.secret, length: record.pinLength).pin
        let user = try SharedPIN(of: .user, from: shares.secret, length: record.pinLength).pin
        closeHelpers(name)
        try session.logout()
        defer { forgetKeyPairs() }
        try officer.withUnsafeBytes { try body(token, $0, record) }
        try user.withUnsafeBytes { try session.login(pin: $0) }
    }
}
