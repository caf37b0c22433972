import Groundwork
import PKIX

/// The files that a certificate goes to: DER, and PEM beside it.
struct CertificateFiles {
    let contents: [(path: String, bytes: [UInt8])]

    init(_ planned: PlannedCertificate, der: [UInt8]) {
        contents = [
            (planned.path, der),
            (AuthorityPaths.pem(beside: planned.path), Array(PEM.encode(PEM.certificate, der).utf8)),
        ]
    }

    var files: [Event.ArtifactFile] {
        contents.map { Event.ArtifactFile(path: $0.path, digest: Digest(of: $0.bytes)) }
    }
}
