internal import Glibc
import Synchronization

/// The modules that this process has open.
///
/// A process that ends without C_Logout and C_Finalize leaks sessions in some devices (a TPM has only a handful), and
/// `exit` runs no deinitializers: what is still open then is closed from an `atexit` handler.
enum OpenModules {
    private struct Entry {
        let identifier: ObjectIdentifier
        weak var module: Module?
    }

    /// In the order in which they were opened.
    private static let entries = Mutex<[Entry]>([])

    static func add(_ module: Module) {
        entries.withLock { $0.append(Entry(identifier: ObjectIdentifier(module), module: module)) }
        // Handlers run last in, first out. Registered after C_Initialize, ours runs before those of the module and of
        // the libraries it started, which would otherwise be gone when C_Finalize needs them.
        atexit { OpenModules.closeAll() }
    }

    static func remove(_ identifier: ObjectIdentifier) {
        entries.withLock { entries in entries.removeAll { $0.identifier == identifier } }
    }

    /// The last first: a module may stand on one that was opened before it.
    private static func closeAll() {
        let modules = entries.withLock { entries in entries.reversed().compactMap(\.module) }
        for module in modules { module.closeAtExit() }
    }
}
