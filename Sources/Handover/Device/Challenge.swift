import Groundwork
import PKIX

/// Random octets that a device signs, so that it shows that it has its key, now.
public struct Challenge: Hashable, Sendable {
    public static let form = "challenge/1"
    /// How long a device may take when nothing else is said.
    public static let defaultLife = CalendarDuration(10, .minutes)

    /// What the device signs: the file's bytes.
    public let bytes: [UInt8]
    /// Nil for one that was given as bare octets, which is not bound to a time.
    public let window: (from: Timestamp, until: Timestamp)?

    public static func == (left: Self, right: Self) -> Bool { left.bytes == right.bytes }
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    /// A new one.
    public init(at time: Timestamp, life: CalendarDuration) {
        let end = time.adding(life) ?? .latest
        let value: JSONValue = [
            "anchorite": .string(Self.form), "created": .string(time.rfc3339), "expires": .string(end.rfc3339),
            "nonce": .string(Hex.encode(SystemRandom.bytes(32))),
        ]
        bytes = value.canonicalBytes
        window = (time, end)
    }

    /// Octets of somebody else's making; at least 16.
    public init?(octets: [UInt8]) {
        guard octets.count >= 16 else { return nil }
        bytes = octets
        window = nil
    }

    /// Reads a challenge file.
    ///
    /// - Throws: `JSONError` or `JSONReadingError`.
    public init(file: [UInt8]) throws {
        var reader = try JSONObjectReader(try JSONValue(canonical: file))
        let form = try reader.string("anchorite")
        guard form == Self.form else { throw reader.invalid("anchorite", "is \(form), and this program reads \(Self.form)") }
        window = (try reader.timestamp("created"), try reader.timestamp("expires"))
        guard try reader.hex("nonce").count == 32 else { throw reader.invalid("nonce", "has not 32 octets") }
        try reader.finish()
        bytes = file
    }

    /// - Parameter signature: ECDSA as DER or as r ‖ s, PKCS #1 v1.5 or PSS for RSA, or of Ed25519. The hash is that of the
    ///   key's type: SHA-384 for P-384, else SHA-256.
    /// - Returns: what is wrong: one sentence without a full stop.
    func problem(with signature: [UInt8], by key: SubjectPublicKeyInfo, at time: Timestamp, skew: Int64) -> String? {
        if let window {
            guard time.secondsSinceEpoch + skew >= window.from.secondsSinceEpoch else {
                return "the challenge is of \(window.from), which is still to come"
            }
            guard time <= window.until else { return "the challenge was good until \(window.until)" }
        }
        let isGood =
            switch key.kind {
            case .ecP256: verifies(signature, key, .ecdsaSHA256, half: 32)
            case .ecP384: verifies(signature, key, .ecdsaSHA384, half: 48)
            case .rsa3072, .rsa4096:
                key.verify(signature: signature, over: bytes, algorithm: .rsaSHA256)
                    || key.verify(signature: signature, over: bytes, algorithm: .rsaPSSSHA256)
            case .ed25519: key.verify(signature: signature, over: bytes, algorithm: .ed25519)
            }
        return isGood ? nil : "the signature over the challenge is not that of the device's key"
    }

    private func verifies(
        _ signature: [UInt8], _ key: SubjectPublicKeyInfo, _ algorithm: SignatureAlgorithm, half: Int
    ) -> Bool {
        if key.verify(signature: signature, over: bytes, algorithm: algorithm) { return true }
        guard signature.count == half * 2 else { return false }
        let sequence = Self.sequence(signature[..<half], signature[half...])
        return key.verify(signature: sequence, over: bytes, algorithm: algorithm)
    }

    /// `SEQUENCE { r INTEGER, s INTEGER }`, as X.509 has it, of the bare numbers that secure elements give.
    private static func sequence(_ numbers: ArraySlice<UInt8>...) -> [UInt8] {
        let content = numbers.flatMap { number -> [UInt8] in
            var bytes = Array(number.drop { $0 == 0 })
            if bytes.first.map({ $0 >= 0x80 }) ?? true { bytes.insert(0, at: 0) }
            return [0x02, UInt8(bytes.count)] + bytes
        }
        // 2 * (2 + 49) octets at most, so one octet of length.
        return [0x30, UInt8(content.count)] + content
    }
}
