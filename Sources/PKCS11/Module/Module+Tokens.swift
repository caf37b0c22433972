internal import CP11Kit

extension Module {
    /// All tokens that are present, also those without a label.
    public func tokens() throws(CryptokiError) -> [TokenDescription] {
        try SlotAccess.exclusively { () throws(CryptokiError) in
            try checkOpen("C_GetSlotList")
            var found: [TokenDescription] = []
            for slot in try slotsWithTokens() {
                var info = CK_TOKEN_INFO()
                let code = cryptoki.answer { $0.pointee.C_GetTokenInfo?(slot, &info) }
                // A token may be pulled between the list and the question, and a blank reader is no reason to stop.
                switch code {
                case CKR_OK:
                    found.append(TokenDescription(info, slot: slot, slotDescription: slotDescription(slot)))
                case CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED, CKR_SLOT_ID_INVALID, CKR_DEVICE_REMOVED: continue
                default: throw CryptokiError(code, from: "C_GetTokenInfo", token: nil)
                }
            }
            return found
        }
    }

    /// The one token with exactly this label and serial; one of the two may be left out.
    ///
    /// - Throws: ``CryptokiError`` of kind `tokenAbsent` naming the labels that are there, or `ambiguous` naming the
    ///   serials that match.
    public func token(label: String?, serial: String? = nil) throws(CryptokiError) -> Token {
        guard label != nil || serial != nil else {
            throw CryptokiError(
                .invalidInput, in: "C_GetTokenInfo", token: nil, "A token is found by its label, its serial, or both.")
        }
        let wanted = TokenSelector(label: label, serial: serial, manufacturer: nil, model: nil)
        return try token(wanted)
    }

    /// The one token that a PKCS#11 URI (RFC 7512) describes.
    ///
    /// - Throws: ``CryptokiError`` of kind `tokenAbsent`, `ambiguous`, or `invalidInput` when the URI says nothing of a
    ///   token.
    public func token(uri: PKCS11URI) throws(CryptokiError) -> Token {
        let wanted = TokenSelector(
            label: uri.label, serial: uri.serial, manufacturer: uri.manufacturer, model: uri.model)
        guard wanted.saysSomething else {
            throw CryptokiError(
                .invalidInput, in: "p11_kit_uri_parse", token: nil,
                "The URI \(uri) names no token. Add token=LABEL or serial=SERIAL to it.")
        }
        return try token(wanted)
    }

    private func token(_ wanted: TokenSelector) throws(CryptokiError) -> Token {
        let present = try tokens()
        let matches = present.filter(wanted.matches)
        if let only = matches.first, matches.count == 1 { return Token(module: self, description: only) }
        guard matches.isEmpty else {
            let serials = matches.map { "\"\($0.serial)\"" }.sorted().joined(separator: ", ")
            throw CryptokiError(
                .ambiguous, in: "C_GetTokenInfo", token: wanted.label,
                "\(matches.count) tokens match \(wanted); their serials are \(serials). Say which by its serial.")
        }
        let labelled = present.filter { !$0.label.isEmpty }
        let there =
            labelled.isEmpty
            ? "No token with a label is present"
            : "Present: "
                + labelled.map { "\"\($0.label)\" with the serial \"\($0.serial)\"" }.sorted().joined(separator: ", ")
        throw CryptokiError(
            .tokenAbsent, in: "C_GetTokenInfo", token: wanted.label,
            "The module \(name) has no token \(wanted). \(there).")
    }

    /// The slot in which a token known by its description is now. To be called, and used, in ``SlotAccess``.
    func slot(of token: TokenDescription) throws(CryptokiError) -> CK_SLOT_ID {
        var info = CK_TOKEN_INFO()
        // The usual case, without asking every slot. The token in it is still checked to be the same.
        if cryptoki.answer({ $0.pointee.C_GetTokenInfo?(token.slot, &info) }) == CKR_OK,
            TokenDescription(info, slot: token.slot).identity == token.identity
        {
            return token.slot
        }
        let matches = try tokens().filter { $0.identity == token.identity }
        guard let found = matches.first, matches.count == 1 else {
            throw CryptokiError(
                matches.isEmpty ? .tokenAbsent : .ambiguous, in: "C_GetTokenInfo", token: token.label,
                matches.isEmpty
                    ? "The token \"\(token.label)\" with the serial \"\(token.serial)\" is no longer there."
                    : "Several tokens call themselves \"\(token.label)\" with the serial \"\(token.serial)\".")
        }
        return found.slot
    }

    private func slotDescription(_ slot: CK_SLOT_ID) -> String {
        var info = CK_SLOT_INFO()
        guard cryptoki.answer({ $0.pointee.C_GetSlotInfo?(slot, &info) }) == CKR_OK else { return "" }
        return PaddedText.string(info.slotDescription)
    }

    private func slotsWithTokens() throws(CryptokiError) -> [CK_SLOT_ID] {
        // The number of slots may grow between the two calls.
        for _ in 0..<8 {
            var count: CK_ULONG = 0
            try cryptoki.call("C_GetSlotList", token: nil) { $0.pointee.C_GetSlotList?(1, nil, &count) }
            guard count > 0 else { return [] }
            guard let capacity = Int(exactly: count), capacity < 1 << 20 else { break }
            var slots = [CK_SLOT_ID](repeating: 0, count: capacity)
            let code = slots.withUnsafeMutableBufferPointer { buffer in
                cryptoki.answer { $0.pointee.C_GetSlotList?(1, buffer.baseAddress, &count) }
            }
            if code == CKR_BUFFER_TOO_SMALL { continue }
            guard code == CKR_OK else { throw CryptokiError(code, from: "C_GetSlotList", token: nil) }
            return Array(slots.prefix(Int(clamping: count)))
        }
        throw CryptokiError(
            .deviceFailed, in: "C_GetSlotList", token: nil, "The module \(name) does not settle on a list of slots.")
    }
}

/// What a token must be, field by field; nil stands for anything.
private struct TokenSelector: CustomStringConvertible {
    let label: String?
    let serial: String?
    let manufacturer: String?
    let model: String?

    var saysSomething: Bool { label != nil || serial != nil || manufacturer != nil || model != nil }

    func matches(_ token: TokenDescription) -> Bool {
        label.map { $0.utf8.elementsEqual(token.label.utf8) } ?? true
            && serial.map { $0.utf8.elementsEqual(token.serial.utf8) } ?? true
            && manufacturer.map { $0.utf8.elementsEqual(token.manufacturer.utf8) } ?? true
            && model.map { $0.utf8.elementsEqual(token.model.utf8) } ?? true
    }

    var description: String {
        [
            label.map { "labelled \"\($0)\"" }, serial.map { "with the serial \"\($0)\"" },
            manufacturer.map { "made by \"\($0)\"" }, model.map { "of the model \"\($0)\"" },
        ].compactMap { $0 }.joined(separator: ", ")
    }
}
