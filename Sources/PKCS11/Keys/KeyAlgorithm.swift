/// What must be known of a key to sign with it.
public enum KeyAlgorithm: Hashable, Sendable {
    case ecdsa(Curve)
    case rsa(modulusBitCount: Int)
    case ed25519

    /// The NIST curves, by the size of their field in bits.
    public enum Curve: Int, Hashable, Sendable, CaseIterable {
        case p256 = 256
        case p384 = 384
        case p521 = 521

        var byteCount: Int { (rawValue + 7) / 8 }

        /// CKA_EC_PARAMS.
        var oid: [UInt8] {
            switch self {
            case .p256: DER.oidP256
            case .p384: DER.oidP384
            case .p521: DER.oidP521
            }
        }
    }

    /// The length of what C_Sign gives, in bytes.
    var rawSignatureLength: Int {
        switch self {
        case .ecdsa(let curve): 2 * curve.byteCount
        case .rsa(let bits): (bits + 7) / 8
        case .ed25519: 64
        }
    }

    /// The length of an uncompressed point in bytes; nil for RSA.
    var pointLength: Int? {
        switch self {
        case .ecdsa(let curve): 2 * curve.byteCount + 1
        case .ed25519: 32
        case .rsa: nil
        }
    }
}

extension KeyAlgorithm: CustomStringConvertible {
    public var description: String {
        switch self {
        case .ecdsa(let curve): "ECDSA P-\(curve.rawValue)"
        case .rsa(let bits): "RSA-\(bits)"
        case .ed25519: "Ed25519"
        }
    }
}

extension KeyType {
    var algorithm: KeyAlgorithm {
        switch self {
        case .ecP256: .ecdsa(.p256)
        case .ecP384: .ecdsa(.p384)
        case .rsa3072, .rsa4096: .rsa(modulusBitCount: bits)
        case .ed25519: .ed25519
        }
    }
}

/// A private key that a session can look up and sign with.
protocol SignableKey {
    var label: String { get }
    var algorithm: KeyAlgorithm { get }
    var reference: KeyReference { get }
}

extension KeyPair: SignableKey {
    var algorithm: KeyAlgorithm { type.algorithm }
}
