import Glibc

/// The one way in which the command speaks.
///
/// Rules: results go to standard output, everything else to standard error; prompts go to the terminal itself, never to
/// standard input; colour appears only on a terminal, never as the only sign of anything, and never when NO_COLOR is set;
/// sentences start small after a prefix and say what is wrong, then what to do.
enum Terminal {
    enum Style: String {
        case plain = "", bold = "1", dim = "2", red = "31", green = "32", yellow = "33", cyan = "36"
    }

    static let usesColour: (output: Bool, talk: Bool) = {
        let isWanted = getenv("NO_COLOR") == nil && getenv("TERM").map { String(cString: $0) } != "dumb"
        return (isWanted && isatty(STDOUT_FILENO) == 1, isWanted && isatty(STDERR_FILENO) == 1)
    }()

    /// A result, on standard output.
    static func output(_ text: String, _ style: Style = .plain) {
        write(styled(text, style, usesColour.output) + "\n", STDOUT_FILENO)
    }

    /// A result that ends as it ends, on standard output.
    static func output(bytes: [UInt8]) { write(bytes, STDOUT_FILENO) }

    /// Talk, on standard error.
    static func say(_ text: String, _ style: Style = .plain) {
        write(styled(text, style, usesColour.talk) + "\n", STDERR_FILENO)
    }

    /// Text for standard output with a style that disappears where there is no terminal.
    static func styled(_ text: String, _ style: Style) -> String { styled(text, style, usesColour.output) }

    /// The same for standard error.
    static func styledTalk(_ text: String, _ style: Style) -> String { styled(text, style, usesColour.talk) }

    private static func styled(_ text: String, _ style: Style, _ usesColour: Bool) -> String {
        usesColour && style != .plain ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
    }

    /// A result that cannot be written is no result. A reader who has read enough (a closed pipe) is no failure.
    private static func failed(_ descriptor: Int32) {
        guard descriptor == STDOUT_FILENO, errno != EPIPE else { return }
        let reason = String(cString: strerror(errno))
        write(Array("anchorite: standard output cannot be written: \(reason).\n".utf8), STDERR_FILENO)
        exit(74)
    }

    private static func write(_ text: String, _ descriptor: Int32) { write(Array(text.utf8), descriptor) }

    private static func write(_ bytes: [UInt8], _ descriptor: Int32) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return failed(descriptor) }
                rest = rest.dropFirst(count)
            }
        }
    }
}
