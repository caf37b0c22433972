import Glibc

/// Bytes that must not leave memory: locked against swapping, kept out of core dumps and forked children, wiped when
/// released.
///
/// Filled once, while it is made, and only read afterwards. Copying the bytes out of it gives all of that up.
public final class SecretBytes: @unchecked Sendable, CustomStringConvertible, CustomReflectable {
    /// In bytes.
    public private(set) var count: Int
    private let pages: UnsafeMutableRawBufferPointer

    /// `count` zero bytes.
    public init(count: Int) throws(SecretMemoryError) {
        let pageSize = max(4096, sysconf(Int32(_SC_PAGESIZE)))
        guard count >= 0, count <= Self.largestCount else {
            throw SecretMemoryError(reason: "a secret of \(count) bytes is beyond \(Self.largestCount)")
        }
        let length = max(1, (count + pageSize - 1) / pageSize) * pageSize
        let start = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let start, start != MAP_FAILED else {
            throw SecretMemoryError(errno: errno, attempt: "no memory for a secret")
        }
        guard mlock(start, length) == 0 else {
            let code = errno
            munmap(start, length)
            throw SecretMemoryError(errno: code, attempt: "memory for a secret cannot be locked")
        }
        // A second line behind `ProcessHardening`, so a kernel that refuses the advice does no harm.
        madvise(start, length, MADV_DONTDUMP)
        madvise(start, length, MADV_DONTFORK)
        self.pages = UnsafeMutableRawBufferPointer(start: start, count: length)
        self.count = count
    }

    /// Lets `initialize` fill the memory.
    ///
    /// - Parameters:
    ///   - capacity: room in bytes, zero at first.
    ///   - initialize: fills the memory from its beginning and returns how many bytes of it count, up to `capacity`.
    /// - Throws: ``SecretMemoryError``, and what `initialize` throws.
    public convenience init(
        capacity: Int, initializingWith initialize: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws {
        try self.init(count: capacity)
        count = min(max(0, try initialize(UnsafeMutableRawBufferPointer(rebasing: pages[..<capacity]))), capacity)
    }

    /// Copies the bytes. Wiping the original stays with the caller.
    public convenience init(copying bytes: UnsafeRawBufferPointer) throws(SecretMemoryError) {
        try self.init(count: bytes.count)
        pages.copyMemory(from: bytes)
    }

    /// Moves the bytes: the array is wiped and emptied, even when this throws.
    public convenience init(wiping bytes: inout [UInt8]) throws(SecretMemoryError) {
        defer { Self.wipe(&bytes) }
        try self.init(count: bytes.count)
        bytes.withUnsafeBytes { pages.copyMemory(from: $0) }
    }

    /// Random bytes from the kernel.
    public static func random(count: Int) throws(SecretMemoryError) -> SecretBytes {
        let secret = try SecretBytes(count: count)
        var generator = SystemRandomNumberGenerator()
        for index in 0..<count { secret.pages[index] = UInt8.random(in: .min ... .max, using: &generator) }
        return secret
    }

    deinit {
        guard let start = pages.baseAddress else { return }
        explicit_bzero(start, pages.count)
        munmap(start, pages.count)
    }

    /// Lends the bytes for reading; the pointer is dead after `body` returns.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(UnsafeRawBufferPointer(rebasing: pages[..<count]))
    }

    /// Compares without telling by its duration where the first difference is; lengths are not secret.
    public func isEqual(to other: SecretBytes) -> Bool {
        withUnsafeBytes { left in
            other.withUnsafeBytes { right in
                guard left.count == right.count else { return false }
                var difference: UInt8 = 0
                for index in left.indices { difference |= left[index] ^ right[index] }
                return difference == 0
            }
        }
    }

    /// Overwrites the array's bytes with zeros and empties it. Other copies of the array keep theirs.
    public static func wipe(_ bytes: inout [UInt8]) {
        bytes.withUnsafeMutableBytes { buffer in
            if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
        }
        bytes.removeAll()
    }

    public var description: String { "SecretBytes" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Far above any PIN or share, far below what may be locked.
    private static let largestCount = 1 << 20
}

/// Memory for a secret that cannot be had or cannot be locked.
public struct SecretMemoryError: Error, Hashable, Sendable, CustomStringConvertible {
    public let reason: String

    init(reason: String) { self.reason = reason }

    init(errno code: Int32, attempt: String) {
        let meaning = strerror(code).map { String(cString: $0) } ?? "error \(code)"
        reason = "\(attempt): \(meaning)"
    }

    public var description: String {
        "\(reason). Raise the limit of locked memory (ulimit -l) if it is small."
    }
}
