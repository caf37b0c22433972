import Glibc

/// Directories: made durably, listed in a fixed order.
public enum DurableDirectory {
    /// Makes the directory, and those above it that are missing, and makes them durable. An existing one is kept.
    public static func create(_ path: String, mode: mode_t = 0o755) throws(FileError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw FileError(kind: .notFound, path: path, reason: "is not a usable path")
        }
        if mkdir(path, mode) != 0 {
            switch errno {
            case EEXIST:
                _ = try FileDescriptor.openDirectory(path)
                return
            case ENOENT:
                let parent = FilePath.directory(of: path)
                guard parent != path else { fallthrough }
                try create(parent, mode: mode)
                guard mkdir(path, mode) == 0 || errno == EEXIST else { fallthrough }
            default:
                throw FileError(errno: errno, path: path, attempt: "cannot be created")
            }
        }
        try FileDescriptor.openDirectory(FilePath.directory(of: path)).synchronize()
    }

    /// The names in the directory, sorted by bytes, without `.` and `..` and without temporaries of a crash.
    public static func names(in path: String) throws(FileError) -> [String] {
        try allNames(in: path).filter { !$0.hasPrefix(PendingFile.prefix) }
    }

    /// Whether a file of this name, with or without folders before it, is a temporary that a crash left.
    public static func isLeftover(_ path: String) -> Bool { FilePath.name(of: path).hasPrefix(PendingFile.prefix) }

    /// The temporaries that a crash left in the directory.
    public static func leftovers(in path: String) throws(FileError) -> [String] {
        try allNames(in: path).filter { $0.hasPrefix(PendingFile.prefix) }
    }

    private static func allNames(in path: String) throws(FileError) -> [String] {
        let attempt = "cannot be listed"
        guard let stream = opendir(path) else { throw FileError(errno: errno, path: path, attempt: attempt) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw FileError(errno: errno, path: path, attempt: attempt) }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
