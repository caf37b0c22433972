internal import CP11Kit

extension Token {
    /// Initializes a blank token and finds it again.
    ///
    /// A token that is initialized already is refused: C_InitToken destroys every key on it. To do that, see
    /// ``initializeAgain(serial:label:soPIN:)``.
    ///
    /// - Parameters:
    ///   - blank: one of ``Module/uninitializedTokens()``, or ``Module/uninitializedToken(serial:slotDescription:)``.
    ///   - label: at most 32 bytes of UTF-8.
    ///   - soPIN: the security officer's PIN from now on; nil has it entered at the device.
    /// - Throws: ``CryptokiError``; of kind `exists` when the token is not blank, `pinInvalid` for a PIN of a length
    ///   that the token does not take, `unsupported` for a nil PIN on a token that has no keypad.
    public static func initialize(
        _ blank: TokenDescription, module: Module, label: String, soPIN: UnsafeRawBufferPointer?
    ) throws(CryptokiError) -> Token {
        let initialization = try TokenInitialization(module: module, label: label)
        return try SlotAccess.exclusively { () throws(CryptokiError) in
            let before = try module.tokens()
            guard let target = before.first(where: { $0.slot == blank.slot && $0.identity == blank.identity }) else {
                throw CryptokiError(
                    .tokenAbsent, in: "C_InitToken", token: label, "The blank token is no longer there.")
            }
            guard target.isBlank else {
                throw CryptokiError(
                    .exists, in: "C_InitToken", token: target.label,
                    "The token \"\(target.label)\" is initialized already, and doing it again would destroy its keys.")
            }
            return try initialization.run(target, among: before, soPIN: soPIN)
        }
    }

    /// Initializes a token that was initialized before. **Everything on it is destroyed, and its user PIN is gone.**
    ///
    /// All sessions on the token must be closed, also those of other programs.
    ///
    /// - Parameters:
    ///   - serial: the token's serial, said once more by who wants this; another token is left alone.
    ///   - label: the new one, which may be the old one.
    ///   - soPIN: the PIN that the security officer has now, and keeps; a wrong one counts as a try. Nil has it entered
    ///     at the device.
    /// - Returns: the token as it is now. This one is not to be used any more.
    /// - Throws: ``CryptokiError``; of kind `invalidInput` when the serial is not this token's or it has none,
    ///   `tokenAbsent`, `ambiguous`, `pinIncorrect`, `pinLocked`, `pinInvalid`.
    public func initializeAgain(
        serial: String, label: String, soPIN: UnsafeRawBufferPointer?
    ) throws(CryptokiError) -> Token {
        let initialization = try TokenInitialization(module: module, label: label)
        return try SlotAccess.exclusively { () throws(CryptokiError) in
            try module.checkOpen("C_InitToken")
            guard !serial.isEmpty, serial.utf8.elementsEqual(description.serial.utf8) else {
                throw CryptokiError(
                    .invalidInput, in: "C_InitToken", token: self.label,
                    "The token \"\(self.label)\" has the serial \"\(description.serial)\" and not \"\(serial)\", so "
                        + "nothing was done to it. Name the token whose content may be destroyed by its own serial.")
            }
            let slot = try module.slot(of: description)
            let before = try module.tokens()
            guard let target = before.first(where: { $0.slot == slot && $0.identity == description.identity }) else {
                throw CryptokiError(
                    .tokenAbsent, in: "C_InitToken", token: self.label,
                    "The token \"\(self.label)\" is no longer there.")
            }
            let fresh = try initialization.run(target, among: before, soPIN: soPIN)
            logins.end()
            return fresh
        }
    }
}

/// One call of C_InitToken, and the search for the token afterwards.
private struct TokenInitialization {
    let module: Module
    let label: String

    init(module: Module, label: String) throws(CryptokiError) {
        let count = label.utf8.count
        guard (1...32).contains(count) else {
            throw CryptokiError(
                .invalidInput, in: "C_InitToken", token: label,
                "The label \"\(label)\" has \(count) bytes; a token's label has 1 to 32.")
        }
        self.module = module
        self.label = label
    }

    func run(
        _ target: TokenDescription, among before: [TokenDescription], soPIN: UnsafeRawBufferPointer?
    ) throws(CryptokiError) -> Token {
        guard !target.isWriteProtected else {
            throw CryptokiError(
                .readOnly, in: "C_InitToken", token: label, "The token is write-protected, and stays as it is.")
        }
        try PINCheck(target, "C_InitToken").check(soPIN, "security officer's PIN")
        let text = Array(label.utf8)
        var padded = text + [UInt8](repeating: 0x20, count: 32 - text.count)
        let code = PINArgument.with(soPIN) { pin, length in
            padded.withUnsafeMutableBufferPointer { label in
                module.cryptoki.answer { $0.pointee.C_InitToken?(target.slot, pin, length, label.baseAddress) }
            }
        }
        guard code == CKR_OK else { throw failure(code, target) }
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

    /// A refusal, with what the flags tell of the security officer's PIN where that was wrong.
    private func failure(_ code: CK_RV, _ target: TokenDescription) -> CryptokiError {
        let name = target.label.isEmpty ? label : target.label
        var info = CK_TOKEN_INFO()
        guard code == CKR_PIN_INCORRECT,
            module.cryptoki.answer({ $0.pointee.C_GetTokenInfo?(target.slot, &info) }) == CKR_OK
        else { return CryptokiError(code, from: "C_InitToken", token: name) }
        return .wrongPIN("C_InitToken", token: name, TokenDescription(info, slot: target.slot).soPINState)
    }
}
