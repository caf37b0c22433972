import Glibc

/// A random PIN in memory of its own, which is kept from the swap and overwritten at the end.
public final class RandomPIN: @unchecked Sendable {
    private let bytes: UnsafeMutableRawBufferPointer

    /// 32 characters out of 0-9 and a-f: 128 bits of chance, and nothing that a token or a terminal could mistake.
    public init() {
        bytes = .allocate(byteCount: 32, alignment: 16)
        mlock(bytes.baseAddress, bytes.count)
        var generator = SystemRandomNumberGenerator()
        for index in bytes.indices {
            let digit = UInt8.random(in: 0..<16, using: &generator)
            bytes[index] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        }
    }

    deinit {
        if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
        munlock(bytes.baseAddress, bytes.count)
        bytes.deallocate()
    }

    /// The PIN's bytes, in place.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(bytes))
    }
}
