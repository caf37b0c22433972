/// What is wrong in a file, where, and what to do about it.
public struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file's name as it is printed.
    public let file: String
    public let mark: YAMLMark
    /// `operations[2].scope.year`; empty for the file as a whole.
    public let path: String
    /// One sentence: what was found and why it is wrong.
    public let problem: String
    /// Sentences: what is allowed, the nearest valid name, what to do.
    public let remedy: String?
    /// The name of the control that refused, such as `ENVIRONMENT-IN-NAME`; nil for plain mistakes of form.
    public let control: String?

    public init(
        file: String, mark: YAMLMark, path: String, problem: String, remedy: String? = nil, control: String? = nil
    ) {
        self.file = file
        self.mark = mark
        self.path = path
        self.problem = problem
        self.remedy = remedy
        self.control = control
    }

    /// `policy.yaml:12:5: profiles.factory: there is no key "pathlength". Keys here: … Did you mean "path-length"?`
    public var description: String {
        var text = "\(file):\(mark): "
        if !path.isEmpty { text += "\(path): " }
        text += problem
        if let remedy { text += " " + remedy }
        if let control { text += " [\(control)]" }
        return text
    }
}
