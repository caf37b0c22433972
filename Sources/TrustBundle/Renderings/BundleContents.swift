import Groundwork

/// What is rendered beside the bundle: its certificates with names for files, and what the payload says.
public struct BundleContents: Hashable, Sendable {
    /// The anchors' certificates, also when the payload holds their bare keys.
    public var anchors: [NamedCertificate]
    public var intermediates: [NamedCertificate]
    public var storeID: String
    /// `production`, `staging` or `development`.
    public var environment: String
    public var sequence: UInt64
    /// ``BundlePayload/contentsDigest()``.
    public var contentsDigest: Digest
    public var denyList: [DeniedCertificate]
    public var nextRootHash: Digest?

    public init(
        anchors: [NamedCertificate], intermediates: [NamedCertificate] = [], storeID: String, environment: String,
        sequence: UInt64, contentsDigest: Digest, denyList: [DeniedCertificate] = [], nextRootHash: Digest? = nil
    ) {
        self.anchors = anchors
        self.intermediates = intermediates
        self.storeID = storeID
        self.environment = environment
        self.sequence = sequence
        self.contentsDigest = contentsDigest
        self.denyList = denyList
        self.nextRootHash = nextRootHash
    }

    /// The contents of a payload, whose renderings need not be there yet.
    public init(
        _ payload: BundlePayload, anchors: [NamedCertificate], intermediates: [NamedCertificate] = []
    ) throws(BundleError) {
        self.init(
            anchors: anchors, intermediates: intermediates, storeID: payload.storeID,
            environment: payload.environment, sequence: payload.sequence, contentsDigest: try payload.contentsDigest(),
            denyList: payload.denyList, nextRootHash: payload.nextRootHash)
    }

    /// A file for each certificate, in the folders `anchors` and `intermediates`.
    func fileForEach(ending: String, _ content: (NamedCertificate) -> [UInt8]) -> [RenderedFile] {
        [("anchors", anchors), ("intermediates", intermediates)].flatMap { folder, certificates in
            certificates.map { RenderedFile(path: "\(folder)/\($0.fileName).\(ending)", bytes: content($0)) }
        }
    }
}
