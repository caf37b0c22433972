import Crypto

/// A SHA-256 digest: 32 bytes, shown as hex and, for reading aloud, as 32 words.
public struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The length of every digest, in bytes.
    public static let byteCount = 32

    /// 32 zero bytes; stands where there is no predecessor.
    public static let zero = Digest(0, 0, 0, 0)

    // Four big-endian words: comparing them in order compares the bytes in order.
    private var first: UInt64
    private var second: UInt64
    private var third: UInt64
    private var fourth: UInt64

    private init(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
        (self.first, self.second, self.third, self.fourth) = (first, second, third, fourth)
    }

    /// Hashes the bytes.
    public init(of bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { Digest(of: $0) }
    }

    /// Hashes the bytes.
    public init(of bytes: ArraySlice<UInt8>) {
        self = bytes.withUnsafeBytes { Digest(of: $0) }
    }

    /// Hashes the bytes.
    public init(of bytes: UnsafeRawBufferPointer) {
        var hash = SHA256()
        hash.update(bufferPointer: bytes)
        self.init(hash.finalize())
    }

    /// Takes over a digest made with swift-crypto, for instance of a file hashed piece by piece.
    public init(_ digest: SHA256.Digest) {
        self = digest.withUnsafeBytes { Digest(loading: $0) }
    }

    /// Wraps 32 bytes that already are a digest; nil for any other length.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self = Array(bytes).withUnsafeBytes { Digest(loading: $0) }
    }

    /// Reads 64 lower-case hex digits; nil for anything else.
    public init?(hex: some StringProtocol) {
        var text = String(hex)
        guard let digest = text.withUTF8({ Digest(hexDigits: $0) }) else { return nil }
        self = digest
    }

    /// Without an allocation: a ledger has one of these in every line.
    private init?(hexDigits text: UnsafeBufferPointer<UInt8>) {
        guard text.count == Self.byteCount * 2 else { return nil }
        self = .zero
        for position in 0..<4 {
            var word: UInt64 = 0
            for digit in text[position * 16..<position * 16 + 16] {
                guard let value = Hex.value(of: digit) else { return nil }
                word = word << 4 | UInt64(value)
            }
            switch position {
            case 0: first = word
            case 1: second = word
            case 2: third = word
            default: fourth = word
            }
        }
    }

    private init(loading bytes: UnsafeRawBufferPointer) {
        self.init(
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)))
    }

    public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

    /// 64 lower-case hex digits.
    public var hex: String { withUnsafeBytes { Hex.encode($0) } }

    /// 32 words of the PGP word list, one for each byte.
    public var words: [String] { PGPWords.encode(bytes) }

    public var description: String { hex }

    public static func < (left: Digest, right: Digest) -> Bool {
        (left.first, left.second, left.third, left.fourth) < (right.first, right.second, right.third, right.fourth)
    }

    /// Lends the 32 bytes without an allocation.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let words = (first.bigEndian, second.bigEndian, third.bigEndian, fourth.bigEndian)
        return Swift.withUnsafeBytes(of: words, body)
    }
}
