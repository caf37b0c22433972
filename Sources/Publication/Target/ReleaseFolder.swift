import Groundwork
import PKIX

/// A folder in which a release lies. Nobody vouches for what is there: links are not followed, and CRLs, which may be long,
/// are read piece by piece.
struct ReleaseFolder {
    private let path: String

    init(_ path: String) { self.path = path }

    private func place(_ relative: String) -> String { FilePath.joined(path, relative) }

    func read(_ relative: String) throws(FileError) -> [UInt8] {
        try DurableFile.read(place(relative), followingSymbolicLinks: false)
    }

    func digest(_ relative: String) throws(FileError) -> Digest {
        try DurableFile.digest(place(relative), followingSymbolicLinks: false)
    }

    /// In bytes.
    func size(_ relative: String) throws(FileError) -> Int64 { try DurableFile.size(place(relative)) }

    /// A CRL, to be read entry by entry.
    func entries(_ relative: String) throws(PKIXError) -> CertificateListFile { try CertificateListFile(place(relative)) }

    /// A CRL, read to its end.
    func list(_ relative: String) throws(PKIXError) -> CertificateListFile.Ending {
        try CertificateListFile(place(relative)).finish()
    }
}
