internal import Glibc
import Synchronization

/// The modules that this process has open.
///
/// A process that ends without C_Logout and C_Finalize leaks sessions in some devices (a TPM has only a handful), and
/// `exit` runs no deinitializers: what is still open then is closed from an `atexit` handler.
enum OpenModules {
    private struct Entry {
        weak var module: Module?
    }

    private static let entries = Mutex<[ObjectIdentifier: Entry]>([:])

    static func add(_ module: Module) {
        entries.withLock { $0[ObjectIdentifier(module)] = Entry(module: module) }
        // Handlers run last in, first out. Registered after C_Initialize, ours runs before those of the module and of
        // the libraries it started, which would otherwise be gone when C_Finalize needs them.
        atexit { OpenModules.closeAll() }
    }

    static func remove(_ identifier: ObjectIdentifier) {
        entries.withLock { _ = $0.removeValue(forKey: identifier) }
    }

    private static func closeAll() {
        let modules = entries.withLock { entries in entries.values.compactMap(\.module) }
        for module in modules { module.closeAtExit() }
    }
}
