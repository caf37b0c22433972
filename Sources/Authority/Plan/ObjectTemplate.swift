import Groundwork
import PKIX

/// The DER of a TBSCertificate or TBSCertList with the places of keys that do not exist yet left open.
///
/// Everything outside the holes is what the operators approve and what the HSM signs, byte for byte. Inside a hole
/// stands only what derives from a public key: a SubjectPublicKeyInfo, the key identifier of RFC 5280 4.2.1.2 (1), or the
/// SHA-256 by which a root commits to the next one (RFC 8649).
public struct ObjectTemplate: Hashable, Sendable {
    /// What a hole is filled with.
    public enum Content: String, CaseIterable, Sendable {
        /// The DER of the key's SubjectPublicKeyInfo.
        case subjectPublicKeyInfo = "subject-public-key-info"
        /// The 20 octets of the key's identifier.
        case keyIdentifier = "key-identifier"
        /// The 32 octets of SHA-256 over the DER of the key's SubjectPublicKeyInfo.
        case keyDigest = "subject-public-key-info-sha256"

        func bytes(of key: SubjectPublicKeyInfo) -> [UInt8] {
            switch self {
            case .subjectPublicKeyInfo: key.derBytes
            case .keyIdentifier: key.keyIdentifier
            case .keyDigest: Digest(of: key.derBytes).bytes
            }
        }
    }

    /// One open place.
    public struct Hole: Hashable, Sendable {
        /// The offset of the first open octet.
        public var offset: Int
        /// The number of open octets.
        public var length: Int
        /// The name of the key that fills it, as in the plan's `generate-key` step.
        public var key: String
        public var content: Content

        public init(offset: Int, length: Int, key: String, content: Content) {
            self.offset = offset
            self.length = length
            self.key = key
            self.content = content
        }
    }

    /// The DER; inside the holes stand placeholders.
    public var bytes: [UInt8]
    public var holes: [Hole]

    public init(bytes: [UInt8], holes: [Hole] = []) {
        self.bytes = bytes
        self.holes = holes
    }

    /// The names of the keys that have to exist before the object can be signed.
    public var openKeys: Set<String> { Set(holes.map(\.key)) }

    /// The bytes to be signed.
    ///
    /// - Parameter key: gives the SubjectPublicKeyInfo for a key's name, or nil where the key does not exist.
    /// - Throws: ``PlanError`` when a key is missing or does not fit its hole.
    public func filled(_ key: (String) -> SubjectPublicKeyInfo?) throws(PlanError) -> [UInt8] {
        guard !holes.isEmpty else { return bytes }
        var result = bytes
        for hole in holes {
            guard let spki = key(hole.key) else {
                throw PlanError(.plan, "the key \(hole.key) is needed before it is generated")
            }
            let content = hole.content.bytes(of: spki)
            guard content.count == hole.length, hole.offset >= 0, hole.length <= result.count - hole.offset else {
                throw PlanError(
                    .plan,
                    "the key \(hole.key) does not fit the place that the plan leaves open for it: "
                        + "\(content.count) octets for \(hole.length)"
                )
            }
            result.replaceSubrange(hole.offset..<(hole.offset + hole.length), with: content)
        }
        return result
    }
}
