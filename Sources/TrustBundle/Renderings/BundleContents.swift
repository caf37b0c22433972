/// What is rendered beside the bundle.
public struct BundleContents: Hashable, Sendable {
    public var anchors: [NamedCertificate]
    public var intermediates: [NamedCertificate]

    public init(anchors: [NamedCertificate], intermediates: [NamedCertificate] = []) {
        self.anchors = anchors
        self.intermediates = intermediates
    }

    /// A file for each certificate, in the folders `anchors` and `intermediates`.
    func fileForEach(ending: String, _ content: (NamedCertificate) -> [UInt8]) -> [RenderedFile] {
        [("anchors", anchors), ("intermediates", intermediates)].flatMap { folder, certificates in
            certificates.map { RenderedFile(path: "\(folder)/\($0.fileName).\(ending)", bytes: content($0)) }
        }
    }
}
