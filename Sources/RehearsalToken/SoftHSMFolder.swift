import Glibc
import PKCS11
import Synchronization

/// A private folder in which SoftHSM keeps its tokens, and the module that serves them.
///
/// SoftHSM reads the path of its configuration from `SOFTHSM2_CONF` at C_Initialize, which happens once in a process.
/// **A process can therefore have one folder open at a time**, with as many tokens in it as it likes; opening a second
/// one is refused. Tests share ``processWide()``, each with tokens of its own: logins belong to the process and the
/// token, so tests that run side by side must not share a token, nor find one by a label that another test uses; see
/// ``uniqueLabel(_:)``. A test that needs a folder of its own does its work in a child process.
///
/// The folder is for rehearsals and tests: what protects a key here is the folder's mode and the PIN.
public final class SoftHSMFolder: Sendable {
    /// Absolute path.
    public let path: String
    /// What `SOFTHSM2_CONF` is set to in this process and, inherited, in its children.
    public let configurationPath: String
    /// The path of libsofthsm2.so.
    public let libraryPath: String
    public let module: Module

    /// Making a token takes the one blank slot, so one is made at a time.
    private let making = Mutex<Void>(())

    private static let openPath = Mutex<String?>(nil)

    /// Makes the folder, or opens one that was made before, and loads the module with it.
    ///
    /// - Parameter path: the folder is made with mode 0700; its parent must exist.
    public init(_ path: String) throws(RehearsalTokenError) {
        let library = try Self.library()
        let folder = try FolderOnDisk(path)
        try Self.claim(folder.path)
        setenv("SOFTHSM2_CONF", folder.configurationPath, 1)
        do throws(CryptokiError) {
            module = try Module(library)
        } catch {
            Self.release(folder.path)
            throw .cryptoki(error)
        }
        self.path = folder.path
        configurationPath = folder.configurationPath
        libraryPath = library
    }

    deinit { close() }

    /// Closes the module, so that another folder can be opened. The tokens stay on disk.
    public func close() {
        module.close()
        Self.release(path)
    }

    /// Makes a token with random PINs.
    ///
    /// - Parameter label: need not be unique; the serial, which SoftHSM draws, is.
    public func makeToken(label: String) throws(RehearsalTokenError) -> RehearsalToken {
        let (soPIN, userPIN) = (RandomPIN(), RandomPIN())
        let token = try soPIN.withUnsafeBytes { (so) throws(RehearsalTokenError) in
            try userPIN.withUnsafeBytes { (user) throws(RehearsalTokenError) in
                try initializeToken(label: label, soPIN: so, userPIN: user)
            }
        }
        return RehearsalToken(token: token, soPIN: soPIN, userPIN: userPIN)
    }

    /// Makes a token with given PINs.
    public func initializeToken(
        label: String, soPIN: UnsafeRawBufferPointer, userPIN: UnsafeRawBufferPointer
    ) throws(RehearsalTokenError) -> Token {
        do throws(CryptokiError) {
            return try initializeBlankToken(label: label, soPIN: soPIN)
                .initializeUserPIN(soPIN: soPIN, userPIN: userPIN)
        } catch {
            throw .cryptoki(error)
        }
    }

    /// Initializes SoftHSM's one blank token, and sets no user PIN on it.
    public func initializeBlankToken(
        label: String, soPIN: UnsafeRawBufferPointer?
    ) throws(CryptokiError) -> Token {
        try making.withLock { _ throws(CryptokiError) in
            try Token.initialize(module.uninitializedToken(), module: module, label: label, soPIN: soPIN)
        }
    }

    /// A label that no other call in this process gives: the prefix and a number.
    public static func uniqueLabel(_ prefix: String) -> String {
        "\(prefix)-\(labels.wrappingAdd(1, ordering: .relaxed).newValue)"
    }

    private static let labels = Atomic<Int>(0)

    // MARK: - One folder per process

    private static let shared = Mutex<Result<SoftHSMFolder, RehearsalTokenError>?>(nil)

    /// The folder that all tests in this process share: made in the temporary folder at the first call, and removed at
    /// the process's end.
    public static func processWide() throws(RehearsalTokenError) -> SoftHSMFolder {
        try shared.withLock { shared in
            if let shared { return shared }
            let made = makeTemporary()
            shared = made
            return made
        }.get()
    }

    private static func makeTemporary() -> Result<SoftHSMFolder, RehearsalTokenError> {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/anchorite-softhsm-XXXXXX".utf8CString)
        guard let path = mkdtemp(&template).map({ String(cString: $0) }) else {
            return .failure(.folder(path: parent, reason: String(cString: strerror(errno))))
        }
        // Registered before the module registers its own closing, and so run after it.
        atexit { SoftHSMFolder.removeShared() }
        return Result { () throws(RehearsalTokenError) in try SoftHSMFolder(path) }
    }

    private static func removeShared() {
        guard case .success(let folder)? = shared.withLock({ $0 }) else { return }
        FolderOnDisk.remove(folder.path)
    }

    private static func claim(_ path: String) throws(RehearsalTokenError) {
        let other = openPath.withLock { open in
            if let open { return String?.some(open) }
            open = path
            return nil
        }
        if let other { throw .anotherFolderIsOpen(other) }
    }

    private static func release(_ path: String) {
        openPath.withLock { if $0 == path { $0 = nil } }
    }

    private static func library() throws(RehearsalTokenError) -> String {
        var places = [
            "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
            "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so",
        ]
        if let own = getenv("SOFTHSM2_MODULE") { places.insert(String(cString: own), at: 0) }
        guard let found = places.first(where: { access($0, R_OK) == 0 }) else {
            throw .softHSMNotInstalled(searched: places)
        }
        return found
    }
}
