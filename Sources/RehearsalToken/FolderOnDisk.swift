import Glibc

/// SoftHSM's folder and configuration file.
struct FolderOnDisk {
    let path: String
    let configurationPath: String

    init(_ given: String) throws(RehearsalTokenError) {
        if mkdir(given, 0o700) != 0, errno != EEXIST { throw Self.failure(given) }
        guard let resolved = realpath(given, nil) else { throw Self.failure(given) }
        defer { free(resolved) }
        path = String(cString: resolved)
        configurationPath = path + "/softhsm2.conf"
        // SoftHSM's configuration is lines of key = value, without any quoting.
        guard !path.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "#") }) else {
            throw .folder(path: path, reason: "its name has characters that SoftHSM's configuration cannot hold")
        }
        var status = stat()
        guard stat(path, &status) == 0 else { throw Self.failure(path) }
        guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw .folder(path: path, reason: "others can enter it; it must be yours with mode 0700")
        }
        let tokens = path + "/tokens"
        if mkdir(tokens, 0o700) != 0, errno != EEXIST { throw Self.failure(tokens) }
        try write(
            "directories.tokendir = \(tokens)\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n"
        )
    }

    private func write(_ text: String) throws(RehearsalTokenError) {
        guard let file = fopen(configurationPath, "we") else { throw Self.failure(configurationPath) }
        let isWritten = fputs(text, file) >= 0
        guard fclose(file) == 0, isWritten else { throw Self.failure(configurationPath) }
    }

    private static func failure(_ path: String) -> RehearsalTokenError {
        .folder(path: path, reason: String(cString: strerror(errno)))
    }

    /// Removes a folder and what is in it, without following links.
    static func remove(_ path: String) {
        guard unlink(path) != 0, let directory = opendir(path) else { return }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        closedir(directory)
        for name in names { remove(path + "/" + name) }
        rmdir(path)
    }
}
