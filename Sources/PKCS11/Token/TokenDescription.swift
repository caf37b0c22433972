internal import CP11Kit

/// What a token said of itself when it was asked (C_GetTokenInfo).
public struct TokenDescription: Hashable, Sendable {
    public let label: String
    public let serial: String
    public let manufacturer: String
    public let model: String
    public let firmwareVersion: String
    public let hardwareVersion: String
    public let hasRNG: Bool
    public let isWriteProtected: Bool
    public let loginRequired: Bool
    public let userPINInitialized: Bool
    public let tokenInitialized: Bool
    /// PINs can be entered at the device itself (a keypad, cards); `login(pin: nil)` uses that.
    public let hasProtectedAuthenticationPath: Bool
    public let userPINState: PINState
    public let soPINState: PINState
    public let userPINMustBeChanged: Bool
    /// Lengths of a PIN in bytes, as the token tells them; up to 4096 where it names no upper one.
    public let pinLengthRange: ClosedRange<Int>
    /// What the module says of the slot (C_GetSlotInfo), the only thing that tells blank tokens without a serial apart.
    /// Empty when the description was not made with the list of all tokens.
    public let slotDescription: String

    /// Nobody has initialized the token, and nobody has set a PIN on it.
    ///
    /// The second counts too: NSS never says that a token is initialized, not even when it is full of keys.
    public var isBlank: Bool { !tokenInitialized && !userPINInitialized }

    /// Where the token was when it was described. Slots are renumbered, so nothing but a first guess rests on it.
    let slot: CK_SLOT_ID

    /// What makes two descriptions speak of the same token.
    struct Identity: Hashable, Sendable {
        let label: String
        let serial: String
        let manufacturer: String
        let model: String
    }

    var identity: Identity { Identity(label: label, serial: serial, manufacturer: manufacturer, model: model) }

    init(_ info: CK_TOKEN_INFO, slot: CK_SLOT_ID, slotDescription: String = "") {
        func has(_ flag: some BinaryInteger) -> Bool { info.flags & CK_FLAGS(flag) != 0 }
        label = PaddedText.string(info.label)
        serial = PaddedText.string(info.serialNumber)
        manufacturer = PaddedText.string(info.manufacturerID)
        model = PaddedText.string(info.model)
        firmwareVersion = info.firmwareVersion.text
        hardwareVersion = info.hardwareVersion.text
        hasRNG = has(CKF_RNG)
        isWriteProtected = has(CKF_WRITE_PROTECTED)
        loginRequired = has(CKF_LOGIN_REQUIRED)
        userPINInitialized = has(CKF_USER_PIN_INITIALIZED)
        tokenInitialized = has(CKF_TOKEN_INITIALIZED)
        hasProtectedAuthenticationPath = has(CKF_PROTECTED_AUTHENTICATION_PATH)
        userPINState = PINState(
            countLow: has(CKF_USER_PIN_COUNT_LOW), finalTry: has(CKF_USER_PIN_FINAL_TRY),
            locked: has(CKF_USER_PIN_LOCKED))
        soPINState = PINState(
            countLow: has(CKF_SO_PIN_COUNT_LOW), finalTry: has(CKF_SO_PIN_FINAL_TRY), locked: has(CKF_SO_PIN_LOCKED))
        userPINMustBeChanged = has(CKF_USER_PIN_TO_BE_CHANGED)
        let shortest = Int(clamping: info.ulMinPinLen)
        let longest = info.ulMaxPinLen == 0 ? 4096 : Int(clamping: info.ulMaxPinLen)
        pinLengthRange = shortest...max(shortest, longest)
        self.slotDescription = slotDescription
        self.slot = slot
    }
}
