/// Characters that a reviewed file must not hold, since a reader cannot see what they do.
enum ForbiddenCharacter: Sendable {
    case tab, carriageReturn, byteOrderMark, control, invisible, unusualBlank

    /// Nil for a character that may stand in a file. A line feed may.
    init?(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x09: self = .tab
        case 0x0D: self = .carriageReturn
        case 0xFEFF: self = .byteOrderMark
        case 0x0A: return nil
        case 0x00...0x1F, 0x7F...0x9F: self = .control
        // Soft hyphen, Arabic letter mark, zero-width characters, direction marks and overrides (with which a line can
        // read differently from what it says), line and paragraph separators, invisible operators, tags.
        case 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFFF9...0xFFFB, 0xE0000...0xE0FFF:
            self = .invisible
        case 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: self = .unusualBlank
        case 0xFDD0...0xFDEF: self = .control
        case let value where value & 0xFFFE == 0xFFFE: self = .control
        default: return nil
        }
    }

    /// One sentence about the character in a file.
    func problem(_ scalar: Unicode.Scalar) -> String {
        switch self {
        case .tab: "a tab stands here."
        case .carriageReturn: "a carriage return stands here."
        case .byteOrderMark: "a byte order mark stands here."
        case .control: "the control character \(Self.code(scalar)) stands here."
        case .invisible: "the invisible character \(Self.code(scalar)) stands here."
        case .unusualBlank: "the blank \(Self.code(scalar)) stands here, which looks like a space and is none."
        }
    }

    var remedy: String {
        switch self {
        case .tab: "Use spaces."
        case .carriageReturn: "Save the file with line feeds alone as line ends."
        case .byteOrderMark: "Save the file as UTF-8 without it."
        case .control, .invisible: "Remove it."
        case .unusualBlank: "Use a space."
        }
    }

    /// `U+200B`
    static func code(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
