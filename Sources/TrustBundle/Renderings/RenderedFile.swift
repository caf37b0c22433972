import Groundwork

/// A file that goes beside the bundle.
public struct RenderedFile: Hashable, Sendable {
    /// Relative to the bundle's folder.
    public var path: String
    public var bytes: [UInt8]

    public init(path: String, bytes: [UInt8]) {
        self.path = path
        self.bytes = bytes
    }

    /// What the payload says of it.
    public var reference: RenderingReference {
        RenderingReference(path: path, sha256: Digest(of: bytes))
    }
}
