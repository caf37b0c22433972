/// One form in which firmware or its build takes anchors: a file or several beside the bundle.
public protocol Rendering: Sendable {
    /// The files, with paths relative to the bundle's folder. Equal contents give equal files.
    func files(for contents: BundleContents) throws(BundleError) -> [RenderedFile]
}

/// The renderings that every bundle has.
public enum Renderings {
    public static let standard: [any Rendering] = [DERFiles(), PEMFiles()]

    /// All files of the renderings, in the order of their paths. Throws `BUNDLE-RENDERINGS` for a path that is unsafe
    /// or made twice.
    public static func render(
        _ contents: BundleContents, with renderings: [any Rendering] = standard
    ) throws(BundleError) -> [RenderedFile] {
        var files: [String: RenderedFile] = [:]
        for rendering in renderings {
            for file in try rendering.files(for: contents) {
                guard RenderingReference.isSafe(file.path) else {
                    throw BundleError(
                        .renderings, "The path '\(file.path)' of a rendering is not a plain relative one.")
                }
                guard files.updateValue(file, forKey: file.path.lowercased()) == nil else {
                    throw BundleError(.renderings, "Two renderings would write the file \(file.path).")
                }
            }
        }
        return files.values.sorted { $0.path < $1.path }
    }
}
