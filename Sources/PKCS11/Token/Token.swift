internal import CP11Kit

/// A token, known by what it calls itself and never by its slot's number.
public final class Token: Sendable {
    public let module: Module
    /// The token as it was when it was found. ``currentDescription()`` asks again.
    public let description: TokenDescription

    public var label: String { description.label }
    public var serial: String { description.serial }

    let logins: LoginEpoch

    init(module: Module, description: TokenDescription) {
        self.module = module
        self.description = description
        logins = LoginEpoch.of(description.identity)
    }

    /// Asks the token anew, for the state of its PINs among other things. Spends no try.
    public func currentDescription() throws(CryptokiError) -> TokenDescription {
        try inSlot { (slot) throws(CryptokiError) in
            var info = CK_TOKEN_INFO()
            try module.cryptoki.call("C_GetTokenInfo", token: label) { $0.pointee.C_GetTokenInfo?(slot, &info) }
            return TokenDescription(info, slot: slot)
        }
    }

    /// Opens a session: read-only, or read and write.
    ///
    /// Logins belong to the program and the token, not to the session: a second session on a token where the program is
    /// logged in already is logged in too.
    public func openSession(writable: Bool = false) throws(CryptokiError) -> Session {
        try SlotAccess.exclusively { () throws(CryptokiError) in
            let handle = try openHandle(writable: writable)
            let session = Session(token: self, handle: handle, isWritable: writable)
            guard module.register(session) else {
                session.close()
                try module.checkOpen("C_OpenSession")
                return session
            }
            return session
        }
    }

    func openHandle(writable: Bool) throws(CryptokiError) -> CK_SESSION_HANDLE {
        try inSlot { (slot) throws(CryptokiError) in
            let flags = CK_FLAGS(CKF_SERIAL_SESSION) | (writable ? CK_FLAGS(CKF_RW_SESSION) : 0)
            var handle: CK_SESSION_HANDLE = 0
            try module.cryptoki.call("C_OpenSession", token: label) {
                $0.pointee.C_OpenSession?(slot, flags, nil, nil, &handle)
            }
            return handle
        }
    }

    /// Does something with the slot in which the token is now.
    func inSlot<Result>(
        _ body: (CK_SLOT_ID) throws(CryptokiError) -> Result
    ) throws(CryptokiError) -> Result {
        try SlotAccess.exclusively { () throws(CryptokiError) in
            try module.checkOpen("C_GetTokenInfo")
            return try body(module.slot(of: description))
        }
    }
}
