import Glibc

/// A file that is written under a temporary name and shows itself only when it is complete and durable.
///
/// The temporary stands in the directory of the output and is removed with the value unless it was put in place.
final class PendingFile {
    /// The beginning of every temporary name: what a crash leaves behind is recognised by it.
    static let prefix = ".anchorite-tmp-"

    let path: String
    let directory: FileDescriptor
    private let name: String
    private let temporaryName: String
    private var isTemporaryPresent = true

    /// Writes the temporary; it is not yet durable.
    convenience init(
        _ path: String, in directory: FileDescriptor, _ bytes: [UInt8], mode: mode_t, isDurable: Bool
    ) throws(FileError) {
        try self.init(path, in: directory, mode: mode, isDurable: isDurable) { (file) throws(FileError) in
            try file.writeAll(bytes)
        }
    }

    /// The same with what `write` puts into the open file.
    init(
        _ path: String, in directory: FileDescriptor, mode: mode_t, isDurable: Bool,
        writing write: (FileDescriptor) throws(FileError) -> Void
    ) throws(FileError) {
        let name = FilePath.name(of: path)
        guard !name.isEmpty, name != ".", name != "..", !name.utf8.contains(0) else {
            throw FileError(kind: .notFound, path: path, reason: "does not end in the name of a file")
        }
        let random = withUnsafeBytes(of: UInt64.random(in: .min ... .max)) { Hex.encode($0) }
        self.path = path
        self.directory = directory
        self.name = name
        self.temporaryName = Self.prefix + random
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let number = retrying { openat(directory.number, temporaryName, flags, mode) }
        guard number >= 0 else {
            isTemporaryPresent = false
            throw FileError(errno: errno, path: path, attempt: "cannot be created")
        }
        let file = FileDescriptor(number: number, path: path)
        try write(file)
        if isDurable { try file.synchronize() }
    }

    deinit { removeTemporary() }

    /// Gives the file its name, unless something has that name already. The directory is not yet durable.
    func putInPlace() throws(FileError) {
        var result = LinuxCalls.renameWithoutReplacing(directory.number, temporaryName, directory.number, name)
        if result != 0, errno == EINVAL || errno == ENOSYS {
            // Some file systems do not know the flag; a hard link never replaces anything either.
            result = linkat(directory.number, temporaryName, directory.number, name, 0)
            if result == 0 { removeTemporary() }
        }
        guard result == 0 else {
            throw FileError(errno: errno, path: path, attempt: "cannot be created")
        }
        isTemporaryPresent = false
    }

    /// Gives the file its name, in the place of a regular file that has it. The directory is not yet durable.
    func replace() throws(FileError) {
        var status = stat()
        if fstatat(directory.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else {
                throw FileError(kind: .notRegular, path: path, reason: "is not a regular file, so it is not replaced")
            }
        }
        guard renameat(directory.number, temporaryName, directory.number, name) == 0 else {
            throw FileError(errno: errno, path: path, attempt: "cannot be replaced")
        }
        isTemporaryPresent = false
    }

    /// Takes back what `putInPlace` did.
    func takeBack() {
        unlinkat(directory.number, name, 0)
    }

    private func removeTemporary() {
        guard isTemporaryPresent else { return }
        unlinkat(directory.number, temporaryName, 0)
        isTemporaryPresent = false
    }
}
