import Foundation
import Glibc
import Synchronization
import Testing

/// A program on a pseudo-terminal of its own, as at a desk: what it shows is read, and what is typed goes to it.
final class PseudoTerminal: Sendable {
    struct Unexpected: Error, CustomStringConvertible {
        var description: String
    }

    private struct State {
        var shown: [UInt8] = []
        /// How much of it was looked at.
        var seen = 0
        var isOver = false
        var master: Int32
    }

    /// POSIX_SPAWN_SETSID of <spawn.h>, for which the C library wants _GNU_SOURCE.
    private static let newSession: Int32 = 0x80

    private let state: Mutex<State>
    let process: pid_t

    /// - Parameter environment: beside the tests' own.
    init(_ program: String, _ arguments: [String], environment: [String: String], folder: String) throws {
        // What posix_openpt, unlockpt and ptsname do; the module Glibc has none of them.
        let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var locked: Int32 = 0
        var number: UInt32 = 0
        guard master >= 0, ioctl(master, UInt(0x4004_5431), &locked) == 0, ioctl(master, UInt(0x8004_5430), &number) == 0
        else { throw Unexpected(description: "there is no pseudo-terminal") }
        let name = "/dev/pts/\(number)"
        var attributes = posix_spawnattr_t()
        var actions = posix_spawn_file_actions_t()
        posix_spawnattr_init(&attributes)
        posix_spawn_file_actions_init(&actions)
        defer {
            posix_spawnattr_destroy(&attributes)
            posix_spawn_file_actions_destroy(&actions)
        }
        // A session of its own: the first terminal that it opens is its controlling terminal.
        posix_spawnattr_setflags(&attributes, Int16(Self.newSession | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        for descriptor: Int32 in 0...2 { posix_spawn_file_actions_addopen(&actions, descriptor, name, O_RDWR, 0) }
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0.key)=\($0.value)" }
        var argv: [UnsafeMutablePointer<CChar>?] = (["env", "-C", folder, program] + arguments).map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var process: pid_t = 0
        let result = posix_spawn(&process, "/usr/bin/env", &actions, &attributes, &argv, &envp)
        guard result == 0 else { throw Unexpected(description: "\(program): \(String(cString: strerror(result)))") }
        self.process = process
        state = Mutex(State(master: master))
        resize(rows: 24, columns: 80)
        Thread.detachNewThread { [self] in listen() }
    }

    private func listen() {
        let master = state.withLock { $0.master }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            var watched = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            guard poll(&watched, 1, 100) >= 0 else { break }
            if state.withLock({ $0.isOver }) { return }
            guard watched.revents != 0 else { continue }
            let count = read(master, &buffer, buffer.count)
            // EIO: nobody has the other end open any more.
            guard count > 0 else { break }
            state.withLock { $0.shown += buffer[..<count] }
        }
        state.withLock { $0.isOver = true }
    }

    /// Everything that was shown.
    var screen: String { String(decoding: state.withLock { $0.shown }, as: UTF8.self) }

    /// Waits until a text is shown, after what was looked at before.
    ///
    /// - Returns: what came up to its end.
    @discardableResult
    func expect(_ text: String, seconds: Double = 60, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        let wanted = Array(text.utf8)
        let end = Date(timeIntervalSinceNow: seconds)
        while true {
            let (found, isOver) = state.withLock { state -> (String?, Bool) in
                let rest = Array(state.shown[state.seen...])
                guard rest.count >= wanted.count,
                    let place = (0...rest.count - wanted.count).first(where: { rest[$0...].starts(with: wanted) })
                else { return (nil, state.isOver) }
                state.seen += place + wanted.count
                return (String(decoding: rest[..<(place + wanted.count)], as: UTF8.self), false)
            }
            if let found { return found }
            guard !isOver, Date() < end else {
                let rest = state.withLock { String(decoding: $0.shown[$0.seen...], as: UTF8.self) }
                Issue.record("\"\(text)\" was not shown, but: \(rest)", sourceLocation: sourceLocation)
                throw Unexpected(description: "\"\(text)\" was not shown")
            }
            usleep(10_000)
        }
    }

    func type(_ text: String) {
        let master = state.withLock { $0.master }
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(master, $0.baseAddress, $0.count) }
    }

    func enter(_ line: String = "") { type("\(line)\n") }

    func resize(rows: UInt16, columns: UInt16) {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(state.withLock { $0.master }, UInt(TIOCSWINSZ), &size)
    }

    /// The terminal goes away, as when its window is closed or a connection breaks.
    func hangUp() {
        let master = state.withLock { state in
            state.isOver = true
            return state.master
        }
        usleep(150_000)
        close(master)
    }

    /// Waits for the end.
    ///
    /// - Returns: the exit code; a signal's number below zero.
    func end(seconds: Double = 60) throws -> Int32 {
        let end = Date(timeIntervalSinceNow: seconds)
        var status: Int32 = 0
        while waitpid(process, &status, WNOHANG) == 0 {
            guard Date() < end else {
                kill(process, SIGKILL)
                waitpid(process, &status, 0)
                throw Unexpected(description: "it does not end: \(screen.suffix(500))")
            }
            usleep(10_000)
        }
        usleep(150_000)
        return status & 0x7f == 0 ? (status >> 8) & 0xff : -(status & 0x7f)
    }
}
