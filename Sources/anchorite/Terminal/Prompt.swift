import Glibc
import Groundwork

/// Questions to the person at the terminal: asked on the terminal itself, whatever standard input is.
enum Prompt {
    /// - Parameter otherwise: what to do without a terminal.
    /// - Throws: ``Failure`` when there is no terminal, or nobody is at it any more.
    static func line(_ question: String, otherwise: String) throws -> String {
        // Without an end there always is an answer.
        try line(question, until: nil, otherwise: otherwise) ?? ""
    }

    /// The same, for as long as the answer matters. What was typed of it by then belongs to the next question.
    ///
    /// - Returns: nil when nobody has answered by then.
    static func line(_ question: String, until end: ContinuousClock.Instant?, otherwise: String) throws -> String? {
        let terminal = try open(otherwise)
        defer { close(terminal) }
        write(question, terminal)
        guard isAnswered(terminal, by: end) else {
            write("\n", terminal)
            return nil
        }
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < 4096 {
            let count = read(terminal, &byte, 1)
            if count < 0, errno == EINTR { continue }
            if count == 1, byte == 0x0a { return String(decoding: bytes, as: UTF8.self) }
            guard count == 1 else { break }
            bytes.append(byte)
        }
        // Ctrl-D, or the terminal has gone: no answer is no consent, and asking again would never end.
        guard !bytes.isEmpty else {
            write("\n", terminal)
            throw Failure(Exit.usage, "Nobody answers at the terminal", advice: "Run the same command again, or \(otherwise)")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Waits for a line.
    private static func isAnswered(_ terminal: Int32, by end: ContinuousClock.Instant?) -> Bool {
        guard let end else { return true }
        while true {
            let left = ContinuousClock.now.duration(to: end)
            guard left > .zero else { return false }
            var watched = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
            let result = poll(&watched, 1, Int32(clamping: min(left.components.seconds, 3600) * 1000 + 1))
            if result > 0 { return true }
        }
    }

    /// Requires somebody to ask, before what takes long.
    static func requireTerminal(otherwise: String) throws { close(try open(otherwise)) }

    /// Forgets what was typed before the question: nobody has read it.
    static func forgetTyped() {
        let terminal = Glibc.open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else { return }
        tcflush(terminal, TCIFLUSH)
        close(terminal)
    }

    /// Reads a secret with echo off into locked memory.
    static func secret(_ question: String, otherwise: String) throws -> SecretBytes {
        let terminal = try open(otherwise)
        defer { close(terminal) }
        var settings = termios()
        guard tcgetattr(terminal, &settings) == 0 else {
            throw Failure(Exit.inputOutput, "The terminal cannot be asked for a secret", advice: "Run from a terminal")
        }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        Interruption.shared.silenced(terminal, settings)
        tcsetattr(terminal, TCSAFLUSH, &silent)
        defer {
            tcsetattr(terminal, TCSAFLUSH, &settings)
            Interruption.shared.unsilenced()
            write("\n", terminal)
        }
        write(question, terminal)
        return try SecretReader.line(from: terminal)
    }

    private static func open(_ otherwise: String) throws -> Int32 {
        let terminal = Glibc.open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0 else {
            throw Failure(
                Exit.usage, "There is no terminal to ask at", advice: "Run from a terminal, or \(otherwise)")
        }
        return terminal
    }

    private static func write(_ text: String, _ terminal: Int32) {
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(terminal, $0.baseAddress, $0.count) }
    }
}

/// Reads a secret byte by byte, straight into locked memory.
enum SecretReader {
    /// The longest PIN that is read, in bytes.
    static let maximumLength = 1024

    /// Reads to the end of the line or of the file; the line end is not part of the secret.
    static func line(from descriptor: Int32) throws -> SecretBytes {
        try SecretBytes(capacity: maximumLength) { buffer in
            var count = 0
            while count < buffer.count {
                let result = read(descriptor, buffer.baseAddress.map { $0 + count }, 1)
                if result < 0, errno == EINTR { continue }
                guard result == 1 else { break }
                if buffer[count] == 0x0a {
                    buffer[count] = 0
                    break
                }
                count += 1
            }
            return count
        }
    }
}
