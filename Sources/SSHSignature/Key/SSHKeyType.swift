/// The types of key that may sign, under their SSH names.
public enum SSHKeyType: String, CaseIterable, Hashable, Sendable {
    /// RFC 8709.
    case ed25519 = "ssh-ed25519"
    /// RFC 5656, with SHA-256, SHA-384 and SHA-512 by the size of the curve (section 6.2.1).
    case ecdsaP256 = "ecdsa-sha2-nistp256"
    case ecdsaP384 = "ecdsa-sha2-nistp384"
    case ecdsaP521 = "ecdsa-sha2-nistp521"
    /// RFC 4253 section 6.6; its signatures are those of RFC 8332 only.
    case rsa = "ssh-rsa"
    /// FIDO authenticators, OpenSSH's PROTOCOL.u2f.
    case securityKeyEd25519 = "sk-ssh-ed25519@openssh.com"
    case securityKeyP256 = "sk-ecdsa-sha2-nistp256@openssh.com"

    /// Whether the private key lives in a FIDO authenticator, which reports touch and user verification.
    public var isFIDO: Bool {
        self == .securityKeyEd25519 || self == .securityKeyP256
    }

    /// The curve's SSH name in the key's wire form.
    var curveName: String? {
        switch self {
        case .ecdsaP256, .securityKeyP256: "nistp256"
        case .ecdsaP384: "nistp384"
        case .ecdsaP521: "nistp521"
        case .ed25519, .rsa, .securityKeyEd25519: nil
        }
    }
}
