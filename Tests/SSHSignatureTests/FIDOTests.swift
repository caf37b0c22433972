import Crypto
import Testing

@testable import SSHSignature

@Suite struct FIDOTests {
    static let types: [SSHKeyType] = [.securityKeyEd25519, .securityKeyP256]

    private func verify(
        _ made: SSHSIG, _ requirements: FIDORequirements = FIDORequirements()
    ) throws -> FIDOAssertion? {
        try SSHSIG(armored: made.encodeArmored())
            .verify(message: Sample.message, namespace: Sample.namespace, requirements: requirements).fido
    }

    @Test(arguments: types)
    func `a touch is required unless it is waived`(type: SSHKeyType) throws {
        let key = try FIDOKey(type)
        let touched = try key.signature(Sample.message, flags: 0x01)
        let untouched = try key.signature(Sample.message, flags: 0x00)
        #expect(try verify(touched)?.isUserPresent == true)
        #expect(throws: SSHSignatureError.presenceMissing(fingerprint: key.publicKey.fingerprint)) {
            try verify(untouched)
        }
        #expect(try verify(untouched, FIDORequirements(presence: false))?.isUserPresent == false)
    }

    @Test(arguments: types)
    func `user verification is required on demand`(type: SSHKeyType) throws {
        let key = try FIDOKey(type)
        let verified = try key.signature(Sample.message, flags: 0x05)
        let touched = try key.signature(Sample.message, flags: 0x01)
        let strict = FIDORequirements(verification: true)
        #expect(try verify(verified, strict)?.isUserVerified == true)
        #expect(try verify(touched)?.isUserVerified == false)
        #expect(throws: SSHSignatureError.verificationMissing(fingerprint: key.publicKey.fingerprint)) {
            try verify(touched, strict)
        }
        // Verified without a touch: still no touch.
        #expect(throws: SSHSignatureError.presenceMissing(fingerprint: key.publicKey.fingerprint)) {
            try verify(try key.signature(Sample.message, flags: 0x04), strict)
        }
    }

    @Test(arguments: types)
    func `the counter is exposed`(type: SSHKeyType) throws {
        let key = try FIDOKey(type)
        for counter: UInt32 in [0, 1, 0x0102_0304, .max] {
            #expect(try verify(key.signature(Sample.message, counter: counter))?.counter == counter)
        }
    }

    @Test(arguments: types)
    func `a key of another application is refused`(type: SSHKeyType) throws {
        let key = try FIDOKey(type, application: "ssh:other")
        let made = try key.signature(Sample.message)
        #expect(throws: SSHSignatureError.otherApplication(found: "ssh:other", expected: "ssh:")) { try verify(made) }
        #expect(try verify(made, FIDORequirements(application: "ssh:other")) != nil)
    }

    @Test(arguments: types)
    func `flags that announce more data or mean nothing are refused`(type: SSHKeyType) throws {
        let key = try FIDOKey(type)
        for flags: UInt8 in [0x03, 0x21, 0x41, 0x81, 0xc1, 0x11] {
            #expect(throws: SSHSignatureError.unknownFIDOFlags(flags)) {
                try key.signature(Sample.message, flags: flags)
            }
        }
        #expect(try verify(key.signature(Sample.message, flags: 0x09))?.isBackupEligible == true)
        #expect(try verify(key.signature(Sample.message, flags: 0x1d))?.isUserVerified == true)
    }

    @Test(arguments: types)
    func `flags and counter are part of what is signed`(type: SSHKeyType) throws {
        let key = try FIDOKey(type)
        let made = try key.signature(Sample.message, flags: 0x00, counter: 7)
        // The last five bytes of the signature: pretend a touch, then a later counter.
        for (fromEnd, mask) in [(5, UInt8(1)), (1, 1), (4, 0x80)] {
            var forged = made.signature.wireForm
            forged[forged.count - fromEnd] ^= mask
            let sig = try SSHSIG(blob: Sample.blob(key: key.publicKey.wireBlob, signature: forged))
            #expect(throws: SSHSignatureError.invalidSignature(fingerprint: key.publicKey.fingerprint)) {
                try verify(sig, FIDORequirements(presence: false))
            }
        }
    }

    @Test func `a signature without flags and counter is refused`() throws {
        let key = try FIDOKey(.securityKeyEd25519)
        let form = try key.signature(Sample.message).signature.wireForm
        for dropped in 1...5 {
            #expect(throws: SSHSignatureError.self) {
                try SSHSignatureBlob(wireForm: Array(form.dropLast(dropped)), key: key.publicKey)
            }
        }
        // A plain Ed25519 signature by the same curve does not pass for one by the stick.
        let plain = try SoftwareSSHKey.ed25519()
        #expect(throws: SSHSignatureError.self) {
            try SSHSignatureBlob(wireForm: plain.sign([1]), key: key.publicKey)
        }
    }

    @Test func `a WebAuthn signature is refused by name`() throws {
        let key = try FIDOKey(.securityKeyP256)
        var writer = WireWriter()
        writer.text("webauthn-sk-ecdsa-sha2-nistp256@openssh.com")
        #expect(
            throws: SSHSignatureError.signatureTypeMismatch(
                found: "webauthn-sk-ecdsa-sha2-nistp256@openssh.com", keyType: "sk-ecdsa-sha2-nistp256@openssh.com")
        ) {
            try SSHSignatureBlob(wireForm: writer.bytes, key: key.publicKey)
        }
    }
}
