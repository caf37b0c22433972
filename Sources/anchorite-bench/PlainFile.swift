import Glibc
import Groundwork

/// Writes files that need not survive a power failure.
enum PlainFile {
    static func write(_ bytes: [UInt8], to path: String) throws(BenchError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw BenchError("\(path) cannot be opened.") }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { throw BenchError("\(path) cannot be written.") }
            rest = rest.dropFirst(written)
        }
    }
}
