/// The kinds of key that certificates may hold and HSMs may sign with.
public enum KeyKind: String, CaseIterable, Hashable, Sendable, CustomStringConvertible {
    case ecP256 = "ec-p256"
    case ecP384 = "ec-p384"
    case rsa3072 = "rsa-3072"
    case rsa4096 = "rsa-4096"
    case ed25519 = "ed25519"

    public var description: String { rawValue }

    /// The signature algorithm that this module picks for the kind unless told otherwise.
    public var defaultSignatureAlgorithm: SignatureAlgorithm { .default(for: self) }

    /// The modulus' length in bits, nil for curves.
    var modulusBits: Int? {
        switch self {
        case .rsa3072: 3072
        case .rsa4096: 4096
        case .ecP256, .ecP384, .ed25519: nil
        }
    }
}
