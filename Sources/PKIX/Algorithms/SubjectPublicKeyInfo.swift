import Crypto
import SwiftASN1

/// A public key of a kind that Anchorite knows, checked: the point lies on the curve, the modulus has the stated size.
///
/// ```
/// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
/// ```
/// RFC 5280 4.1.2.7; RFC 5480 (EC), RFC 3279 2.3.1 (RSA), RFC 8410 (Ed25519).
public struct SubjectPublicKeyInfo: Hashable, Sendable {
    public let derBytes: [UInt8]
    public let kind: KeyKind
    /// The BIT STRING's bytes: the uncompressed point, the DER of RSAPublicKey, or the 32 bytes of Ed25519.
    public let subjectPublicKey: [UInt8]
    let key: VerificationKey

    /// Throws `malformed` for what is not strict DER, `unsupported` for a key of another kind, naming what was found.
    public init(derEncoded: [UInt8]) throws(PKIXError) {
        let parts = try Parts(derEncoded)
        (kind, key) = try Self.key(parts)
        derBytes = derEncoded
        subjectPublicKey = parts.subjectPublicKey
        guard Self.encode(kind, subjectPublicKey) == derEncoded else {
            throw PKIXError(
                .malformed, "The \(kind) public key is encoded in a form other than the one DER and its RFC demand.")
        }
    }

    /// SHA-1 of the BIT STRING's bytes, 20 bytes (RFC 5280 4.2.1.2, method 1).
    public var keyIdentifier: [UInt8] { Array(Insecure.SHA1.hash(data: subjectPublicKey)) }

    /// Whether `signature` over `message` verifies. An algorithm that does not belong to the key gives false.
    /// - Parameter signature: for ECDSA the DER of `SEQUENCE { r, s }`.
    public func verify(
        signature: [UInt8], over message: [UInt8], algorithm: SignatureAlgorithm
    ) -> Bool {
        key.verify(signature: signature, over: message[...], algorithm: algorithm)
    }

    /// The same for a list that was hashed piece by piece. Ed25519, which takes no digest, gives false.
    func verify(signature: [UInt8], over digests: ListDigests, algorithm: SignatureAlgorithm) -> Bool {
        key.verify(signature: signature, over: digests, algorithm: algorithm)
    }

    func verify(signature: [UInt8], over message: ArraySlice<UInt8>, algorithm: SignatureAlgorithm) -> Bool {
        key.verify(signature: signature, over: message, algorithm: algorithm)
    }

    public static func == (left: Self, right: Self) -> Bool { left.derBytes == right.derBytes }
    public func hash(into hasher: inout Hasher) { hasher.combine(derBytes) }

    /// The complete DER for a key of `kind` whose BIT STRING holds `subjectPublicKey`.
    static func encode(_ kind: KeyKind, _ subjectPublicKey: [UInt8]) -> [UInt8] {
        let algorithm: AlgorithmIdentifier =
            switch kind {
            case .ecP256: AlgorithmIdentifier(.ecPublicKey, parameters: DER.Serializer.bytes { $0.oid(.secp256r1) })
            case .ecP384: AlgorithmIdentifier(.ecPublicKey, parameters: DER.Serializer.bytes { $0.oid(.secp384r1) })
            case .rsa3072, .rsa4096: AlgorithmIdentifier(.rsaEncryption, parameters: AlgorithmIdentifier.null)
            case .ed25519: AlgorithmIdentifier(.idEd25519)
            }
        return DER.Serializer.bytes { coder in
            coder.sequence {
                $0.serializeRawBytes(algorithm.derBytes)
                $0.bitString(subjectPublicKey)
            }
        }
    }

    /// The two fields, before anything is said about the key.
    struct Parts {
        let algorithm: AlgorithmIdentifier
        let parameters: [UInt8]?
        let subjectPublicKey: [UInt8]

        init(_ derEncoded: [UInt8]) throws(PKIXError) {
            var reader = DERReader(derEncoded, of: "public key")
            var inner = try reader.enter(DERTag.sequence, "SubjectPublicKeyInfo")
            try reader.finish("SubjectPublicKeyInfo")
            algorithm = try AlgorithmIdentifier(&inner, "algorithm")
            subjectPublicKey = Array(derEncoded[try inner.readBitString("subjectPublicKey")])
            try inner.finish("subjectPublicKey")
            var fields = DERReader(algorithm.derBytes, of: "public key")
            fields = try fields.enter(DERTag.sequence, "algorithm")
            _ = try fields.readOID("algorithm")
            parameters = fields.isAtEnd ? nil : fields.encoding(of: try fields.read("parameters"))
        }
    }
}
