/// A place in a file. Lines and columns count from 1, columns in Unicode scalars.
public struct YAMLMark: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let line: Int
    public let column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (left: YAMLMark, right: YAMLMark) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }

    /// `12:5`
    public var description: String { "\(line):\(column)" }
}
