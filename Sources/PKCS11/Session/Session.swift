internal import CP11Kit

/// A session with a token.
///
/// A session does one thing at a time; a lock inside sees to that, so it may be handed between threads. Threads that
/// shall work side by side open a session each.
///
/// The session that logged in logs out when it closes, and that ends the login of the program's other sessions on the
/// same token as well. Closing, or the last reference going away, always logs out and closes.
public final class Session: @unchecked Sendable {
    public let token: Token
    public let isWritable: Bool

    var handle: CK_SESSION_HANDLE
    /// What is known of keys in this login; see ``LoginEpoch``.
    var keyHandles: [KeyReference: PrivateKeyHandle] = [:]
    var keyHandlesEpoch = 0

    private var isClosed = false
    private var loggedIn = false
    private let lock = RecursiveLock()

    var cryptoki: Cryptoki { token.module.cryptoki }
    var label: String { token.label }

    init(token: Token, handle: CK_SESSION_HANDLE, isWritable: Bool) {
        self.token = token
        self.handle = handle
        self.isWritable = isWritable
    }

    deinit {
        endLocked()
        token.module.unregister(ObjectIdentifier(self))
    }

    /// Logs out, where this session logged in, and closes the session. Closing twice does nothing.
    public func close() {
        lock.lock()
        endLocked()
        lock.unlock()
        token.module.unregister(ObjectIdentifier(self))
    }

    func closeIfIdle() {
        guard lock.tryLock() else { return }
        endLocked()
        lock.unlock()
        token.module.unregister(ObjectIdentifier(self))
    }

    private func endLocked() {
        guard !isClosed else { return }
        isClosed = true
        if loggedIn { endLogin() }
        _ = cryptoki.answer { $0.pointee.C_CloseSession?(handle) }
    }

    @discardableResult
    private func endLogin() -> CK_RV {
        loggedIn = false
        token.logins.end()
        return cryptoki.answer { $0.pointee.C_Logout?(handle) }
    }

    /// Does something with the session open and no other thread in it.
    @inline(__always)
    func exclusively<Result>(
        _ function: String, _ body: () throws(CryptokiError) -> Result
    ) throws(CryptokiError) -> Result {
        lock.lock()
        defer { lock.unlock() }
        guard !isClosed else {
            throw CryptokiError(
                .closed, in: function, token: label, "The session on the token \"\(label)\" was closed.")
        }
        return try body()
    }

    /// Calls one function of the module, and throws what is not CKR_OK.
    @inline(__always)
    func call(
        _ function: String, _ body: (UnsafeMutablePointer<CK_FUNCTION_LIST>) -> CK_RV?
    ) throws(CryptokiError) {
        try cryptoki.call(function, token: label, body)
    }

    /// Replaces the session by a new one, which ends an operation that was begun and cannot be finished.
    ///
    /// The new one is opened before the old one is closed, since a token logs out with its last session.
    func renew() throws(CryptokiError) {
        let fresh = try token.openHandle(writable: isWritable)
        let old = handle
        handle = fresh
        keyHandles.removeAll()
        _ = cryptoki.answer { $0.pointee.C_CloseSession?(old) }
    }
}

extension Session {
    /// Who is logged in, as the token sees it.
    public enum LoginState: String, Hashable, Sendable {
        case none, user, securityOfficer = "security-officer"
    }

    /// Logs in as the normal user.
    ///
    /// - Parameter pin: the PIN's bytes, used in place and not copied; nil takes the protected authentication path, and
    ///   the call then waits until the PIN or the cards were presented at the device.
    /// - Throws: ``CryptokiError``; of kind `pinIncorrect`, `pinLocked`, `pinInvalid`, `pinExpired`, `pinNotSet`,
    ///   `alreadyLoggedIn`, `unsupported` for a nil PIN on a token without such a path.
    public func login(pin: UnsafeRawBufferPointer?) throws(CryptokiError) {
        try login(CKU_USER, pin: pin)
    }

    /// Logs in as the token's security officer. Wants a writable session and no read-only one beside it.
    public func loginSO(pin: UnsafeRawBufferPointer?) throws(CryptokiError) {
        try login(CKU_SO, pin: pin)
    }

    private func login(_ user: CK_USER_TYPE, pin: UnsafeRawBufferPointer?) throws(CryptokiError) {
        try exclusively("C_Login") { () throws(CryptokiError) in
            let code = PINArgument.with(pin) { pin, length in
                cryptoki.answer { $0.pointee.C_Login?(handle, user, pin, length) }
            }
            guard code == CKR_OK else { throw loginError(code, user: user, usedProtectedPath: pin == nil) }
            loggedIn = true
        }
    }

    private func loginError(_ code: CK_RV, user: CK_USER_TYPE, usedProtectedPath: Bool) -> CryptokiError {
        // The flags tell how near the lock is, and cost no try.
        let now = try? token.currentDescription()
        if usedProtectedPath, let now, !now.hasProtectedAuthenticationPath {
            return CryptokiError(
                code, from: "C_Login", token: label, kind: .unsupported,
                meaning: "The token has no keypad or card reader of its own to enter a PIN at. Give the PIN here.")
        }
        guard code == CKR_PIN_INCORRECT, let now else { return CryptokiError(code, from: "C_Login", token: label) }
        return .wrongPIN("C_Login", token: label, user == CKU_SO ? now.soPINState : now.userPINState)
    }

    /// Logs out. Private objects that were found are void after this, in all of the program's sessions on the token.
    public func logout() throws(CryptokiError) {
        try exclusively("C_Logout") { () throws(CryptokiError) in
            let code = endLogin()
            guard code == CKR_OK else { throw CryptokiError(code, from: "C_Logout", token: label) }
        }
    }

    /// Who is logged in, asked of the token.
    public func loginState() throws(CryptokiError) -> LoginState {
        try exclusively("C_GetSessionInfo") { () throws(CryptokiError) in
            var info = CK_SESSION_INFO()
            try call("C_GetSessionInfo") { $0.pointee.C_GetSessionInfo?(handle, &info) }
            switch info.state {
            case CKS_RO_USER_FUNCTIONS, CKS_RW_USER_FUNCTIONS: return .user
            case CKS_RW_SO_FUNCTIONS: return .securityOfficer
            default: return .none
            }
        }
    }

    /// Sets the user's PIN. Wants the security officer logged in.
    public func initializeUserPIN(_ pin: UnsafeRawBufferPointer?) throws(CryptokiError) {
        try exclusively("C_InitPIN") { () throws(CryptokiError) in
            try PINArgument.with(pin) { pin, length in
                cryptoki.answer { $0.pointee.C_InitPIN?(handle, pin, length) }
            }.check("C_InitPIN", token: label)
        }
    }

    /// Changes the PIN of who is logged in, or of the user when nobody is. A wrong old PIN counts as a try.
    public func setPIN(old: UnsafeRawBufferPointer?, new: UnsafeRawBufferPointer?) throws(CryptokiError) {
        try exclusively("C_SetPIN") { () throws(CryptokiError) in
            let code = PINArgument.with(old) { old, oldLength in
                PINArgument.with(new) { new, newLength in
                    cryptoki.answer { $0.pointee.C_SetPIN?(handle, old, oldLength, new, newLength) }
                }
            }
            guard code != CKR_PIN_INCORRECT else {
                let now = try? token.currentDescription()
                let isOfficer = try loginState() == .securityOfficer
                throw .wrongPIN(
                    "C_SetPIN", token: label, (isOfficer ? now?.soPINState : now?.userPINState) ?? .ok)
            }
            try code.check("C_SetPIN", token: label)
        }
    }

    /// Random bytes from the token's generator.
    public func random(_ count: Int) throws(CryptokiError) -> [UInt8] {
        guard count > 0 else { return [] }
        return try exclusively("C_GenerateRandom") { () throws(CryptokiError) in
            var bytes = [UInt8](repeating: 0, count: count)
            try bytes.withUnsafeMutableBufferPointer { buffer in
                cryptoki.answer { $0.pointee.C_GenerateRandom?(handle, buffer.baseAddress, CK_ULONG(count)) }
            }.check("C_GenerateRandom", token: label)
            return bytes
        }
    }
}
