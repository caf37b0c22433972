import Groundwork

/// A token's PIN that is made to be shared: the lower-case hexadecimal of a random secret, cut to what the token takes,
/// after a prefix that is no secret.
///
/// What is shared is the secret, so the PIN can be had without this program: after `pip install shamir-mnemonic[cli]`,
/// `shamir recover` asks for the shares and prints the secret in hexadecimal, whose first ``digits`` characters follow
/// the prefix in the PIN.
public struct SharedPIN: Sendable {
    /// What is shared: 16 bytes, or 32 where the token takes no PIN as short as the former's 32 digits.
    public let secret: SecretBytes
    /// ASCII.
    public let pin: SecretBytes
    /// How many hexadecimal digits of the secret the PIN holds. To be kept with the token's description: the shares do
    /// not tell.
    public let digits: Int

    /// How many bits somebody who guesses has to guess.
    public var entropy: Int { 4 * digits }

    /// Draws a new one.
    ///
    /// - Parameters:
    ///   - lengths: of PINs that the token takes, in characters.
    ///   - prefix: what stands before the digits, as the number of the authentication key in a YubiHSM's PIN. Printable
    ///     ASCII.
    /// - Throws: ``SharedPINError``, for one where fewer than 8 digits fit.
    public init(drawing lengths: ClosedRange<Int>, prefix: String = "") throws(SharedPINError) {
        try self.init(drawing: lengths, prefix: prefix, random: fillFromSystem)
    }

    init(drawing lengths: ClosedRange<Int>, prefix: String, random: RandomSource) throws(SharedPINError) {
        let room = lengths.upperBound - prefix.utf8.count
        guard room >= Self.fewestDigits else {
            throw .tooShort(maximum: lengths.upperBound, prefix: prefix.utf8.count)
        }
        let needed = max(0, lengths.lowerBound) - prefix.utf8.count
        guard needed <= 64 else { throw .tooLong(minimum: lengths.lowerBound) }
        let length = needed <= 32 ? 16 : 32
        let secret = try SecretBytes.filled(length, orThrow: SharedPINError.self) { value throws(SharedPINError) in
            random(value)
        }
        try self.init(secret: secret, digits: min(2 * length, room), prefix: prefix)
    }

    /// The PIN of a secret that was combined from its shares.
    ///
    /// - Parameters:
    ///   - secret: 16 or 32 bytes.
    ///   - digits: as when it was drawn.
    ///   - prefix: as when it was drawn.
    /// - Throws: ``SharedPINError``
    public init(secret: SecretBytes, digits: Int, prefix: String = "") throws(SharedPINError) {
        guard prefix.utf8.allSatisfy({ (32...126).contains($0) }) else { throw .prefixNotPrintable }
        guard secret.count == 16 || secret.count == 32, (Self.fewestDigits...(2 * secret.count)).contains(digits) else {
            throw .digits(digits, secretBytes: secret.count)
        }
        self.secret = secret
        self.digits = digits
        pin = try SecretBytes.filled(prefix.utf8.count + digits, orThrow: SharedPINError.self) {
            pin throws(SharedPINError) in
            for (place, character) in zip(pin.indices, prefix.utf8) { pin[place] = character }
            secret.withUnsafeBytes { secret in
                for index in 0..<digits {
                    let byte = secret[index / 2]
                    pin[prefix.utf8.count + index] = Self.digit(index.isMultiple(of: 2) ? byte >> 4 : byte & 15)
                }
            }
        }
    }

    /// `0-9a-f` by arithmetic: no lookup tells which.
    private static func digit(_ value: UInt8) -> UInt8 {
        let isLetter = 0 &- ((value &+ 6) >> 4)
        return value + UInt8(ascii: "0") + (isLetter & (UInt8(ascii: "a") - UInt8(ascii: "0") - 10))
    }

    /// 32 bits, which only a token that locks itself defends.
    private static let fewestDigits = 8
}

/// Why no PIN is drawn or derived.
public enum SharedPINError: Error, Hashable, Sendable, SecretMemoryFailure {
    case tooShort(maximum: Int, prefix: Int)
    case tooLong(minimum: Int)
    case digits(Int, secretBytes: Int)
    case prefixNotPrintable
    case memory(reason: String)
}

extension SharedPINError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooShort(let maximum, let prefix):
            "The token takes PINs of up to \(maximum) characters, a shared one needs \(8 + prefix) or more. Use a "
                + "token that takes longer PINs."
        case .tooLong(let minimum):
            "The token takes no PINs shorter than \(minimum) characters, and shared ones have up to 64 digits."
        case .digits(let digits, let bytes):
            "A PIN of \(digits) digits is not made of a secret of \(bytes) bytes. Look up how many digits it has, and "
                + "whether the shares are those of this PIN."
        case .prefixNotPrintable:
            "The PIN's prefix holds a character that is not printable ASCII."
        case .memory(let reason):
            reason
        }
    }
}
