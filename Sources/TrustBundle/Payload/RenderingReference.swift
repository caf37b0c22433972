import Groundwork

/// A file beside the bundle, such as an anchor in PEM, tied to it by its digest.
public struct RenderingReference: Hashable, Sendable {
    /// Relative to the bundle's folder, with `/` between its parts.
    public var path: String
    public var sha256: Digest

    public init(path: String, sha256: Digest) {
        self.path = path
        self.sha256 = sha256
    }

    /// Whether a path stays within the bundle's folder on every file system: parts of ASCII letters, digits, `.`, `_`
    /// and `-`, not beginning with a dot or a hyphen, at most 255 bytes in all.
    static func isSafe(_ path: String) -> Bool {
        let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return path.utf8.count <= 255
            && parts.allSatisfy { part in
                guard let first = part.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else {
                    return false
                }
                return part.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                        UInt8(ascii: "-"):
                        true
                    default: false
                    }
                }
            }
    }
}
