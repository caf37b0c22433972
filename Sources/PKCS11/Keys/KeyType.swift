internal import CP11Kit

/// The key pairs that can be made and used.
public enum KeyType: String, Hashable, Sendable, CaseIterable {
    case ecP256 = "ec-p256"
    case ecP384 = "ec-p384"
    case rsa3072 = "rsa-3072"
    case rsa4096 = "rsa-4096"
    case ed25519 = "ed25519"

    /// The modulus's or the field's size.
    public var bits: Int {
        switch self {
        case .ecP256: 256
        case .ecP384: 384
        case .rsa3072: 3072
        case .rsa4096: 4096
        case .ed25519: 255
        }
    }

    var isRSA: Bool { self == .rsa3072 || self == .rsa4096 }

    var generationMechanism: CK_MECHANISM_TYPE {
        switch self {
        case .ecP256, .ecP384: CKM_EC_KEY_PAIR_GEN
        case .rsa3072, .rsa4096: CKM_RSA_PKCS_KEY_PAIR_GEN
        case .ed25519: CKM_EC_EDWARDS_KEY_PAIR_GEN
        }
    }

    var signingMechanisms: [CK_MECHANISM_TYPE] {
        switch self {
        case .ecP256, .ecP384: [CKM_ECDSA]
        case .rsa3072, .rsa4096: [CKM_RSA_PKCS, CKM_RSA_PKCS_PSS, CKM_SHA256_RSA_PKCS, CKM_SHA384_RSA_PKCS]
        case .ed25519: [CKM_EDDSA]
        }
    }

    var cryptokiKeyType: CK_KEY_TYPE {
        switch self {
        case .ecP256, .ecP384: CKK_EC
        case .rsa3072, .rsa4096: CKK_RSA
        case .ed25519: CKK_EC_EDWARDS
        }
    }

    /// DER values of CKA_EC_PARAMS, in the order in which they are tried. Empty for RSA.
    var curveParameters: [[UInt8]] {
        switch self {
        case .ecP256: [DER.oidP256]
        case .ecP384: [DER.oidP384]
        // An OID is what PKCS#11 3.0 says; modules of before then know only the curve's name.
        case .ed25519: [DER.oidEd25519, DER.printableString("edwards25519")]
        case .rsa3072, .rsa4096: []
        }
    }
}
