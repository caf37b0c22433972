import PKCS11

/// A throwaway token with its PINs.
public struct RehearsalToken: Sendable {
    public let token: Token
    public let soPIN: RandomPIN
    public let userPIN: RandomPIN

    public var label: String { token.label }

    /// Opens a session and logs in as the user.
    public func session(writable: Bool = true) throws(CryptokiError) -> Session {
        let session = try token.openSession(writable: writable)
        // A second session of this process on the token is logged in already.
        if try session.loginState() != .user {
            try userPIN.withUnsafeBytes { (pin) throws(CryptokiError) in try session.login(pin: pin) }
        }
        return session
    }
}
