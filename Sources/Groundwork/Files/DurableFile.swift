import Crypto
import Glibc

/// Whole files, written so that after a crash at any instant each is there completely or not at all.
public enum DurableFile {
    /// How much `read` accepts when a caller says nothing else: 64 MiB.
    public static let defaultMaximumBytes = 64 << 20

    /// Creates a file and makes it durable: temporary name, fsync, rename that replaces nothing, fsync of the
    /// directory.
    ///
    /// - Throws: ``FileError``; of kind `exists` when anything, even a dangling symbolic link, has the name. Then and
    ///   after any other failure the output does not exist or is as it was.
    public static func create(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o644) throws(FileError) {
        try refuseExisting(path)
        let directory = try FileDescriptor.openDirectory(FilePath.directory(of: path))
        let pending = try PendingFile(path, in: directory, bytes, mode: mode, isDurable: true)
        try pending.putInPlace()
        try directory.synchronize()
    }

    /// The same for a file that is not held in memory: `write` is handed the open temporary.
    public static func create(
        _ path: String, mode: mode_t = 0o644, writing write: (FileDescriptor) throws(FileError) -> Void
    ) throws(FileError) {
        try refuseExisting(path)
        let directory = try FileDescriptor.openDirectory(FilePath.directory(of: path))
        let pending = try PendingFile(path, in: directory, mode: mode, isDurable: true, writing: write)
        try pending.putInPlace()
        try directory.synchronize()
    }

    /// Creates many files with one `syncfs` for each file system instead of one `fsync` for each file.
    ///
    /// Either all are in place or, after an error, none is. A crash may leave some of them, each complete.
    public static func createBatch(
        _ files: [(path: String, bytes: [UInt8])], mode: mode_t = 0o644
    ) throws(FileError) {
        var directories: [String: FileDescriptor] = [:]
        var pending: [PendingFile] = []
        for file in files {
            try refuseExisting(file.path)
            let parent = FilePath.directory(of: file.path)
            let directory: FileDescriptor
            if let known = directories[parent] {
                directory = known
            } else {
                directory = try FileDescriptor.openDirectory(parent)
                directories[parent] = directory
            }
            pending.append(try PendingFile(file.path, in: directory, file.bytes, mode: mode, isDurable: false))
        }
        var devices: Set<dev_t> = []
        for directory in directories.values where devices.insert(try directory.status().st_dev).inserted {
            try directory.synchronizeFileSystem()
        }
        var placed: [PendingFile] = []
        do throws(FileError) {
            for file in pending {
                try file.putInPlace()
                placed.append(file)
            }
            for directory in directories.values { try directory.synchronize() }
        } catch {
            for file in placed { file.takeBack() }
            throw error
        }
    }

    /// Creates a file or replaces a regular file of that name, durably. A reader sees the old content or the new.
    public static func replace(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o644) throws(FileError) {
        let directory = try FileDescriptor.openDirectory(FilePath.directory(of: path))
        let pending = try PendingFile(path, in: directory, bytes, mode: mode, isDurable: true)
        try pending.replace()
        try directory.synchronize()
    }

    /// Reads a whole regular file.
    ///
    /// - Parameters:
    ///   - maximumBytes: a longer file is refused.
    ///   - followingSymbolicLinks: when false, a symbolic link as last part of the path is refused.
    /// - Throws: ``FileError``; of kind `notRegular` for a directory, FIFO, socket or device.
    public static func read(
        _ path: String, maximumBytes: Int = defaultMaximumBytes, followingSymbolicLinks: Bool = true
    ) throws(FileError) -> [UInt8] {
        // Without O_NONBLOCK, opening a FIFO would wait for somebody to write to it.
        let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | (followingSymbolicLinks ? 0 : O_NOFOLLOW)
        let file = try FileDescriptor.open(path, flags: flags)
        let size = Int(try file.requireRegularFile().st_size)
        let tooLarge = FileError(kind: .tooLarge, path: path, reason: "is larger than \(maximumBytes) bytes")
        guard size <= maximumBytes else { throw tooLarge }
        var bytes = try file.read(upTo: size + 1)
        // A regular file gives less than it is asked for only at its end; one that grew meanwhile is read on.
        while bytes.count > size {
            guard bytes.count <= maximumBytes else { throw tooLarge }
            let more = try file.read(upTo: 1 << 16)
            if more.isEmpty { break }
            bytes.append(contentsOf: more)
        }
        return bytes
    }

    /// The SHA-256 of a regular file, read piece by piece.
    ///
    /// - Throws: ``FileError``, as ``read(_:maximumBytes:followingSymbolicLinks:)``.
    public static func digest(_ path: String, followingSymbolicLinks: Bool = true) throws(FileError) -> Digest {
        let flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | (followingSymbolicLinks ? 0 : O_NOFOLLOW)
        let file = try FileDescriptor.open(path, flags: flags)
        try file.requireRegularFile()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { buffer.deallocate() }
        var hash = SHA256()
        while true {
            let count = try file.read(into: buffer)
            if count == 0 { return Digest(hash.finalize()) }
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// The length of a regular file in bytes; a symbolic link is refused.
    public static func size(_ path: String) throws(FileError) -> Int64 {
        let file = try FileDescriptor.open(path, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW)
        return Int64(try file.requireRegularFile().st_size)
    }

    /// Creates a copy of a regular file, piece by piece.
    ///
    /// - Returns: the SHA-256 of what was copied.
    /// - Throws: ``FileError``, as ``create(_:_:mode:)`` and ``read(_:maximumBytes:followingSymbolicLinks:)``.
    public static func copy(_ source: String, to path: String, mode: mode_t = 0o644) throws(FileError) -> Digest {
        let file = try FileDescriptor.open(source, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW)
        try file.requireRegularFile()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
        defer { buffer.deallocate() }
        var hash = SHA256()
        try create(path, mode: mode) { (output) throws(FileError) in
            while true {
                let count = try file.read(into: buffer)
                if count == 0 { return }
                let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                hash.update(bufferPointer: piece)
                try output.writeAll(piece)
            }
        }
        return Digest(hash.finalize())
    }

    /// A kinder and earlier refusal than the rename's, which remains the one that counts.
    private static func refuseExisting(_ path: String) throws(FileError) {
        var status = stat()
        if !path.utf8.contains(0), lstat(path, &status) == 0 {
            throw FileError(errno: EEXIST, path: path, attempt: "cannot be created")
        }
    }
}
