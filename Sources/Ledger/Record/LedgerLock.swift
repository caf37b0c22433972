import Glibc
import Groundwork

/// Keeps everybody else from writing to a ledger for as long as it lives, without writing to it.
public final class LedgerLock {
    private let file: FileDescriptor

    /// - Throws: `FileError`, of kind `busy` when somebody writes to the ledger.
    public init(_ path: String) throws(FileError) {
        file = try FileDescriptor.open(path, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        try file.requireRegularFile()
        try file.lock()
    }
}
