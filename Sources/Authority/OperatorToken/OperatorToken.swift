import Groundwork
import PKCS11
import SSHSignature

/// An operator's key on a PKCS#11 token, such as a PIV card: gives its SSH public key, and signs approvals with it.
///
/// The token is logged in to when its keys cannot be seen otherwise, or when something is signed, and logged out of
/// when this goes away.
public final class OperatorToken {
    public let uri: OperatorKeyURI
    /// What the token said of itself before anything else was asked of it.
    public let token: TokenDescription
    /// The key in SSH form. Its comment names key and token, and is there for people only.
    public let publicKey: SSHPublicKey
    /// Where the token told the public key.
    public let publicKeySource: SigningKey.Source

    private let key: SigningKey
    private let session: Session
    private let unlocker: any TokenUnlocking
    /// The PIN of the login, kept for the one signature that it was typed for.
    private var typedPIN: SecretBytes?

    /// The line for the `keys` of an operator in the policy, as it would stand in a `.pub` file.
    public var authorizedKeysLine: String { publicKey.authorizedKeysLine }

    /// Finds the key, and logs in if the token does not show it otherwise.
    ///
    /// - Parameters:
    ///   - uri: see ``OperatorKeyURI``.
    ///   - module: where the URI names none.
    ///   - unlocker: asked for the PIN, once for each login and for each further signature of a key that wants it.
    /// - Throws: ``OperatorTokenError``, `CryptokiError` (`notFound`, `ambiguous`, `pinIncorrect` and so on), and
    ///   whatever the unlocker throws.
    public convenience init(uri: String, module: String? = nil, unlocker: any TokenUnlocking) throws {
        try self.init(OperatorKeyURI(uri, module: module), unlocker: unlocker)
    }

    public init(_ uri: OperatorKeyURI, unlocker: any TokenUnlocking) throws {
        let token = try Module(uri.module).token(uri: uri.uri)
        let session = try token.openSession()
        var typedPIN: SecretBytes?
        let key: SigningKey
        if let visible = try session.visibleSigningKey(label: uri.label, id: uri.id) {
            key = visible
        } else {
            typedPIN = try Self.login(session, unlocker)
            key = try session.signingKey(label: uri.label, id: uri.id)
        }
        do {
            publicKey = try SSHPublicKey(
                subjectPublicKeyInfo: key.subjectPublicKeyInfo, comment: Self.comment(key, token.description))
        } catch {
            throw OperatorTokenError(
                kind: .key, reason: "The key \(uri) (\(key.algorithm)) cannot be an SSH key: \(error.sentence)",
                advice: "Use another key, of P-256, P-384, Ed25519, or RSA of 2048 bits or more")
        }
        self.uri = uri
        self.token = token.description
        publicKeySource = key.publicKeySource
        self.key = key
        self.session = session
        self.unlocker = unlocker
        self.typedPIN = typedPIN
    }

    deinit { session.close() }

    /// Signs a message.
    ///
    /// - Parameter namespace: what the signature is for, such as ``Approval/namespace``.
    /// - Returns: the armored SSHSIG, as `ssh-keygen -Y sign` writes it. It was verified.
    /// - Throws: `CryptokiError`, also when the token now has another key in this one's place; `SSHSignatureError`;
    ///   whatever the unlocker throws.
    public func sign(namespace: String, message: [UInt8]) throws -> [UInt8] {
        if try session.loginState() != .user, token.loginRequired {
            typedPIN = try Self.login(session, unlocker)
        }
        let method = try SigningMethod(key, session.token)
        return try SSHSIG.make(message: message, namespace: namespace, hash: .sha512, key: publicKey) { data in
            let made = try signature(method.input(data), method.scheme)
            return try SSHSignatureBlob(x509Signature: made, key: publicKey, hash: .sha512).wireForm
        }.encodeArmored()
    }

    private func signature(_ input: SigningInput, _ scheme: SigningScheme) throws -> [UInt8] {
        defer { typedPIN = nil }
        guard key.alwaysAuthenticate else { return try session.sign(input, scheme: scheme, with: key) }
        guard let pin = try typedPIN ?? unlocker.pin(for: token) else {
            return try session.sign(input, scheme: scheme, with: key, contextPIN: .protectedPath)
        }
        return try pin.withUnsafeBytes {
            try session.sign(input, scheme: scheme, with: key, contextPIN: .pin($0))
        }
    }

    /// - Returns: the PIN; nil when it was entered at the device, or was not needed.
    private static func login(_ session: Session, _ unlocker: any TokenUnlocking) throws -> SecretBytes? {
        guard session.token.description.loginRequired, try session.loginState() != .user else { return nil }
        let now = try session.token.currentDescription()
        switch now.userPINState {
        case .locked:
            throw OperatorTokenError(
                kind: .pinState, reason: "The PIN of the token \(now.label) is locked",
                advice: "Set a new one with its PUK or by its security officer")
        case .finalTry:
            throw OperatorTokenError(
                kind: .pinState, reason: "The token \(now.label) has one try left for its PIN",
                advice: "Log in with another tool first, which gives the tries back")
        case .ok, .countLow: break
        }
        guard let pin = try unlocker.pin(for: now) else {
            try session.login(pin: nil)
            return nil
        }
        try pin.withUnsafeBytes { try session.login(pin: $0) }
        return pin
    }

    /// Key and token in words, without what a line must not hold.
    private static func comment(_ key: SigningKey, _ token: TokenDescription) -> String {
        let name = key.label.isEmpty ? Hex.encode(key.id) : key.label
        let words = "\(name)@\(token.label)".split { !$0.isASCII || $0.isWhitespace || !$0.isPrintable }
        return words.joined(separator: "-")
    }
}

extension Character {
    fileprivate var isPrintable: Bool { asciiValue.map { (0x20...0x7e).contains($0) } ?? false }
}
