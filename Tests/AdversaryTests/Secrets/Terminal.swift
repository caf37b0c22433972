import Foundation
import Glibc

/// A pseudo-terminal that keeps all that it shows.
final class Terminal: @unchecked Sendable {
    private let master: Int32
    let slave: FileHandle
    private let lock = NSLock()
    private var shown = Data()
    /// How much of it was waited for.
    private var seen = 0

    init() throws {
        // What posix_openpt, unlockpt and ptsname do; the module Glibc has none of them.
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var locked: Int32 = 0
        var number: UInt32 = 0
        guard master >= 0, ioctl(master, UInt(0x4004_5431), &locked) == 0, ioctl(master, UInt(0x8004_5430), &number) == 0
        else { throw Refusal(text: "there is no pseudo-terminal") }
        let other = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard other >= 0 else { throw Refusal(text: "the pseudo-terminal has no other side") }
        slave = FileHandle(fileDescriptor: other, closeOnDealloc: false)
        Thread.detachNewThread { [self] in listen() }
    }

    private func listen() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(master, &buffer, buffer.count)
            guard count > 0 else { return }
            lock.withLock { shown += buffer[..<count] }
        }
    }

    /// The other side goes away, and with it the thread that listens.
    func hangUp() {
        close(slave.fileDescriptor)
    }

    /// All that was ever on the screen.
    var recording: Data { lock.withLock { shown } }

    /// Waits until a text is shown, after what was waited for before.
    func wait(for text: String, seconds: Double = 30) throws {
        let end = Date(timeIntervalSinceNow: seconds)
        while !isShown(text) {
            guard Date() < end else {
                throw Refusal(text: "\"\(text)\" was not shown: \(String(decoding: recording, as: UTF8.self))")
            }
            usleep(5_000)
        }
    }

    private func isShown(_ text: String) -> Bool {
        lock.withLock {
            guard let range = shown.range(of: Data(text.utf8), in: seen..<shown.count) else { return false }
            seen = range.upperBound
            return true
        }
    }

    func type(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(master, $0.baseAddress, $0.count) }
    }
}
