import Glibc
import Groundwork

/// The directory of an authority.
public struct AuthorityDirectory: AuthorityFiles, Hashable {
    public let path: String

    public init(_ path: String) {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
    }

    public func absolute(_ relative: String) -> String { "\(path)/\(relative)" }

    public var ledgerPath: String { absolute(AuthorityPaths.ledger) }

    /// Whether there is a ledger.
    public var exists: Bool { access(ledgerPath, F_OK) == 0 }

    /// Reads a file. A link in its place is refused: what it leads to is not part of the authority, and may change.
    public func read(_ relative: String) throws(FileError) -> [UInt8] {
        try DurableFile.read(absolute(relative), followingSymbolicLinks: false)
    }

    /// The SHA-256 of a file of any length; a link is refused as by ``read(_:)``.
    public func digest(_ relative: String) throws(FileError) -> Digest {
        try DurableFile.digest(absolute(relative), followingSymbolicLinks: false)
    }

    /// The length of a regular file in bytes.
    public func size(_ relative: String) throws(FileError) -> Int64 {
        try DurableFile.size(absolute(relative))
    }

    /// Whether anything has the name, be it a link that leads nowhere.
    public func contains(_ relative: String) -> Bool {
        var status = stat()
        return lstat(absolute(relative), &status) == 0
    }

    /// The paths of all regular files, relative to the directory, sorted; other things are listed too, for they have no
    /// place there.
    public func list() throws(FileError) -> [String] {
        var found: [String] = []
        try list("", &found)
        return found.sorted()
    }

    private func list(_ folder: String, _ found: inout [String]) throws(FileError) {
        let absolute = folder.isEmpty ? path : absolute(folder)
        guard let stream = opendir(absolute) else {
            throw FileError(errno: errno, path: absolute, attempt: "cannot be listed")
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            let relative = folder.isEmpty ? name : "\(folder)/\(name)"
            if try isFolder(relative, entry.pointee.d_type) { try list(relative, &found) } else { found.append(relative) }
        }
    }

    /// - Parameter type: what the directory says of the entry; some file systems say nothing.
    private func isFolder(_ relative: String, _ type: UInt8) throws(FileError) -> Bool {
        guard type == DT_UNKNOWN else { return type == DT_DIR }
        var status = stat()
        guard lstat(absolute(relative), &status) == 0 else {
            throw FileError(errno: errno, path: absolute(relative), attempt: "cannot be looked at")
        }
        return status.st_mode & S_IFMT == S_IFDIR
    }

    /// Removes the temporaries that a crash left: no file ever got their content. Only who holds the ledger's lock may.
    func removeLeftovers() throws(FileError) {
        for path in try list() where DurableDirectory.isLeftover(path) {
            guard unlink(absolute(path)) == 0 else {
                throw FileError(errno: errno, path: absolute(path), attempt: "cannot be removed")
            }
        }
    }

    /// Removes a file that says of something that it was not finished, once it is.
    func remove(_ relative: String) throws(FileError) {
        guard unlink(absolute(relative)) == 0 || errno == ENOENT else {
            throw FileError(errno: errno, path: absolute(relative), attempt: "cannot be removed")
        }
    }

    /// Makes the folders that a file needs.
    public func makeFolder(for relative: String) throws(FileError) {
        var folder = path
        try Self.make(folder)
        for part in relative.split(separator: "/").dropLast() {
            folder += "/\(part)"
            try Self.make(folder)
        }
    }

    private static func make(_ folder: String) throws(FileError) {
        guard mkdir(folder, 0o755) != 0, errno != EEXIST else { return }
        throw FileError(errno: errno, path: folder, attempt: "the folder cannot be made")
    }

    /// Writes files that do not exist; one that exists with exactly these bytes is left, since a run that was cut off
    /// may have written it.
    func ensure(_ files: [(path: String, bytes: [UInt8])]) throws(FileError) {
        var missing: [(path: String, bytes: [UInt8])] = []
        for file in files {
            guard contains(file.path) else {
                missing.append((absolute(file.path), file.bytes))
                continue
            }
            guard (try? read(file.path)) == file.bytes else {
                throw FileError(
                    kind: .exists, path: absolute(file.path), reason: "it exists already, with other content")
            }
        }
        for folder in Set(files.map(\.path).map { $0.split(separator: "/").dropLast().joined(separator: "/") }) {
            try makeFolder(for: "\(folder)/x")
        }
        switch missing.count {
        case 0: break
        case 1: try DurableFile.create(missing[0].path, missing[0].bytes)
        default: try DurableFile.createBatch(missing)
        }
    }
}
