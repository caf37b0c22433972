internal import CP11Kit
import Synchronization

/// A PKCS#11 module, loaded and initialized through p11-kit.
///
/// p11-kit counts references: a process may open the same library several times, and each `Module` closes only what it
/// opened. Configuration that a library reads at C_Initialize (`SOFTHSM2_CONF`, `initializeArguments`) therefore takes
/// effect with the first `Module` of that library in the process, and stays until the last is closed.
///
/// A module may be used by several threads. Closing it, or the last reference to it and to its tokens and sessions
/// going away, closes its sessions, logs out where they logged in, and finalizes the module; so does `exit`.
public final class Module: Sendable {
    /// The name or the path the module was opened by.
    public let name: String
    /// What the library says of itself.
    public let libraryDescription: String
    public let libraryManufacturer: String
    public let libraryVersion: String
    /// The version of PKCS#11 that the library's main interface has, such as `2.40`.
    public let cryptokiVersion: String

    let cryptoki: Cryptoki
    private let state: Mutex<State>

    private struct State {
        var isClosed = false
        var sessions: [ObjectIdentifier: OpenSession] = [:]
    }

    private struct OpenSession {
        weak var session: Session?
    }

    /// Opens a module.
    ///
    /// - Parameters:
    ///   - nameOrPath: a name among p11-kit's configured modules, or, with a slash or an `.so` at its end, the path of
    ///     a library. As root, p11-kit reads the system's configuration only.
    ///   - initializeArguments: the string that some modules want in `pReserved` at C_Initialize; NSS's softoken wants
    ///     `configdir='sql:DIR' certPrefix='' keyPrefix='' secmod='secmod.db' flags=`.
    /// - Throws: ``CryptokiError`` of kind `moduleUnavailable`.
    public convenience init(_ nameOrPath: String, initializeArguments: String? = nil) throws(CryptokiError) {
        let functions = try ModuleLibrary.load(nameOrPath)
        do throws(CryptokiError) {
            try ModuleLibrary.initialize(functions, arguments: initializeArguments)
        } catch {
            p11_kit_module_release(functions)
            throw error
        }
        try self.init(name: nameOrPath, initialized: functions)
    }

    /// Takes over a loaded and initialized table of functions.
    init(name: String, initialized functions: UnsafeMutablePointer<CK_FUNCTION_LIST>) throws(CryptokiError) {
        let cryptoki = Cryptoki(functions: functions)
        var info = CK_INFO()
        let code = cryptoki.answer { $0.pointee.C_GetInfo?(&info) }
        self.name = name
        self.cryptoki = cryptoki
        libraryDescription = PaddedText.string(info.libraryDescription)
        libraryManufacturer = PaddedText.string(info.manufacturerID)
        libraryVersion = info.libraryVersion.text
        cryptokiVersion = info.cryptokiVersion.text
        state = Mutex(State(isClosed: code != CKR_OK))
        guard code == CKR_OK else {
            Self.release(functions)
            throw CryptokiError(code, from: "C_GetInfo", token: nil, kind: .moduleUnavailable)
        }
        OpenModules.add(self)
    }

    deinit {
        OpenModules.remove(ObjectIdentifier(self))
        close()
    }

    /// Closes all sessions, logs out where they logged in, and finalizes the module. Closing twice does nothing.
    public func close() {
        guard let sessions = beginClosing() else { return }
        for session in sessions { session.close() }
        // Whoever is asking for tokens right now finishes first, and who comes later finds the module closed.
        SlotAccess.lock.lock()
        Self.release(cryptoki.functions)
        SlotAccess.lock.unlock()
    }

    /// Closes what no thread is busy with: a thread that waits for somebody at a keypad must not hold up the exit.
    func closeAtExit() {
        guard let sessions = beginClosing() else { return }
        for session in sessions { session.closeIfIdle() }
        guard SlotAccess.lock.tryLock() else { return }
        Self.release(cryptoki.functions)
        SlotAccess.lock.unlock()
    }

    /// Marks the module closed; nil when it is already.
    private func beginClosing() -> [Session]? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            state.isClosed = true
            return state.sessions.values.compactMap(\.session)
        }
    }

    private static func release(_ functions: UnsafeMutablePointer<CK_FUNCTION_LIST>) {
        p11_kit_module_finalize(functions)
        p11_kit_module_release(functions)
    }

    func checkOpen(_ function: String) throws(CryptokiError) {
        guard state.withLock({ !$0.isClosed }) else {
            throw CryptokiError(.closed, in: function, token: nil, "The PKCS#11 module \(name) was closed.")
        }
    }

    /// Remembers a session to close it with the module; false when the module is closed already.
    func register(_ session: Session) -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.sessions[ObjectIdentifier(session)] = OpenSession(session: session)
            return true
        }
    }

    func unregister(_ identifier: ObjectIdentifier) {
        state.withLock { _ = $0.sessions.removeValue(forKey: identifier) }
    }
}
