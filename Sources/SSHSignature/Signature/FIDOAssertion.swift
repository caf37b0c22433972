/// What a FIDO authenticator adds to each signature (OpenSSH's PROTOCOL.u2f; WebAuthn section 6.1, authenticator data).
public struct FIDOAssertion: Hashable, Sendable {
    /// The flags byte as signed.
    public let flags: UInt8
    /// The authenticator's signature counter. Some authenticators leave it at zero; where it counts, a value that
    /// is not above the last one seen tells of a cloned key. Comparing needs memory, so it is the caller's.
    public let counter: UInt32

    static let userPresent: UInt8 = 0x01
    static let userVerified: UInt8 = 0x04
    static let backupEligible: UInt8 = 0x08
    static let backedUp: UInt8 = 0x10

    /// Somebody touched the authenticator.
    public var isUserPresent: Bool { flags & Self.userPresent != 0 }
    /// The authenticator checked a PIN or a fingerprint.
    public var isUserVerified: Bool { flags & Self.userVerified != 0 }
    /// The key may be copied to other devices, as synchronised passkeys are.
    public var isBackupEligible: Bool { flags & Self.backupEligible != 0 }

    /// Refuses flags that announce data which an SSH signature has no field for (attested credential, extensions:
    /// none is defined for SSH), reserved flags, and "backed up" without "may be backed up" (WebAuthn section 6.1.3).
    init(reader: inout WireReader) throws(SSHSignatureError) {
        flags = try reader.byte("the FIDO signature's flags")
        counter = try reader.uint32("the FIDO signature's counter")
        let known = Self.userPresent | Self.userVerified | Self.backupEligible | Self.backedUp
        guard flags & ~known == 0, flags & Self.backedUp == 0 || isBackupEligible else {
            throw .unknownFIDOFlags(flags)
        }
    }
}
