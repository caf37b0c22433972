import Glibc
import Groundwork

/// The terminal with echo off, key by key.
///
/// It gets its echo back however this ends, also by a signal.
final class Keyboard {
    private let terminal: Int32
    private var settings = termios()

    /// - Throws: ``Failure`` when there is no terminal.
    init() throws {
        terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard terminal >= 0, tcgetattr(terminal, &settings) == 0 else {
            if terminal >= 0 { close(terminal) }
            throw Failure(
                Exit.usage, "There is no terminal at which custodians could bring their shares", advice: "Run from a terminal")
        }
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON)
        withUnsafeMutableBytes(of: &silent.c_cc) { keys in
            keys[Int(VMIN)] = 1
            keys[Int(VTIME)] = 0
        }
        Interruption.shared.silenced(terminal, settings)
        tcsetattr(terminal, TCSAFLUSH, &silent)
    }

    deinit {
        tcsetattr(terminal, TCSAFLUSH, &settings)
        Interruption.shared.unsilenced()
        close(terminal)
    }

    /// The next key.
    ///
    /// - Throws: ``Failure`` when the terminal went away.
    func key() throws -> UInt8 {
        var byte: UInt8 = 0
        while true {
            let count = read(terminal, &byte, 1)
            if count == 1 { return byte }
            guard count < 0, errno == EINTR else {
                throw Failure(Exit.inputOutput, "The terminal was closed", advice: "Run the same command again")
            }
        }
    }

    /// Forgets what was typed blindly after a mistake: people see it only after a moment.
    func forgetTyped() {
        usleep(300_000)
        tcflush(terminal, TCIFLUSH)
    }

    /// Waits for Enter.
    func waitForEnter() throws {
        while true {
            let key = try key()
            if key == 0x0a || key == 0x0d { return }
        }
    }

    /// Shows a text. A short one leaves no copy in memory that is not wiped.
    func show(_ text: String) {
        var text = text
        text.withUTF8 { buffer in
            var rest = UnsafeRawBufferPointer(buffer)[...]
            while !rest.isEmpty {
                let count = write(terminal, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// From here on the screen shows a secret: it is cleared also when a signal ends the program.
    func beginSecret() { Interruption.shared.showsSecret(true) }

    /// Clears the screen and what could be scrolled back to.
    func clear() {
        Self.clear(terminal)
        Interruption.shared.showsSecret(false)
    }

    static func clear(_ terminal: Int32) {
        let sequence: StaticString = "\u{1b}[2J\u{1b}[3J\u{1b}[H"
        _ = write(terminal, sequence.utf8Start, sequence.utf8CodeUnitCount)
    }
}
