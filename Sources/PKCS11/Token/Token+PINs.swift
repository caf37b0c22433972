extension Token {
    /// Logs in as security officer and sets the user's first PIN, or a new one where it is locked.
    ///
    /// - Returns: the token with its new description.
    /// - Throws: ``CryptokiError``; of kind `pinIncorrect` or `pinLocked` for the security officer's PIN, `pinInvalid`
    ///   before anything is sent, when one of the two has a length that the token does not take.
    @discardableResult
    public func initializeUserPIN(
        soPIN: UnsafeRawBufferPointer?, userPIN: UnsafeRawBufferPointer?
    ) throws(CryptokiError) -> Token {
        let check = PINCheck(description, "C_InitPIN")
        try check.check(soPIN, "security officer's PIN")
        try check.check(userPIN, "user PIN")
        return try administer { (session) throws(CryptokiError) in
            try session.loginSO(pin: soPIN)
            try session.initializeUserPIN(userPIN)
        }
    }

    /// Changes the user's PIN, which the user does.
    ///
    /// A token that wants its PIN changed first (CKF_USER_PIN_TO_BE_CHANGED) lets it be changed without a login, others
    /// want one. A wrong old PIN counts as one try in either case.
    ///
    /// - Returns: the token with its new description.
    /// - Throws: ``CryptokiError``; of kind `pinIncorrect`, `pinLocked`, `pinNotSet`, `pinInvalid`, and
    ///   `alreadyLoggedIn` while this program is logged in as security officer, whose PIN would be changed instead.
    @discardableResult
    public func setUserPIN(
        old: UnsafeRawBufferPointer?, new: UnsafeRawBufferPointer?
    ) throws(CryptokiError) -> Token {
        let check = PINCheck(description, "C_SetPIN")
        try check.check(old, "old PIN")
        try check.check(new, "new PIN")
        return try administer { (session) throws(CryptokiError) in
            switch try session.loginState() {
            case .user: break
            case .securityOfficer: throw otherUser(loggedIn: "security officer")
            case .none:
                do throws(CryptokiError) {
                    try session.login(pin: old)
                } catch where error.kind == .pinExpired {
                    // Nothing but the change itself is allowed now.
                }
            }
            try session.setPIN(old: old, new: new)
        }
    }

    /// Changes the security officer's PIN, which the security officer does.
    ///
    /// - Returns: the token with its new description.
    /// - Throws: ``CryptokiError``; of kind `pinIncorrect`, `pinLocked`, `pinInvalid`, and `alreadyLoggedIn` while this
    ///   program is logged in as the user.
    @discardableResult
    public func setSecurityOfficerPIN(
        old: UnsafeRawBufferPointer?, new: UnsafeRawBufferPointer?
    ) throws(CryptokiError) -> Token {
        let check = PINCheck(description, "C_SetPIN")
        try check.check(old, "security officer's old PIN")
        try check.check(new, "security officer's new PIN")
        return try administer { (session) throws(CryptokiError) in
            if try session.loginState() == .user { throw otherUser(loggedIn: "user") }
            try session.loginSO(pin: old)
            // C_SetPIN changes the PIN of whoever the token thinks is there, without a login the user's.
            guard try session.loginState() == .securityOfficer else {
                throw CryptokiError(
                    .deviceFailed, in: "C_Login", token: label,
                    "The token \"\(label)\" took the security officer's PIN and did not log the security officer in.")
            }
            try session.setPIN(old: old, new: new)
        }
    }

    private func administer(_ body: (Session) throws(CryptokiError) -> Void) throws(CryptokiError) -> Token {
        let session = try openSession(writable: true)
        // Logs out, too, if it was this session that logged in.
        defer { session.close() }
        try body(session)
        return Token(module: module, description: try currentDescription())
    }

    private func otherUser(loggedIn: String) -> CryptokiError {
        CryptokiError(
            .alreadyLoggedIn, in: "C_SetPIN", token: label,
            "The \(loggedIn) is logged in to the token \"\(label)\" in this program. Log out first.")
    }
}
