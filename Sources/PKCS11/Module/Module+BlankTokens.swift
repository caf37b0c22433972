extension Module {
    /// The tokens that nobody has initialized yet. SoftHSM always has one; a device with partitions shows one a slot.
    public func uninitializedTokens() throws(CryptokiError) -> [TokenDescription] {
        try tokens().filter(\.isBlank)
    }

    /// The one token that nobody has initialized yet.
    ///
    /// - Parameters:
    ///   - serial: the token's serial, exactly; nil where one blank token is all there is, or where they have none.
    ///   - slotDescription: what the module says of the slot, exactly.
    /// - Throws: ``CryptokiError`` of kind `tokenAbsent` when none fits, `exists` when the token of this serial or in
    ///   this slot is initialized already, `ambiguous` when several fit: it then names their serials and slots.
    public func uninitializedToken(
        serial: String? = nil, slotDescription: String? = nil
    ) throws(CryptokiError) -> TokenDescription {
        let present = try tokens()
        let named = present.filter { token in
            (serial.map { $0.utf8.elementsEqual(token.serial.utf8) } ?? true)
                && (slotDescription.map { $0.utf8.elementsEqual(token.slotDescription.utf8) } ?? true)
        }
        let blank = named.filter(\.isBlank)
        if let only = blank.first, blank.count == 1 { return only }
        guard blank.isEmpty else {
            throw CryptokiError(
                .ambiguous, in: "C_GetTokenInfo", token: nil,
                "The module \(name) has \(blank.count) blank tokens: \(Self.list(blank)). "
                    + "Say which by its serial or by its slot's description.")
        }
        let isNamed = serial != nil || slotDescription != nil
        if isNamed, let taken = named.first {
            throw CryptokiError(
                .exists, in: "C_GetTokenInfo", token: taken.label,
                "The token \"\(taken.label)\" with the serial \"\(taken.serial)\" is initialized already. "
                    + "Take a blank one, or initialize it again by its serial if what it holds may be lost.")
        }
        let others = present.filter(\.isBlank)
        throw CryptokiError(
            .tokenAbsent, in: "C_GetTokenInfo", token: nil,
            "The module \(name) has no blank token\(isNamed ? " of this serial and slot" : ""). "
                + (others.isEmpty ? "All of its tokens are initialized." : "Blank are \(Self.list(others))."))
    }

    private static func list(_ tokens: [TokenDescription]) -> String {
        tokens.map { token in
            (token.serial.isEmpty ? "one without a serial" : "the serial \"\(token.serial)\"")
                + " in the slot \"\(token.slotDescription)\""
        }.joined(separator: ", ")
    }
}
