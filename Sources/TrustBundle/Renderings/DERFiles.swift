/// Each certificate as `.der`.
public struct DERFiles: Rendering {
    public init() {}

    public func files(for contents: BundleContents) throws(BundleError) -> [RenderedFile] {
        contents.fileForEach(ending: "der") { $0.derBytes }
    }
}
