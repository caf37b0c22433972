internal import CP11Kit

/// Refuses a PIN that the token cannot take before it is sent: a wrong length may cost a try, or be cut off silently.
struct PINCheck {
    private let token: TokenDescription
    private let function: String

    init(_ token: TokenDescription, _ function: String) {
        self.token = token
        self.function = function
    }

    /// - Parameter pin: nil for one that is entered at the device.
    /// - Throws: ``CryptokiError`` of kind `pinInvalid`, or `unsupported` for a nil PIN where there is no keypad.
    func check(_ pin: UnsafeRawBufferPointer?, _ name: String) throws(CryptokiError) {
        guard let pin else {
            guard token.hasProtectedAuthenticationPath else {
                throw CryptokiError(
                    .unsupported, in: function, token: token.label,
                    "The token\(place) has no keypad or card reader of its own to enter the \(name) at. "
                        + "Give the PIN here.")
            }
            return
        }
        let range = token.pinLengthRange
        guard range.contains(pin.count) else {
            throw CryptokiError(
                .pinInvalid, in: function, token: token.label,
                "The \(name) has \(pin.count) bytes, and the token\(place) takes \(range.lowerBound) to "
                    + "\(range.upperBound). It was not sent to the token.")
        }
    }

    private var place: String { token.label.isEmpty ? "" : " \"\(token.label)\"" }
}

extension CryptokiError {
    /// CKR_PIN_INCORRECT, with what the token's flags say of the tries that are left.
    static func wrongPIN(_ function: String, token: String?, _ state: PINState) -> CryptokiError {
        let remark =
            switch state {
            case .ok: ""
            case .countLow: " The token says that wrong tries have been counted."
            case .finalTry: " The token says that the next wrong try locks the PIN."
            case .locked: " The token says that the PIN is locked now."
            }
        return CryptokiError(
            CKR_PIN_INCORRECT, from: function, token: token,
            meaning: ReturnValue.meaning(CKR_PIN_INCORRECT).map { $0 + remark })
    }
}
