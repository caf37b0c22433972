import Crypto

extension SoftwareSSHKey {
    /// The content of an OpenSSH private key file (PROTOCOL.key), not encrypted, so that `ssh-keygen` can sign with
    /// this key as well. The file must be readable by its owner alone (mode 0600), or OpenSSH refuses it.
    public func openSSHPrivateKeyFile() -> [UInt8] {
        var file = WireWriter()
        file.raw(Array("openssh-key-v1\0".utf8))
        file.text("none")
        file.text("none")
        file.string([])
        file.uint32(1)
        file.string(publicKey.wireBlob)
        file.string(privateSection())
        return Armour("OPENSSH PRIVATE KEY").encode(file.bytes)
    }

    private func privateSection() -> [UInt8] {
        var section = WireWriter()
        // Two equal numbers tell a right passphrase from a wrong one; without a passphrase any number will do.
        let check = UInt32.random(in: .min ... .max)
        section.uint32(check)
        section.uint32(check)
        section.text(publicKey.type.rawValue)
        switch privateKey {
        case .ed25519(let key):
            let point = Array(key.publicKey.rawRepresentation)
            section.string(point)
            section.string(Array(key.rawRepresentation) + point)
        case .p256(let key):
            section.text("nistp256")
            section.string(Array(key.publicKey.x963Representation))
            section.mpint(key.rawRepresentation)
        }
        section.text(publicKey.comment)
        var padding: UInt8 = 1
        while section.bytes.count % 8 != 0 {
            section.raw([padding])
            padding += 1
        }
        return section.bytes
    }
}
