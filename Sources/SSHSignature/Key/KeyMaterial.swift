import Crypto
import CryptoExtras

/// The numbers of a public key, checked: points are on their curve, moduli long enough.
enum KeyMaterial: Sendable {
    case ed25519(Curve25519.Signing.PublicKey)
    case p256(P256.Signing.PublicKey)
    case p384(P384.Signing.PublicKey)
    case p521(P521.Signing.PublicKey)
    case rsa(_RSA.Signing.PublicKey, modulusByteCount: Int)

    /// Shorter RSA keys are refused.
    static let minimumModulusBitCount = 2048

    /// Reads the fields that follow the type's name in a key's wire form, up to a FIDO key's application.
    init(type: SSHKeyType, reader: inout WireReader) throws(SSHSignatureError) {
        switch type {
        case .ed25519, .securityKeyEd25519:
            self = try .ed25519(point: reader.string("the public key's point"), type: type)
        case .ecdsaP256, .ecdsaP384, .ecdsaP521, .securityKeyP256:
            let curve = try reader.text("the public key's curve")
            guard curve == type.curveName else {
                throw .malformedKey(type: type.rawValue, reason: "it names another curve")
            }
            self = try .ecdsa(point: reader.string("the public key's point"), type: type)
        case .rsa:
            let exponent = try reader.string("the public key's exponent")
            let modulus = try reader.string("the public key's modulus")
            guard let exponent = MultiplePrecisionInteger.decode(exponent),
                let modulus = MultiplePrecisionInteger.decode(modulus)
            else {
                throw .malformedKey(type: type.rawValue, reason: "a number is not positive and minimal")
            }
            self = try .rsa(modulus: modulus, exponent: exponent)
        }
    }

    /// The order of the key's curve, for ECDSA keys.
    var curveOrder: [UInt8]? {
        switch self {
        case .p256: CurveOrder.p256
        case .p384: CurveOrder.p384
        case .p521: CurveOrder.p521
        case .ed25519, .rsa: nil
        }
    }

    private static func ed25519(point: [UInt8], type: SSHKeyType) throws(SSHSignatureError) -> KeyMaterial {
        guard point.count == 32, let key = try? Curve25519.Signing.PublicKey(rawRepresentation: point) else {
            throw .malformedKey(type: type.rawValue, reason: "its point must have 32 bytes and has \(point.count)")
        }
        guard !SmallOrderPoints.contains(point) else {
            throw .weakKey(type: type.rawValue, reason: "its point has a small order, so anybody could sign for it")
        }
        return .ed25519(key)
    }

    private static func ecdsa(point: [UInt8], type: SSHKeyType) throws(SSHSignatureError) -> KeyMaterial {
        // Compressed points have no place in SSH keys (RFC 5656 section 3.1).
        if point.first == 4 {
            switch type {
            case .ecdsaP256, .securityKeyP256:
                if let key = try? P256.Signing.PublicKey(x963Representation: point) { return .p256(key) }
            case .ecdsaP384:
                if let key = try? P384.Signing.PublicKey(x963Representation: point) { return .p384(key) }
            case .ecdsaP521:
                if let key = try? P521.Signing.PublicKey(x963Representation: point) { return .p521(key) }
            case .ed25519, .rsa, .securityKeyEd25519:
                break
            }
        }
        throw .malformedKey(type: type.rawValue, reason: "its point is not an uncompressed point of the curve")
    }

    private static func rsa(modulus: [UInt8], exponent: [UInt8]) throws(SSHSignatureError) -> KeyMaterial {
        let bitCount = MultiplePrecisionInteger.bitWidth(modulus)
        guard bitCount >= minimumModulusBitCount else {
            throw .weakKey(
                type: SSHKeyType.rsa.rawValue,
                reason: "its modulus has \(bitCount) bits, the least is \(minimumModulusBitCount)")
        }
        guard exponent != [1], let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent) else {
            throw .malformedKey(type: SSHKeyType.rsa.rawValue, reason: "its modulus or exponent is out of range")
        }
        return .rsa(key, modulusByteCount: modulus.count)
    }
}
