import Crypto
import SwiftASN1

/// `HashedRootKey ::= SEQUENCE { hashAlg AlgorithmIdentifier, hashValue OCTET STRING }`
///
/// RFC 8649: a root certificate's commitment to the next root's key, as the hash of its SubjectPublicKeyInfo. Never
/// critical.
public struct HashOfRootKey: ExtensionValue {
    public static let identifier = OID(1, 3, 6, 1, 4, 1, 51483, 2, 1)
    public static let name = "hashOfRootKey"
    public static let isCriticalByDefault = false

    public let algorithm: AlgorithmIdentifier
    public let hashValue: [UInt8]

    public init(algorithm: AlgorithmIdentifier, hashValue: [UInt8]) {
        self.algorithm = algorithm
        self.hashValue = hashValue
    }

    /// SHA-256 of the next root's key.
    public init(sha256Of next: SubjectPublicKeyInfo) {
        self.init(algorithm: AlgorithmIdentifier(.sha256), hashValue: Array(SHA256.hash(data: next.derBytes)))
    }

    /// Stands for the SHA-256 of a key that does not exist yet.
    public static let placeholder = HashOfRootKey(
        algorithm: AlgorithmIdentifier(.sha256), hashValue: [UInt8](repeating: 0, count: 32))

    /// Whether `key` is the one committed to. SHA-256, SHA-384 and SHA-512 are known; any other hash gives false.
    public func matches(_ key: SubjectPublicKeyInfo) -> Bool {
        switch algorithm.algorithm {
        case .sha256: hashValue == Array(SHA256.hash(data: key.derBytes))
        case .sha384: hashValue == Array(SHA384.hash(data: key.derBytes))
        case .sha512: hashValue == Array(SHA512.hash(data: key.derBytes))
        default: false
        }
    }

    public init(derEncoded: [UInt8]) throws(PKIXError) {
        var reader = try DERReader.whole(DERTag.sequence, derEncoded, of: Self.name)
        algorithm = try AlgorithmIdentifier(&reader, "hashAlg")
        hashValue = try reader.readOctetString("hashValue")
        try reader.finish("hashValue")
    }

    public func derEncoded() throws(PKIXError) -> [UInt8] {
        DER.Serializer.bytes { coder in
            coder.sequence {
                $0.serializeRawBytes(algorithm.derBytes)
                $0.octetString(hashValue)
            }
        }
    }
}
