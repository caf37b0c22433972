import Crypto
import CryptoExtras

extension SSHSIG {
    /// Checks that the signature fits the message, and says who signed what.
    ///
    /// The check uses the key inside the signature, so it proves only that *some* key signed. Pass the key that is
    /// expected, or compare ``VerifiedSignature/key`` with the keys that are known.
    ///
    /// `ssh-keygen -Y verify` does not look at a FIDO key's flags; here a touch is required unless
    /// `requirements` say otherwise.
    @discardableResult
    public func verify(
        message: [UInt8], namespace expectedNamespace: String, key expectedKey: SSHPublicKey? = nil,
        requirements: FIDORequirements = FIDORequirements()
    ) throws(SSHSignatureError) -> VerifiedSignature {
        guard namespace.utf8.elementsEqual(expectedNamespace.utf8) else {
            throw .otherNamespace(found: namespace, expected: expectedNamespace)
        }
        if let expectedKey, expectedKey != publicKey {
            throw .otherKey(found: publicKey.fingerprint, expected: expectedKey.fingerprint)
        }
        let signed = Self.dataToSign(message: message, namespace: namespace, hash: hash)
        guard publicKey.isValid(signature, for: signed) else {
            throw .invalidSignature(fingerprint: publicKey.fingerprint)
        }
        try check(requirements)
        return VerifiedSignature(key: publicKey, namespace: namespace, fido: signature.fido, message: message)
    }

    private func check(_ requirements: FIDORequirements) throws(SSHSignatureError) {
        guard let fido = signature.fido, let application = publicKey.application else { return }
        guard application.utf8.elementsEqual(requirements.application.utf8) else {
            throw .otherApplication(found: application, expected: requirements.application)
        }
        guard fido.isUserPresent || !requirements.presence else {
            throw .presenceMissing(fingerprint: publicKey.fingerprint)
        }
        guard fido.isUserVerified || !requirements.verification else {
            throw .verificationMissing(fingerprint: publicKey.fingerprint)
        }
    }

    /// What the key signs in place of the message (PROTOCOL.sshsig, "Signed Data").
    static func dataToSign(message: [UInt8], namespace: String, hash: HashAlgorithm) -> [UInt8] {
        var writer = WireWriter()
        writer.raw(magic)
        writer.text(namespace)
        writer.string([])
        writer.text(hash.rawValue)
        switch hash {
        case .sha256: writer.string(Array(SHA256.hash(data: message)))
        case .sha512: writer.string(Array(SHA512.hash(data: message)))
        }
        return writer.bytes
    }
}

extension SSHPublicKey {
    func isValid(_ signature: SSHSignatureBlob, for data: [UInt8]) -> Bool {
        let raw = signature.rawSignature
        let signed = type.isFIDO ? fidoData(signature, for: data) : data
        switch material {
        case .ed25519(let key):
            return key.isValidSignature(raw, for: signed)
        case .p256(let key):
            guard let value = try? P256.Signing.ECDSASignature(rawRepresentation: raw) else { return false }
            return key.isValidSignature(value, for: SHA256.hash(data: signed))
        case .p384(let key):
            guard let value = try? P384.Signing.ECDSASignature(rawRepresentation: raw) else { return false }
            return key.isValidSignature(value, for: SHA384.hash(data: signed))
        case .p521(let key):
            guard let value = try? P521.Signing.ECDSASignature(rawRepresentation: raw) else { return false }
            return key.isValidSignature(value, for: SHA512.hash(data: signed))
        case .rsa(let key, _):
            let value = _RSA.Signing.RSASignature(rawRepresentation: raw)
            return signature.algorithm == SSHSignatureBlob.rsaSHA256
                ? key.isValidSignature(value, for: SHA256.hash(data: signed), padding: .insecurePKCS1v1_5)
                : key.isValidSignature(value, for: SHA512.hash(data: signed), padding: .insecurePKCS1v1_5)
        }
    }

    /// SHA256(application) ‖ flags ‖ counter ‖ SHA256(data): what a FIDO authenticator signs (PROTOCOL.u2f).
    private func fidoData(_ signature: SSHSignatureBlob, for data: [UInt8]) -> [UInt8] {
        guard let fido = signature.fido, let application else { return data }
        var writer = WireWriter()
        writer.raw(SHA256.hash(data: Array(application.utf8)))
        writer.raw([fido.flags])
        writer.uint32(fido.counter)
        writer.raw(SHA256.hash(data: data))
        return writer.bytes
    }
}
