/// Where every value of a file stands, so that what is found wrong later can still be pointed at.
public struct SourceMap: Sendable, Equatable {
    /// The file's name as it is printed.
    public let file: String
    /// By path, such as `operations[2].scope.year`.
    public let marks: [String: YAMLMark]

    public init(file: String, marks: [String: YAMLMark] = [:]) {
        self.file = file
        self.marks = marks
    }

    /// The place of a path, or of the nearest thing around it that is in the file.
    public func mark(of path: String) -> YAMLMark {
        var path = Substring(path)
        while true {
            if let mark = marks[String(path)] { return mark }
            guard let cut = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
            path = path[..<cut]
        }
        return marks[""] ?? YAMLMark(line: 1, column: 1)
    }

    /// An error at a path of this file.
    public func error(at path: String, _ problem: String, remedy: String? = nil, control: String? = nil) -> YAMLError {
        YAMLError(
            file: file, mark: mark(of: path), path: path, problem: problem, remedy: remedy, control: control)
    }
}
