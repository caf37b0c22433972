/// The innermost `signature` of SSH: an algorithm's name and what that algorithm makes.
///
/// Parsed strictly against the key that is said to have made it, so that a value of this type has one encoding only.
public struct SSHSignatureBlob: Hashable, Sendable {
    /// The algorithm's SSH name, such as `ecdsa-sha2-nistp256` or `rsa-sha2-512`.
    public let algorithm: String
    /// Ed25519: R and S, 64 bytes. ECDSA: r and s, each as long as the curve's order. RSA: as long as the modulus.
    public let rawSignature: [UInt8]
    /// What a FIDO authenticator signed beside the message; nil for other keys.
    public let fido: FIDOAssertion?

    static let rsaSHA256 = "rsa-sha2-256"
    static let rsaSHA512 = "rsa-sha2-512"

    /// Reads `string algorithm, string signature`, for FIDO keys followed by `byte flags, uint32 counter`.
    public init(wireForm: [UInt8], key: SSHPublicKey) throws(SSHSignatureError) {
        var reader = WireReader(wireForm)
        algorithm = try reader.text("the signature's type")
        try Self.check(algorithm, fits: key.type)
        let inner = try reader.string("the signature's bytes")
        rawSignature = try Self.raw(inner, algorithm: algorithm, key: key)
        fido = key.type.isFIDO ? try FIDOAssertion(reader: &reader) : nil
        try reader.finish("the signature")
    }

    /// From what a signer returns: Ed25519's R and S, ECDSA's r and s of fixed length, or RSA's PKCS #1 v1.5 signature.
    ///
    /// `hash` matters for RSA alone, where the signer chooses it.
    public init(
        rawSignature: [UInt8], key: SSHPublicKey, hash: SSHSIG.HashAlgorithm = .sha512
    ) throws(SSHSignatureError) {
        var inner = rawSignature
        if let order = key.material.curveOrder {
            let numbers = try Self.exactly(2 * order.count, rawSignature, key.type.rawValue)
            inner = Self.numbers(numbers)
        }
        var writer = WireWriter()
        writer.text(key.type == .rsa ? (hash == .sha256 ? Self.rsaSHA256 : Self.rsaSHA512) : key.type.rawValue)
        writer.string(inner)
        try self.init(wireForm: writer.bytes, key: key)
    }

    /// The bytes that `init(wireForm:key:)` reads.
    public var wireForm: [UInt8] {
        var writer = WireWriter()
        writer.text(algorithm)
        let isECDSA = SSHKeyType(rawValue: algorithm)?.curveName != nil
        writer.string(isECDSA ? Self.numbers(rawSignature) : rawSignature)
        if let fido {
            writer.raw([fido.flags])
            writer.uint32(fido.counter)
        }
        return writer.bytes
    }

    private static func check(_ algorithm: String, fits type: SSHKeyType) throws(SSHSignatureError) {
        if type == .rsa {
            guard algorithm != "ssh-rsa" else { throw .sha1Signature }
            guard algorithm == rsaSHA256 || algorithm == rsaSHA512 else {
                throw .signatureTypeMismatch(found: algorithm, keyType: type.rawValue)
            }
        } else if algorithm != type.rawValue {
            throw .signatureTypeMismatch(found: algorithm, keyType: type.rawValue)
        }
    }

    private static func raw(
        _ inner: [UInt8], algorithm: String, key: SSHPublicKey
    ) throws(SSHSignatureError) -> [UInt8] {
        switch key.material {
        case .ed25519:
            return try exactly(64, inner, algorithm)
        case .rsa(_, let modulusByteCount):
            // RFC 8332 section 3 gives the signature the modulus's length; a shorter one would be a second encoding.
            return try exactly(modulusByteCount, inner, algorithm)
        case .p256, .p384, .p521:
            return try ecdsa(inner, order: key.material.curveOrder ?? [], algorithm)
        }
    }

    private static func exactly(
        _ count: Int, _ inner: [UInt8], _ algorithm: String
    ) throws(SSHSignatureError) -> [UInt8] {
        guard inner.count == count else {
            throw .malformedSignature(type: algorithm, reason: "it must have \(count) bytes and has \(inner.count)")
        }
        return inner
    }

    /// `mpint r, mpint s` (RFC 5656 section 3.1.2), both within 1 … n − 1.
    private static func ecdsa(
        _ inner: [UInt8], order: [UInt8], _ algorithm: String
    ) throws(SSHSignatureError) -> [UInt8] {
        var reader = WireReader(inner)
        var raw: [UInt8] = []
        for name in ["r", "s"] {
            guard let magnitude = MultiplePrecisionInteger.decode(try reader.string("the signature's \(name)")) else {
                throw .malformedSignature(type: algorithm, reason: "\(name) is not a positive and minimal number")
            }
            guard let number = MultiplePrecisionInteger.leftPadded(magnitude, to: order.count),
                number.lexicographicallyPrecedes(order)
            else {
                throw .malformedSignature(type: algorithm, reason: "\(name) is not below the order of the curve")
            }
            raw += number
        }
        try reader.finish("the signature's r and s")
        return raw
    }

    private static func numbers(_ raw: [UInt8]) -> [UInt8] {
        var writer = WireWriter()
        writer.mpint(raw.prefix(raw.count / 2))
        writer.mpint(raw.suffix(raw.count / 2))
        return writer.bytes
    }
}
