/// A file that holds exactly one YAML document, without anchors, aliases, tags, merge keys or duplicate keys.
public struct YAMLDocument: Sendable, Equatable {
    /// The file's name as it is printed.
    public let file: String
    /// The exact bytes.
    public let bytes: [UInt8]
    public let root: YAMLNode

    /// Reads a file's bytes. `file` is the name under which errors speak of it.
    public init(_ bytes: [UInt8], file: String, limits: YAMLLimits = YAMLLimits()) throws(YAMLError) {
        try CharacterCheck.check(bytes, file: file, limits: limits)
        var builder = try TreeBuilder(bytes, file: file, limits: limits)
        self.file = file
        self.bytes = bytes
        root = try builder.document()
    }
}
