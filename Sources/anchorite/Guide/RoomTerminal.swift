import Glibc
import Groundwork

/// The terminal that people in the room sit at: a line is typed and answered, until somebody interrupts or it is gone.
///
/// It is read with its own line editing, so that a resize needs nothing from us; and it is watched while nobody types,
/// since a signal or a lost terminal must end the wait between two steps.
final class RoomTerminal {
    /// The width of everything that is said here.
    static let width = 78
    private static let longestLine = 4096

    private let descriptor: Int32
    /// Nothing comes from it any more.
    private(set) var isGone = false

    /// - Returns: nil when there is no terminal.
    init?() {
        descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Asks for a line.
    ///
    /// - Returns: the line without blanks around it, or nil when somebody interrupts or the terminal is gone.
    func line(_ question: String) -> String? {
        write(question)
        var bytes: [UInt8] = []
        while !isGone, !Interruption.shared.isRequested {
            var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = poll(&watched, 1, 200)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { break }
            guard count > 0 else { continue }
            var byte: UInt8 = 0
            let found = read(descriptor, &byte, 1)
            if found < 0, errno == EINTR || errno == EAGAIN { continue }
            // A closed terminal, and also an end of file that somebody typed (Ctrl-D) on an empty line.
            guard found == 1 else { break }
            guard byte != 0x0a else { return Self.trimmed(String(decoding: bytes, as: UTF8.self)) }
            if bytes.count < Self.longestLine { bytes.append(byte) }
        }
        isGone = true
        return nil
    }

    func say(_ text: String = "", _ style: Terminal.Style = .plain) {
        write(Terminal.styledTalk(text, style) + "\n")
    }

    /// A label and what belongs to it, broken at the width.
    func say(_ label: String, _ text: String, _ style: Terminal.Style = .plain) {
        let margin = "  " + Sheet.padded(label, 8)
        let lines = Sheet.wrapped(Shown.text(text), room: Self.width - margin.count)
        for (index, line) in lines.enumerated() {
            say((index == 0 ? margin : String(repeating: " ", count: margin.count)) + line, style)
        }
    }

    private func write(_ text: String) {
        _ = Array(text.utf8).withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension RoomTerminal {
    /// The terminal that a run guides at: one that people see what is said on.
    ///
    /// - Parameter asks: whether anybody is to be asked at all.
    static func ofRoom(asks: Bool) -> RoomTerminal? {
        asks && isatty(STDERR_FILENO) == 1 ? RoomTerminal() : nil
    }
}

extension RoomTerminal {
    /// Breaks a line of the narrator's, whose text begins after a label of ten.
    static func lines(_ text: String) -> [String] {
        guard text.count > width, !text.hasPrefix(" ") else { return [text] }
        let isLabelled = !text.hasPrefix("[")
        let label = isLabelled ? String(text.prefix(10)) : ""
        let margin = String(repeating: " ", count: isLabelled ? label.count : 6)
        let rest = Sheet.wrapped(String(text.dropFirst(label.count)), room: width - margin.count)
        return rest.enumerated().map { ($0.offset == 0 ? label : margin) + $0.element }
    }
}
