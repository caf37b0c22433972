internal import CP11Kit

/// How a private key (PKCS #8 inside, RFC 5208) leaves a token under an AES key.
public enum WrappingMechanism: String, Hashable, Sendable, CaseIterable {
    /// RFC 5649, by the mechanism of PKCS#11 3.0.
    case aesKeyWrapKWP = "CKM_AES_KEY_WRAP_KWP"
    /// The mechanism of 2.40, which modules read differently: RFC 5649 in SoftHSM, RFC 3394 after PKCS #7 padding in
    /// NSS.
    case aesKeyWrapPad = "CKM_AES_KEY_WRAP_PAD"
    /// AES-CBC with PKCS #7 padding; the initialization vector stands before the result.
    case aesCBCPad = "CKM_AES_CBC_PAD"
    /// RFC 3394: only for what is a multiple of 8 bytes long, which few private keys are.
    case aesKeyWrap = "CKM_AES_KEY_WRAP"

    var code: CK_MECHANISM_TYPE {
        switch self {
        case .aesKeyWrapPad: CKM_AES_KEY_WRAP_PAD
        case .aesKeyWrapKWP: MechanismName.CKM_AES_KEY_WRAP_KWP
        case .aesCBCPad: CKM_AES_CBC_PAD
        case .aesKeyWrap: CKM_AES_KEY_WRAP
        }
    }
}

/// A key that went out of a token under another.
public struct WrappedKey: Hashable, Sendable {
    public let mechanism: WrappingMechanism
    public let bytes: [UInt8]
}

/// What came of an attempt to take a key out.
public enum WrapOutcome: Hashable, Sendable {
    /// The token did not let it out; with the return value's name, such as `CKR_KEY_UNEXTRACTABLE`.
    case refused(String)
    /// It came out: the key is not bound to the token.
    case wrapped(WrappingMechanism)
    /// The token has no mechanism, or makes no key, to try it with.
    case noWrappingMechanism
}

/// An AES-256 key that other keys are wrapped with. It lives as long as its session, and ends when this goes away.
public final class WrappingKey {
    let session: Session
    private(set) var handle: CK_OBJECT_HANDLE
    private var isDestroyed = false

    init(session: Session, handle: CK_OBJECT_HANDLE) {
        self.session = session
        self.handle = handle
    }

    deinit { destroy() }

    /// Destroys the key in the token. Doing it twice does nothing.
    public func destroy() {
        guard !isDestroyed else { return }
        isDestroyed = true
        try? session.exclusively("C_DestroyObject") { () throws(CryptokiError) in try session.destroyObject(handle) }
    }
}
