import Groundwork

/// A piece of a page: text, or an element with pieces in it.
///
/// The only way to put words on a page is ``text(_:)``, which is escaped when it is written, so no name in a policy or
/// ceremony can become markup. Tags and attributes are closed lists without scripts, handlers and foreign addresses.
public indirect enum Node: Hashable, Sendable {
    /// Words. What cannot be seen (controls, direction marks) is shown by its number.
    case text(String)
    case element(Tag, [Attribute], [Node])
    /// Several pieces, or none.
    case group([Node])
}

extension Node: ExpressibleByStringInterpolation {
    public init(stringLiteral text: String) { self = .text(text) }
}

/// What an element is. Those of SVG are among them, since drawings stand in the page itself.
public enum Tag: String, Sendable {
    case main, section, header, footer, article, figure, figcaption, nav
    case h1, h2, h3, h4, p, div, span, strong, em, small, code, a, br, hr, time
    case ul, ol, li, dl, dt, dd
    case table, caption, thead, tbody, tr, th, td
    case svg, g, path, rect, line, svgText = "text", title, desc

    /// Whether it never has anything in it.
    var isVoid: Bool {
        switch self {
        case .br, .hr: true
        default: false
        }
    }
}

/// What is said about an element.
public enum Attribute: Hashable, Sendable {
    case id(Anchor)
    /// The looks that the stylesheet gives it.
    case look([Look])
    /// A place on the same page. Papers refer to nothing else.
    case place(Anchor)
    /// A file beside a page that lies on a server.
    case file(SitePath)
    case columns(Int)
    /// Heads a row or a column.
    case heads(Heading)
    /// The heading of the column that a cell is in, for narrow screens.
    case heading(String)
    /// Words for those who cannot see a drawing; makes the element an image.
    case label(String)
    /// Lets it be reached with the keyboard, so that it can be scrolled.
    case focusable
    case viewBox(width: Int, height: Int)
    case drawing(Drawing, Int)
    /// The outline of a path.
    case outline(Outline)
    case anchoredAtMiddle
    case crisp
    /// The moment in RFC 3339, for programs.
    case moment(Timestamp)

    public enum Heading: String, Sendable { case row, column = "col" }
    /// A coordinate or length of a drawing.
    public enum Drawing: String, Sendable { case x, y, width, height, rx, x1, y1, x2, y2 }
}

/// A name for a place on a page: lower-case letters, digits and hyphens.
public struct Anchor: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    /// Everything else becomes a hyphen, and a name that does not begin with a letter gets one.
    public init(_ text: String) {
        let cleaned = String(text.lowercased().unicodeScalars.map { scalar -> Character in
            switch scalar {
            case "a"..."z", "0"..."9": Character(scalar)
            default: "-"
            }
        })
        let begins = cleaned.first.map { ("a"..."z").contains($0) } ?? false
        description = begins ? cleaned : "n\(cleaned)"
    }
}

/// The outline of a path in whole units: moves and lines.
public struct Outline: Hashable, Sendable {
    private(set) var commands = ""

    public init() {}

    /// Goes to a point without drawing.
    public mutating func move(_ x: Int, _ y: Int) { commands += "M\(x) \(y)" }
    /// Draws a line to a point.
    public mutating func line(_ x: Int, _ y: Int) { commands += "L\(x) \(y)" }
    /// Draws a curve to a point that leaves and arrives vertically.
    public mutating func curve(from start: (x: Int, y: Int), to end: (x: Int, y: Int)) {
        let middle = (start.y + end.y) / 2
        commands += "M\(start.x) \(start.y)C\(start.x) \(middle) \(end.x) \(middle) \(end.x) \(end.y)"
    }
    /// Adds a rectangle of height 1.
    public mutating func bar(_ x: Int, _ y: Int, width: Int) { commands += "M\(x) \(y)h\(width)v1h-\(width)z" }
}

/// The path of a file beside a page, relative to it: parts of ASCII letters, digits, `.`, `_`, `~` and `-` that do not begin
/// with a dot, so that it leads neither upwards nor to another server.
public struct SitePath: Hashable, Sendable, CustomStringConvertible {
    public let description: String

    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { part in
            !part.isEmpty && part.first != UInt8(ascii: ".")
                && part.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
                        UInt8(ascii: "-"):
                        true
                    default: false
                    }
                }
        }
        guard isPlain, !text.isEmpty, text.utf8.count <= 255 else { return nil }
        description = text
    }
}
