import Crypto
import SSHSignature

/// A FIDO security key in software: it signs what a stick signs (OpenSSH's PROTOCOL.u2f), with any flags.
struct FIDOStick {
    static let present: UInt8 = 0x01
    static let verified: UInt8 = 0x04

    private static let type = "sk-ssh-ed25519@openssh.com"
    private let key = Curve25519.Signing.PrivateKey()
    let publicKey: SSHPublicKey

    init(application: String = "ssh:") throws {
        let blob = Self.string(Array(Self.type.utf8)) + Self.string(Array(key.publicKey.rawRepresentation))
            + Self.string(Array(application.utf8))
        publicKey = try SSHPublicKey(wireBlob: blob, comment: "stick")
    }

    func signature(over message: [UInt8], namespace: String, flags: UInt8) throws -> SSHSIG {
        try SSHSIG.make(message: message, namespace: namespace, key: publicKey) { data in
            let counter: [UInt8] = [0, 0, 0, 7]
            let application = Array(SHA256.hash(data: Array((publicKey.application ?? "").utf8)))
            let signed = application + [flags] + counter + Array(SHA256.hash(data: data))
            return Self.string(Array(Self.type.utf8)) + Self.string(Array(try key.signature(for: signed))) + [flags] + counter
        }
    }

    private static func string(_ bytes: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { Array($0) } + bytes
    }
}
