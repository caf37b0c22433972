internal import CP11Kit

/// A failure of a PKCS#11 module, or of what this library demands of one.
///
/// When a module answered with a return value, `name` and `code` hold it. When this library itself refused (two keys
/// of one label, an object that is not there), `name` is empty and `code` is 0; `function` then names the call whose
/// answer was not acceptable, or the one that was not made.
public struct CryptokiError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a program may want to tell apart.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The module was not found, could not be loaded or could not be initialized.
        case moduleUnavailable
        /// No such token, or the token went away.
        case tokenAbsent
        case pinIncorrect
        case pinLocked
        /// The PIN has a length or a form that the token does not take.
        case pinInvalid
        /// The PIN must be changed before the token works again.
        case pinExpired
        /// The token has no user PIN yet.
        case pinNotSet
        case loginRequired
        /// Somebody is logged in already, as the same or as another user.
        case alreadyLoggedIn
        case notFound
        /// Several tokens or objects match where there must be one.
        case ambiguous
        /// A label or an identifier is taken already.
        case exists
        /// The token, the module or this library cannot do it.
        case unsupported
        /// The token could, but does not allow it.
        case refused
        /// The token or the session cannot be written to.
        case readOnly
        /// The device or the module failed.
        case deviceFailed
        /// What the caller gave does not fit.
        case invalidInput
        /// The session or the module was closed.
        case closed
        case other
    }

    /// The Cryptoki function, such as `C_Sign`; for loading and for URIs, p11-kit's function.
    public let function: String
    /// The return value's name, such as `CKR_PIN_INCORRECT`; empty when this library refused by itself.
    public let name: String
    /// The return value; 0 when this library refused by itself.
    public let code: UInt
    /// The token's label, where one was at hand.
    public let token: String?
    public let kind: Kind
    /// What it means in practice, in plain sentences.
    public let meaning: String?

    /// One sentence that says what failed and where; then what it means and what to do, where that is known.
    public var description: String {
        guard !name.isEmpty else { return meaning ?? "\(function) failed\(place)." }
        let sentence = "\(function) failed\(place) with \(name)."
        guard let meaning else { return sentence }
        return sentence + " " + meaning
    }

    private var place: String {
        token.map { " on the token \"\($0)\"" } ?? ""
    }

    /// A return value other than CKR_OK.
    init(_ code: CK_RV, from function: String, token: String?, kind: Kind? = nil, meaning: String? = nil) {
        let entry = ReturnValue.known[code]
        self.function = function
        self.name = entry?.name ?? ReturnValue.name(code)
        self.code = code
        self.token = token
        self.kind = kind ?? entry?.kind ?? .other
        self.meaning = meaning ?? entry?.meaning
    }

    /// Something that this library itself does not accept.
    init(_ kind: Kind, in function: String, token: String?, _ meaning: String) {
        self.function = function
        self.name = ""
        self.code = 0
        self.token = token
        self.kind = kind
        self.meaning = meaning
    }
}
