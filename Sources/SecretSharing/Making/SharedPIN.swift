import Crypto
import Groundwork

/// A token's PIN that nobody knows: it derives from a secret that is shared out, and exists only while that is together.
///
/// The secret is 16 random bytes. A PIN is the lower-case hexadecimal of SHA-256 over a line that says whose PIN it is
/// and the secret, cut to what the token takes. So it can be had without this program: PyPI's `shamir-mnemonic` gives
/// the secret, and `printf` with `sha256sum` the PIN.
public struct SharedPIN: Sendable {
    /// Whose PIN it is.
    public enum Owner: String, CaseIterable, Hashable, Sendable {
        case user
        case securityOfficer = "security officer"

        /// What is hashed before the secret.
        var prefix: String { "anchorite \(rawValue) pin\n" }
    }

    /// In bytes; 20 words a share.
    public static let secretLength = 16
    /// 128 bits, all that the secret has.
    public static let longest = 32
    /// 32 bits, which only a token that locks itself defends.
    public static let shortest = 8

    /// ASCII.
    public let pin: SecretBytes

    /// The PIN of a secret.
    ///
    /// - Parameters:
    ///   - secret: ``secretLength`` bytes.
    ///   - length: in characters; see ``length(for:)``.
    /// - Throws: ``SharedPINError``
    public init(of owner: Owner, from secret: SecretBytes, length: Int) throws(SharedPINError) {
        guard secret.count == Self.secretLength else { throw .secret(bytes: secret.count) }
        guard (Self.shortest...Self.longest).contains(length) else { throw .length(length) }
        pin = try SecretBytes.filled(length, orThrow: SharedPINError.self) { pin throws(SharedPINError) in
            var hash = SHA256()
            hash.update(data: Array(owner.prefix.utf8))
            secret.withUnsafeBytes { hash.update(bufferPointer: $0) }
            hash.finalize().withUnsafeBytes { digest in
                for place in pin.indices {
                    let byte = digest[place / 2]
                    pin[place] = Self.digit(place.isMultiple(of: 2) ? byte >> 4 : byte & 15)
                }
            }
        }
    }

    /// Draws a secret to be shared.
    ///
    /// - Throws: ``SharedPINError/memory(reason:)``
    public static func drawSecret() throws(SharedPINError) -> SecretBytes {
        try SecretBytes.filled(secretLength, orThrow: SharedPINError.self) { value throws(SharedPINError) in
            fillFromSystem(value)
        }
    }

    /// How long a PIN is on a token that takes PINs of these lengths.
    ///
    /// - Throws: ``SharedPINError`` where none fits.
    public static func length(for lengths: ClosedRange<Int>) throws(SharedPINError) -> Int {
        guard lengths.upperBound >= shortest else { throw .tooShort(maximum: lengths.upperBound) }
        guard lengths.lowerBound <= longest else { throw .tooLong(minimum: lengths.lowerBound) }
        return min(lengths.upperBound, longest)
    }

    /// `0-9a-f` by arithmetic: no lookup tells which.
    private static func digit(_ value: UInt8) -> UInt8 {
        let isLetter = 0 &- ((value &+ 6) >> 4)
        return value + UInt8(ascii: "0") + (isLetter & (UInt8(ascii: "a") - UInt8(ascii: "0") - 10))
    }
}

/// Why there is no PIN for a token or a secret.
public enum SharedPINError: Error, Hashable, Sendable, SecretMemoryFailure {
    case tooShort(maximum: Int)
    case tooLong(minimum: Int)
    case length(Int)
    case secret(bytes: Int)
    case memory(reason: String)
}

extension SharedPINError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooShort(let maximum):
            "The token takes PINs of up to \(maximum) characters, and a shared one has \(SharedPIN.shortest) at least. "
                + "Use a token that takes longer PINs."
        case .tooLong(let minimum):
            "The token takes no PINs shorter than \(minimum) characters, and shared ones have \(SharedPIN.longest) at most. "
                + "Use a token that takes shorter PINs."
        case .length(let length):
            "A shared PIN has \(SharedPIN.shortest) to \(SharedPIN.longest) characters, not \(length)."
        case .secret(let bytes):
            "The shares give a secret of \(bytes) bytes, and a PIN's has \(SharedPIN.secretLength). They are of another secret."
        case .memory(let reason):
            reason
        }
    }
}
