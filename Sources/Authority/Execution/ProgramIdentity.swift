import Glibc
import Groundwork

/// Which program runs, and what machine it says that it runs on.
public struct ProgramIdentity: Sendable {
    public var version: String
    /// SHA-256 of the program's file.
    public var digest: Digest
    /// The network interfaces that are up, beside loopback: an offline machine has none.
    public var networkInterfaces: [String]

    public init(version: String, digest: Digest, networkInterfaces: [String]) {
        self.version = version
        self.digest = digest
        self.networkInterfaces = networkInterfaces
    }

    /// Looks at the running program and at this machine.
    ///
    /// - Throws: `FileError` when the program's file cannot be read.
    public static func current(version: String) throws(FileError) -> ProgramIdentity {
        let bytes = try DurableFile.read("/proc/self/exe", maximumBytes: 1 << 30)
        return ProgramIdentity(version: version, digest: Digest(of: bytes), networkInterfaces: upInterfaces())
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
