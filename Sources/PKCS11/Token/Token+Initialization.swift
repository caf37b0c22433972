internal import CP11Kit

extension Token {
    /// Initializes a blank token and finds it again.
    ///
    /// A token that is initialized already is refused: C_InitToken destroys every key on it.
    ///
    /// - Parameters:
    ///   - blank: one of ``Module/uninitializedTokens()``.
    ///   - label: at most 32 bytes of UTF-8.
    ///   - soPIN: the security officer's PIN; nil has it entered at the device.
    /// - Throws: ``CryptokiError``; of kind `exists` when the token is not blank.
    public static func initialize(
        _ blank: TokenDescription, module: Module, label: String, soPIN: UnsafeRawBufferPointer?
    ) throws(CryptokiError) -> Token {
        let text = Array(label.utf8)
        guard (1...32).contains(text.count) else {
            throw CryptokiError(
                .invalidInput, in: "C_InitToken", token: label,
                "The label \"\(label)\" has \(text.count) bytes; a token's label has 1 to 32.")
        }
        return try SlotAccess.exclusively { () throws(CryptokiError) in
            try initialize(
                blank, module: module, label: label, padded: text + [UInt8](repeating: 0x20, count: 32 - text.count),
                soPIN: soPIN)
        }
    }

    private static func initialize(
        _ blank: TokenDescription, module: Module, label: String, padded text: [UInt8], soPIN: UnsafeRawBufferPointer?
    ) throws(CryptokiError) -> Token {
        let before = try module.tokens()
        guard let target = before.first(where: { $0.slot == blank.slot && $0.identity == blank.identity }) else {
            throw CryptokiError(.tokenAbsent, in: "C_InitToken", token: label, "The blank token is no longer there.")
        }
        guard !target.tokenInitialized else {
            throw CryptokiError(
                .exists, in: "C_InitToken", token: target.label,
                "The token \"\(target.label)\" is initialized already, and doing it again would destroy its keys.")
        }
        var padded = text
        try PINArgument.with(soPIN) { pin, length in
            padded.withUnsafeMutableBufferPointer { label in
                module.cryptoki.answer { $0.pointee.C_InitToken?(target.slot, pin, length, label.baseAddress) }
            }
        }.check("C_InitToken", token: label)
        // Modules renumber slots here, and some tokens get their serial only now.
        let known = Set(before.filter { $0.slot != target.slot }.map(\.identity))
        let fresh = try module.tokens().filter {
            $0.label == label && !known.contains($0.identity) && (target.serial.isEmpty || $0.serial == target.serial)
        }
        guard let found = fresh.first, fresh.count == 1 else {
            throw CryptokiError(
                fresh.isEmpty ? .tokenAbsent : .ambiguous, in: "C_InitToken", token: label,
                "The token \"\(label)\" was initialized, but \(fresh.count) tokens could be it now.")
        }
        return Token(module: module, description: found)
    }

    /// Logs in as security officer and sets the user's first PIN, or a new one where it is locked.
    ///
    /// - Returns: the token with its new description.
    @discardableResult
    public func initializeUserPIN(
        soPIN: UnsafeRawBufferPointer?, userPIN: UnsafeRawBufferPointer?
    ) throws(CryptokiError) -> Token {
        let session = try openSession(writable: true)
        defer { session.close() }
        try session.loginSO(pin: soPIN)
        try session.initializeUserPIN(userPIN)
        try session.logout()
        return Token(module: module, description: try currentDescription())
    }
}
