import Dispatch
import Glibc
import Groundwork
import Synchronization

/// Which program runs, and what machine it says that it runs on.
public struct ProgramIdentity: Sendable {
    public var version: String
    private let file: ProgramFile
    /// The network interfaces that are up, beside loopback: an offline machine has none.
    public var networkInterfaces: [String]

    public init(version: String, digest: Digest, networkInterfaces: [String]) {
        self.version = version
        file = ProgramFile(digest)
        self.networkInterfaces = networkInterfaces
    }

    private init(version: String, file: ProgramFile, networkInterfaces: [String]) {
        self.version = version
        self.file = file
        self.networkInterfaces = networkInterfaces
    }

    /// SHA-256 of the program's file.
    ///
    /// - Throws: `FileError` when the file cannot be read.
    public var digest: Digest {
        get throws(FileError) { try file.digest() }
    }

    /// Looks at the running program and at this machine. The program's file is hashed in the background.
    public static func current(version: String) -> ProgramIdentity {
        ProgramIdentity(
            version: version, file: ProgramFile(path: "/proc/self/exe"), networkInterfaces: upInterfaces())
    }

    /// The names of the network interfaces that are up, beside loopback, sorted.
    public static func upInterfaces() -> [String] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var names: Set<String> = []
        var next = first
        while let interface = next {
            let flags = interface.pointee.ifa_flags
            if Int(flags) & Int(IFF_UP) != 0, Int(flags) & Int(IFF_LOOPBACK) == 0 {
                names.insert(String(cString: interface.pointee.ifa_name))
            }
            next = interface.pointee.ifa_next
        }
        return names.sorted()
    }
}

/// The digest of a file: known, or being made while others are busy with other things.
private final class ProgramFile: Sendable {
    private let result: Mutex<Result<Digest, FileError>?>
    private let isMade = DispatchSemaphore(value: 0)

    init(_ digest: Digest) { result = Mutex(.success(digest)) }

    init(path: String) {
        result = Mutex(nil)
        DispatchQueue.global().async {
            let made = Result { () throws(FileError) in try DurableFile.digest(path) }
            self.result.withLock { $0 = made }
            self.isMade.signal()
        }
    }

    func digest() throws(FileError) -> Digest {
        while true {
            if let result = result.withLock({ $0 }) { return try result.get() }
            isMade.wait()
            // For whoever else waits.
            isMade.signal()
        }
    }
}
