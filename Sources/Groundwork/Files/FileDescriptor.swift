import Glibc

/// An open file or directory that closes itself; all system calls that touch files go through here.
public final class FileDescriptor {
    public let number: Int32
    /// For error messages.
    public let path: String

    /// Takes over a descriptor.
    init(number: Int32, path: String) {
        self.number = number
        self.path = path
    }

    deinit { close(number) }

    /// `open(2)`, close-on-exec.
    public static func open(
        _ path: String, flags: Int32, mode: mode_t = 0, attempt: String = "cannot be opened"
    ) throws(FileError) -> FileDescriptor {
        // A path with a NUL would be cut there, and another file opened than the one named.
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw FileError(kind: .notFound, path: path, reason: "is not a usable path")
        }
        let number = retrying { Glibc.open(path, flags | O_CLOEXEC, mode) }
        guard number >= 0 else { throw FileError(errno: errno, path: path, attempt: attempt) }
        return FileDescriptor(number: number, path: path)
    }

    public static func openDirectory(_ path: String) throws(FileError) -> FileDescriptor {
        try open(path, flags: O_RDONLY | O_DIRECTORY, attempt: "cannot be opened as a directory")
    }

    public func status() throws(FileError) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw failure("cannot be examined") }
        return status
    }

    /// Refuses everything but a regular file: reading a FIFO or a device may never end.
    @discardableResult
    public func requireRegularFile() throws(FileError) -> stat {
        let status = try status()
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(kind: .notRegular, path: path, reason: "is not a regular file")
        }
        return status
    }

    public func writeAll(_ bytes: [UInt8]) throws(FileError) {
        guard bytes.withUnsafeBytes(write) else { throw failure("cannot be written") }
    }

    public func writeAll(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        guard write(bytes) else { throw failure("cannot be written") }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = retrying { Glibc.write(number, rest.baseAddress, rest.count) }
            guard count > 0 else { return false }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        return true
    }

    /// Writes everything with a single `write(2)`; a write that is cut short is an error, and the rest is not tried.
    public func writeOnce(_ bytes: [UInt8]) throws(FileError) {
        let count = bytes.withUnsafeBytes { buffer in
            retrying { Glibc.write(number, buffer.baseAddress, buffer.count) }
        }
        guard count >= 0 else { throw failure("cannot be written") }
        guard count == bytes.count else {
            throw FileError(kind: .io, path: path, reason: "only \(count) of \(bytes.count) bytes were written")
        }
    }

    /// Fills the buffer from the current position as far as one `read(2)` does; 0 at the end.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        let count = retrying { Glibc.read(number, buffer.baseAddress, buffer.count) }
        guard count >= 0 else { throw failure("cannot be read") }
        return count
    }

    /// Exactly `count` bytes from a position counted from the beginning; fewer only where the file ends.
    public func read(count: Int, at position: Int64) throws(FileError) -> [UInt8] {
        var filled = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            while initialized < count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: raw[initialized..<count])
                filled = retrying { pread(number, rest.baseAddress, rest.count, off_t(position) + initialized) }
                guard filled > 0 else { return }
                initialized += filled
            }
        }
        guard filled >= 0 else { throw failure("cannot be read") }
        return bytes
    }

    /// An exclusive `flock(2)` for as long as the descriptor is open; of kind `busy` when somebody else has one.
    public func lock() throws(FileError) {
        // A child process shares the descriptors of its parent until it executes its program, so a lock that was just
        // given up may be held for a moment longer.
        for attempt in 0..<20 {
            if retrying({ flock(number, LOCK_EX | LOCK_NB) }) == 0 { return }
            guard errno == EWOULDBLOCK else { throw failure("cannot be locked") }
            if attempt < 19 { usleep(50_000) }
        }
        throw FileError(kind: .busy, path: path, reason: "is in use by another process. Wait until it has ended")
    }

    /// Cuts the file off; not yet durable.
    public func truncate(to length: Int64) throws(FileError) {
        guard retrying({ ftruncate(number, off_t(length)) }) == 0 else { throw failure("cannot be cut off") }
    }

    /// Up to `capacity` bytes from the current position; empty at the end.
    public func read(upTo capacity: Int) throws(FileError) -> [UInt8] {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
            count = retrying { Glibc.read(number, buffer.baseAddress, capacity) }
            initialized = max(0, count)
        }
        guard count >= 0 else { throw failure("cannot be read") }
        return bytes
    }

    /// `fsync(2)`. After a failure the kernel may have dropped what was not written: never retry, never go on.
    public func synchronize() throws(FileError) {
        guard retrying({ fsync(number) }) == 0 else { throw failure("cannot be made durable") }
    }

    /// `fdatasync(2)`: content and length.
    public func synchronizeData() throws(FileError) {
        guard retrying({ fdatasync(number) }) == 0 else { throw failure("cannot be made durable") }
    }

    /// `syncfs(2)`: everything on the file system that this file is on.
    func synchronizeFileSystem() throws(FileError) {
        guard retrying({ LinuxCalls.syncfs(number) }) == 0 else { throw failure("cannot be made durable") }
    }

    public func failure(_ attempt: String) -> FileError {
        FileError(errno: errno, path: path, attempt: attempt)
    }
}

/// Repeats a system call that a signal interrupted.
func retrying<Value: SignedInteger>(_ call: () -> Value) -> Value {
    while true {
        let result = call()
        if result != -1 || errno != EINTR { return result }
    }
}
