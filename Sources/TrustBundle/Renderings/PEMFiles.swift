import PKIX

/// Each certificate as `.pem`.
public struct PEMFiles: Rendering {
    public init() {}

    public func files(for contents: BundleContents) throws(BundleError) -> [RenderedFile] {
        contents.fileForEach(ending: "pem") { Array(PEM.encode(PEM.certificate, $0.derBytes).utf8) }
    }
}
