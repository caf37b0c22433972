import Glibc

/// Whole folders that take each other's place: made beside, renamed, and pointed to by a link that is renamed too.
extension DurableDirectory {
    /// A name in `parent` for a folder or link that is not finished; ``isLeftover(_:)`` knows it again after a crash.
    public static func temporaryPath(in parent: String) -> String {
        let random = withUnsafeBytes(of: UInt64.random(in: .min ... .max)) { Hex.encode($0) }
        return FilePath.joined(parent, PendingFile.prefix + random)
    }

    /// Gives a finished folder its name, and makes that durable. Whoever calls makes sure that nothing has the name.
    public static func rename(_ path: String, to other: String) throws(FileError) {
        guard Glibc.rename(path, other) == 0 else {
            throw FileError(errno: errno, path: other, attempt: "cannot be put in place")
        }
        try FileDescriptor.openDirectory(FilePath.directory(of: other)).synchronize()
    }

    /// Lets a symbolic link lead somewhere else, durably. A reader sees where it led before, or where it leads now.
    public static func pointLink(_ path: String, to destination: String) throws(FileError) {
        let parent = FilePath.directory(of: path)
        let temporary = temporaryPath(in: parent)
        guard symlink(destination, temporary) == 0 else {
            throw FileError(errno: errno, path: path, attempt: "cannot be made")
        }
        guard Glibc.rename(temporary, path) == 0 else {
            let error = FileError(errno: errno, path: path, attempt: "cannot be switched")
            unlink(temporary)
            throw error
        }
        try FileDescriptor.openDirectory(parent).synchronize()
    }

    /// Where a symbolic link leads; nil where there is none, or something else.
    public static func linkDestination(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path, &buffer, buffer.count)
        guard count > 0, count < buffer.count else { return nil }
        return String(validating: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Whether anything has the name, be it a link that leads nowhere.
    public static func isTaken(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Makes what was written into a folder and the folders in it durable.
    public static func synchronizeTree(_ path: String) throws(FileError) {
        for entry in try entries(in: path) where entry.isFolder { try synchronizeTree(FilePath.joined(path, entry.name)) }
        try FileDescriptor.openDirectory(path).synchronize()
    }

    /// The paths of all that is in a folder and the folders in it and is not a folder itself, relative to it, sorted by
    /// bytes.
    public static func tree(of path: String) throws(FileError) -> [String] {
        var found: [String] = []
        for entry in try entries(in: path) {
            if entry.isFolder {
                found += try tree(of: FilePath.joined(path, entry.name)).map { "\(entry.name)/\($0)" }
            } else {
                found.append(entry.name)
            }
        }
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Removes a folder with everything in it; links are removed, not followed.
    public static func removeTree(_ path: String) throws(FileError) {
        for entry in try entries(in: path) {
            let inner = FilePath.joined(path, entry.name)
            if entry.isFolder {
                try removeTree(inner)
            } else if unlink(inner) != 0 {
                throw FileError(errno: errno, path: inner, attempt: "cannot be removed")
            }
        }
        guard rmdir(path) == 0 else { throw FileError(errno: errno, path: path, attempt: "cannot be removed") }
    }

    /// What a folder holds, and which of it are folders: real ones, not links to them.
    public static func entries(in path: String) throws(FileError) -> [(name: String, isFolder: Bool)] {
        let hidden = try leftovers(in: path)
        var entries: [(name: String, isFolder: Bool)] = []
        for name in try names(in: path) + hidden {
            var status = stat()
            let inner = FilePath.joined(path, name)
            guard lstat(inner, &status) == 0 else {
                throw FileError(errno: errno, path: inner, attempt: "cannot be looked at")
            }
            entries.append((name, status.st_mode & S_IFMT == S_IFDIR))
        }
        return entries
    }
}
