import Groundwork

/// What a responder knows of what has to be revoked.
public enum RevocationClue: Sendable, Hashable {
    /// Some of the fields of its scope, or all.
    case scope([String: String])
    /// The certificate itself, in DER, and the name of its file.
    case certificate([UInt8], file: String)
    /// The certificates that a device sends, in DER: the intermediate of ours among them, or above them, is meant.
    case chain([[UInt8]], file: String)
    /// The octets of the serial number, leading zeros aside; `issuer` nil: of whichever issuer.
    case serial([UInt8], issuer: String?)
    /// The 20 octets of a subjectKeyIdentifier, or the 32 of a SubjectPublicKeyInfo's SHA-256.
    case key([UInt8])

    /// Octets as people copy them from other programs: in capitals, with colons or blanks, with 0x. Nil when it is
    /// something else.
    public static func octets(_ text: String) -> [UInt8]? {
        var digits = text.lowercased().filter { $0 != ":" && $0 != " " }
        if digits.hasPrefix("0x") { digits.removeFirst(2) }
        if !digits.count.isMultiple(of: 2) { digits = "0" + digits }
        guard (2...128).contains(digits.utf8.count) else { return nil }
        return Hex.decode(digits)
    }
}
