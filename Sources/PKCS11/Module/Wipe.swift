internal import Glibc

/// Overwriting of secrets in a way that the compiler does not leave out as useless.
enum Wipe {
    static func bytes(_ bytes: UnsafeMutableRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        explicit_bzero(start, bytes.count)
    }

    static func bytes(_ array: inout [UInt8]) {
        array.withUnsafeMutableBytes { bytes($0) }
    }
}
