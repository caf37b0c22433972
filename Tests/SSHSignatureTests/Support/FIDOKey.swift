import Crypto

@testable import SSHSignature

/// A FIDO authenticator in software: it signs what a stick would sign, with any flags and counter.
struct FIDOKey {
    enum PrivateKey {
        case ed25519(Curve25519.Signing.PrivateKey)
        case p256(P256.Signing.PrivateKey)
    }

    let privateKey: PrivateKey
    let publicKey: SSHPublicKey

    init(_ type: SSHKeyType, application: String = "ssh:") throws {
        var writer = WireWriter()
        writer.text(type.rawValue)
        if type == .securityKeyEd25519 {
            let key = Curve25519.Signing.PrivateKey()
            privateKey = .ed25519(key)
            writer.string(Array(key.publicKey.rawRepresentation))
        } else {
            let key = P256.Signing.PrivateKey()
            privateKey = .p256(key)
            writer.text("nistp256")
            writer.string(Array(key.publicKey.x963Representation))
        }
        writer.text(application)
        publicKey = try SSHPublicKey(wireBlob: writer.bytes, comment: "stick")
    }

    /// `string type, string signature, byte flags, uint32 counter`
    func sign(_ data: [UInt8], flags: UInt8, counter: UInt32) throws -> [UInt8] {
        var signed = WireWriter()
        signed.raw(SHA256.hash(data: Array((publicKey.application ?? "").utf8)))
        signed.raw([flags])
        signed.uint32(counter)
        signed.raw(SHA256.hash(data: data))
        var writer = WireWriter()
        writer.text(publicKey.type.rawValue)
        switch privateKey {
        case .ed25519(let key):
            writer.string(Array(try key.signature(for: signed.bytes)))
        case .p256(let key):
            let raw = try key.signature(for: SHA256.hash(data: signed.bytes)).rawRepresentation
            var inner = WireWriter()
            inner.mpint(raw.prefix(32))
            inner.mpint(raw.suffix(32))
            writer.string(inner.bytes)
        }
        writer.raw([flags])
        writer.uint32(counter)
        return writer.bytes
    }

    func signature(_ message: [UInt8], flags: UInt8 = 0x01, counter: UInt32 = 7) throws -> SSHSIG {
        try SSHSIG.make(message: message, namespace: Sample.namespace, key: publicKey) {
            try sign($0, flags: flags, counter: counter)
        }
    }
}
