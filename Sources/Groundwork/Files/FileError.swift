import Glibc

/// A file that could not be read or written, and why.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// The output is there already; nothing was overwritten.
        case exists
        case notFound
        case permission
        /// A directory, FIFO, device or symbolic link where a regular file must be.
        case notRegular
        case tooLarge
        /// Somebody else holds the lock, or changed the file meanwhile.
        case busy
        case noSpace
        case readOnly
        /// Any other failure of the operating system.
        case io
    }

    public let kind: Kind
    public let path: String
    /// What is wrong, as part of a sentence.
    public let reason: String

    public init(kind: Kind, path: String, reason: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
    }

    /// From `errno`, with what was tried, such as "cannot be opened".
    public init(errno code: Int32, path: String, attempt: String) {
        self.init(kind: Self.kind(of: code), path: path, reason: "\(attempt): \(Self.meaning(of: code))")
    }

    public var description: String { "\(path): \(reason)" }

    private static func kind(of code: Int32) -> Kind {
        switch code {
        case EEXIST: .exists
        case ENOENT: .notFound
        case EACCES, EPERM: .permission
        case ELOOP, EISDIR, ENOTDIR, ENXIO: .notRegular
        case EFBIG: .tooLarge
        case EWOULDBLOCK: .busy
        case ENOSPC, EDQUOT: .noSpace
        case EROFS: .readOnly
        default: .io
        }
    }

    private static func meaning(of code: Int32) -> String {
        switch code {
        case EEXIST: "it exists already"
        case ENOENT: "no such file or directory"
        case EACCES, EPERM: "permission denied"
        case ELOOP: "it is a symbolic link"
        case EISDIR: "it is a directory"
        case ENOTDIR: "a part of the path is not a directory"
        case ENOSPC: "no space is left on the device"
        case EROFS: "the file system is read-only"
        default: strerror(code).map { String(cString: $0) } ?? "error \(code)"
        }
    }
}
