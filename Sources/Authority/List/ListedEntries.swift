import Groundwork

/// What a plan says of a CRL whose entries come from a file: not the entries themselves, but by which digests they are
/// known. The template of such a CRL is the TBSCertList without entries.
public struct ListedEntries: Hashable, Sendable {
    /// The CSV file, as the ceremony names it.
    public var path: String
    /// SHA-256 of the CSV file, and its length in bytes.
    public var file: Digest
    public var fileSize: Int64
    /// SHA-256 of the DER of the whole TBSCertList, and its length in bytes.
    public var tbs: Digest
    public var tbsSize: Int64

    public init(path: String, file: Digest, fileSize: Int64, tbs: Digest, tbsSize: Int64) {
        self.path = path
        self.file = file
        self.fileSize = fileSize
        self.tbs = tbs
        self.tbsSize = tbsSize
    }
}

extension Plan {
    /// The files that CRLs are made from, as the ceremony names them. The plan holds only their digests.
    public var listFiles: [String] {
        var paths: [String] = []
        for path in steps.compactMap(\.step.listed?.path) where paths.last != path { paths.append(path) }
        return paths
    }
}

extension PlannedStep {
    /// What the plan says of the entries of a CRL that it does not hold.
    public var listed: ListedEntries? { certificateList?.listed }

    /// The CRL that the step makes.
    var certificateList: PlannedCertificateList? {
        if case .certificateList(let list) = self { list } else { nil }
    }
}
