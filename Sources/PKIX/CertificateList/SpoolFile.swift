import Crypto
import Glibc

/// A file without a name: it is gone when its descriptor is closed, also after a crash.
public final class SpoolFile: Sendable {
    /// Open for reading and writing while the value lives.
    public let descriptor: Int32
    private static let chunk = 256 * 1024

    /// Throws `io`.
    public init(directory: String) throws(PKIXError) {
        // O_TMPFILE, which the importer does not see: its own bit and O_DIRECTORY.
        let unnamed = open(directory, 0o20_000_000 | O_DIRECTORY | O_RDWR | O_CLOEXEC, 0o600)
        guard unnamed < 0 else {
            self.descriptor = unnamed
            return
        }
        // Some file systems make no file without a name.
        var template = Array("\(directory)/.crl-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw Self.error("create a spool in '\(directory)'") }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// How much is in it, in bytes. Throws `io`.
    public var byteCount: Int {
        get throws(PKIXError) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw Self.error("measure the spool") }
            return Int(status.st_size)
        }
    }

    /// SHA-256 of the first `count` bytes, 32 bytes. Throws `io`.
    public func sha256(_ count: Int) throws(PKIXError) -> [UInt8] {
        var hash = SHA256()
        try read(count) { hash.update(bufferPointer: $0) }
        return Array(hash.finalize())
    }

    /// Throws `io`.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(PKIXError) { try Self.write(bytes, to: descriptor) }

    /// Hands the first `count` bytes to `body`, chunk by chunk. Throws `io`, and what `body` throws.
    public func read(_ count: Int, _ body: (UnsafeRawBufferPointer) throws(PKIXError) -> Void) throws(PKIXError) {
        var chunk = [UInt8](repeating: 0, count: min(Self.chunk, count))
        var offset = 0
        while offset < count {
            let got = pread(descriptor, &chunk, min(chunk.count, count - offset), off_t(offset))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else {
                throw got < 0 ? Self.error("read the spool") : PKIXError(.io, "The spool has shrunk.")
            }
            try chunk.withUnsafeBufferPointer { (bytes) throws(PKIXError) in
                try body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[..<got])))
            }
            offset += got
        }
    }

    /// Fills `buffer` from `offset` on; gives how many bytes there were.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(PKIXError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let got = pread(
                descriptor, buffer.baseAddress.map { $0 + filled }, buffer.count - filled, off_t(offset + filled))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw Self.error("read the spool") }
            if got == 0 { break }
            filled += got
        }
        return filled
    }

    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) throws(PKIXError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written >= 0 else { throw error("write a CRL") }
            rest = rest.dropFirst(written)
        }
    }

    private static func error(_ action: String) -> PKIXError {
        PKIXError(.io, "Could not \(action): \(String(cString: strerror(errno))).")
    }
}
