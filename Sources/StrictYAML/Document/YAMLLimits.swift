/// How much of a file is read before anything in it, the policy's own limits included, can be known.
public struct YAMLLimits: Sendable, Hashable {
    /// Bytes of a file.
    public let maximumBytes: Int
    /// Mappings and lists within each other.
    public let maximumDepth: Int

    public init(maximumBytes: Int = 1 << 20, maximumDepth: Int = 16) {
        self.maximumBytes = maximumBytes
        self.maximumDepth = maximumDepth
    }
}
