import Glibc
import Groundwork

/// Splits a file into lines with one buffer, however long the file is.
final class LineReader {
    private let file: FileDescriptor
    private let maximumLineBytes: Int
    private var buffer: UnsafeMutableRawBufferPointer
    private var filled = 0

    init(_ file: FileDescriptor, maximumLineBytes: Int) {
        self.file = file
        self.maximumLineBytes = maximumLineBytes
        buffer = .allocate(byteCount: 1 << 20, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// Calls `body` with each line, without its newline.
    ///
    /// - Returns: the bytes after the last newline, empty in a whole file.
    /// - Throws: `FileError`, and what `body` throws.
    func forEachLine(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> [UInt8] {
        // Where the search for a newline goes on: everything before is known to hold none.
        var searched = 0
        while true {
            try makeRoom()
            let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            if count == 0 { return Array(buffer[..<filled]) }
            filled += count
            var start = 0
            while let end = newline(from: max(start, searched)) {
                try body(UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
                start = end + 1
            }
            guard filled - start <= maximumLineBytes else {
                throw FileError(
                    kind: .tooLarge, path: file.path, reason: "has a line of more than \(maximumLineBytes) bytes")
            }
            if start > 0, let base = buffer.baseAddress {
                memmove(base, base + start, filled - start)
                filled -= start
            }
            searched = filled
        }
    }

    private func newline(from position: Int) -> Int? {
        guard position < filled, let base = buffer.baseAddress,
            let found = memchr(base + position, Int32(UInt8(ascii: "\n")), filled - position)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    private func makeRoom() throws(FileError) {
        guard filled == buffer.count else { return }
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
        buffer.deallocate()
        buffer = larger
    }
}
