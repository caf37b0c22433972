/// A detached signature as `ssh-keygen -Y sign` makes it (OpenSSH's PROTOCOL.sshsig):
///
///     byte[6]  "SSHSIG"
///     uint32   version, 1
///     string   public key
///     string   namespace
///     string   reserved, empty
///     string   hash algorithm
///     string   signature
///
/// A value of this type is well-formed throughout and has one encoding. Whether the signature fits a message is
/// what ``verify(message:namespace:key:requirements:)`` says.
public struct SSHSIG: Hashable, Sendable {
    /// The hash that stands for the message in the signed data.
    public enum HashAlgorithm: String, CaseIterable, Hashable, Sendable {
        case sha256, sha512
    }

    /// The key that the signature says made it. Nothing is proven by its presence: compare it with a known key.
    public let publicKey: SSHPublicKey
    /// What the signature was made for; keeps one use from being passed off as another.
    public let namespace: String
    public let hash: HashAlgorithm
    public let signature: SSHSignatureBlob

    static let magic = Array("SSHSIG".utf8)
    static let version: UInt32 = 1

    init(publicKey: SSHPublicKey, namespace: String, hash: HashAlgorithm, signature: SSHSignatureBlob) {
        self.publicKey = publicKey
        self.namespace = namespace
        self.hash = hash
        self.signature = signature
    }

    /// Reads the blob inside the armour.
    public init(blob: [UInt8]) throws(SSHSignatureError) {
        var reader = WireReader(blob)
        guard blob.starts(with: Self.magic) else { throw .notASignature }
        _ = try reader.raw(Self.magic.count, "the magic bytes")
        let version = try reader.uint32("the version")
        guard version == Self.version else { throw .unsupportedVersion(version) }
        publicKey = try SSHPublicKey(wireBlob: reader.string("the public key"))
        namespace = try reader.text("the namespace")
        guard !namespace.isEmpty else { throw .emptyNamespace }
        guard try reader.string("the reserved field").isEmpty else { throw .reservedNotEmpty }
        let name = try reader.text("the hash algorithm")
        guard let hash = HashAlgorithm(rawValue: name) else { throw .unsupportedHash(name) }
        self.hash = hash
        signature = try SSHSignatureBlob(wireForm: reader.string("the signature"), key: publicKey)
        try reader.finish("the SSHSIG data")
    }

    /// The bytes that ``init(blob:)`` reads.
    public var blob: [UInt8] {
        var writer = WireWriter()
        writer.raw(Self.magic)
        writer.uint32(Self.version)
        writer.string(publicKey.wireBlob)
        writer.text(namespace)
        writer.string([])
        writer.text(hash.rawValue)
        writer.string(signature.wireForm)
        return writer.bytes
    }
}
