/// A value of a YAML file with its place.
public struct YAMLNode: Sendable, Equatable {
    /// The file's name as it is printed.
    public let file: String
    /// `operations[2].scope.year`; empty for the root.
    public let path: String
    public let mark: YAMLMark
    /// Where the value's text stands in the file, quotes included, counted in Unicode scalars.
    public let range: Range<Int>
    public let content: Content

    public enum Content: Sendable, Equatable {
        /// `isPlain`: written without quotes, so that it can be read as a number or a truth value too.
        case scalar(String, isPlain: Bool)
        case list([YAMLNode])
        /// In the order of the file; no key twice.
        case mapping([YAMLEntry])
    }

    /// What this is, for a sentence: `a list`, `a mapping`, `"27"`.
    var found: String {
        switch content {
        case .scalar("", _): "nothing"
        case .scalar(let text, _): Quoted(text).description
        case .list: "a list"
        case .mapping: "a mapping"
        }
    }

    /// An error at this value.
    public func error(_ problem: String, remedy: String? = nil, control: String? = nil) -> YAMLError {
        YAMLError(file: file, mark: mark, path: path, problem: problem, remedy: remedy, control: control)
    }

    /// The place of this value and of everything in it. What is more than one scalar stands where its key stands.
    public var sourceMap: SourceMap {
        var marks: [String: YAMLMark] = [:]
        collect(into: &marks, at: mark)
        return SourceMap(file: file, marks: marks)
    }

    private func collect(into marks: inout [String: YAMLMark], at place: YAMLMark) {
        marks[path] = place
        switch content {
        case .scalar: marks[path] = mark
        case .list(let items): for item in items { item.collect(into: &marks, at: item.mark) }
        case .mapping(let entries): for entry in entries { entry.value.collect(into: &marks, at: entry.keyMark) }
        }
    }
}

/// A key and its value.
public struct YAMLEntry: Sendable, Equatable {
    public let key: String
    public let keyMark: YAMLMark
    public let value: YAMLNode

    /// An error at the key.
    public func error(_ problem: String, remedy: String? = nil, control: String? = nil) -> YAMLError {
        YAMLError(file: value.file, mark: keyMark, path: value.path, problem: problem, remedy: remedy, control: control)
    }
}
