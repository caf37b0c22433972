import Glibc
import Groundwork

/// What kind of file system a folder is on.
enum FileSystem {
    /// `ext4`, `vfat`, `tmpfs`, …, by the mount that the folder lies in.
    static func kind(of folder: String) -> String {
        guard let resolved = realpath(folder, nil) else { return "file system unknown" }
        defer { free(resolved) }
        let path = String(cString: resolved)
        guard let mounts = try? DurableFile.read("/proc/self/mountinfo") else { return "file system unknown" }
        var best = (length: -1, kind: "file system unknown")
        for line in String(decoding: mounts, as: UTF8.self).split(separator: "\n") {
            // proc(5): id parent device root mount-point options … - type source options
            let fields = line.split(separator: " ")
            guard fields.count > 4, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else { continue }
            let point = unescaped(fields[4])
            let isAbove = point == "/" || path == point || path.hasPrefix(point + "/")
            // Of several mounts on one point, the last hides the others.
            if isAbove, point.utf8.count >= best.length { best = (point.utf8.count, String(fields[dash + 1])) }
        }
        return best.kind
    }

    static func isRegularFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Whether there is anything of that name.
    static func isThere(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0
    }

    static func freeMebibytes(in folder: String) -> Int64? {
        var information = statvfs()
        guard statvfs(folder, &information) == 0 else { return nil }
        let product = UInt64(information.f_bavail).multipliedReportingOverflow(by: UInt64(information.f_frsize))
        return product.overflow ? nil : Int64(clamping: product.partialValue >> 20)
    }

    static func isVolatile(_ kind: String) -> Bool { ["tmpfs", "ramfs"].contains(kind) }
    static func isRemote(_ kind: String) -> Bool { ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"].contains(kind) }

    /// Blanks, tabs, newlines and backslashes are written as octal numbers.
    private static func unescaped(_ field: Substring) -> String {
        var text = String(field)
        for (escape, character) in [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        where text.contains(escape) {
            text = text.split(separator: escape, omittingEmptySubsequences: false).joined(separator: character)
        }
        return text
    }
}
