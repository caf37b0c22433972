import Authority
import Groundwork
import PKIX
import TrustBundle

/// Verifies a publication as those who fetch it would: from the root's fingerprint, with nothing but its files.
public enum PublicationCheck {
    /// - Parameters:
    ///   - roots: the fingerprints of the roots that are trusted.
    ///   - folder: where the publication lies.
    /// - Throws: `PlanError` with control ROOT-FINGERPRINT or PUBLICATION-WHOLE.
    public static func verify(
        _ manifest: PublicationManifest, roots: Set<Digest>, in folder: String
    ) throws {
        let folder = ReleaseFolder(folder)
        for file in manifest.files {
            guard try folder.digest(file.path) == file.digest, try folder.size(file.path) == file.size else {
                throw PlanError(.publicationWhole, "\(file.path) is not what was published")
            }
        }
        let digests = Dictionary(manifest.files.map { ($0.path, $0.digest) }, uniquingKeysWith: { first, _ in first })
        func read(_ path: String) throws -> [UInt8] {
            let bytes = try folder.read(path)
            guard Digest(of: bytes) == digests[path] else {
                throw PlanError(.publicationWhole, "\(path) is not what was published")
            }
            return bytes
        }
        do {
            let tree = try CertificateTree(manifest, roots: roots, read: read)
            for issuer in manifest.issuers {
                for path in issuer.paths {
                    let list = try folder.list(path)
                    guard Digest(bytes: list.sha256) == digests[path] else {
                        throw PlanError(.publicationWhole, "\(path) is not what was published")
                    }
                    try tree.verify(list, of: issuer)
                }
            }
            if let newest = manifest.bundles.last {
                let latest = "bundles/latest/"
                _ = try tree.verifier(newest).verify(try read(latest + "bundle.cose")) { try? read(latest + $0) }
            }
        } catch let error as PlanError {
            throw error
        } catch {
            throw PlanError(.publicationWhole, "what was published does not verify: \(error)")
        }
    }
}

/// The certificates of a publication, each verified up to a root that is trusted.
struct CertificateTree {
    private(set) var certificates: [String: Certificate] = [:]
    private let anchors: [Certificate]

    /// - Throws: `PlanError` with control ROOT-FINGERPRINT when there is no trusted root; PUBLICATION-WHOLE when a chain does
    ///   not hold.
    init(_ manifest: PublicationManifest, roots: Set<Digest>, read: (String) throws -> [UInt8]) throws {
        var anchors: [Certificate] = []
        for entry in manifest.certificates {
            let der = try read(entry.path)
            guard Digest(of: der) == entry.digest else {
                throw PlanError(.publicationWhole, "\(entry.path) is not the certificate that the manifest names")
            }
            let certificate = try Certificate(derEncoded: der)
            if entry.kind == "root" {
                // A root that nobody vouches for is left out, and what hangs on it does not verify.
                guard roots.contains(entry.digest) else { continue }
                try certificate.verifyIssued(by: certificate)
                anchors.append(certificate)
            } else {
                guard let issuer = certificates[entry.issuer] else { continue }
                try certificate.verifyIssued(by: issuer)
            }
            certificates[entry.name] = certificate
        }
        guard !anchors.isEmpty else {
            throw PlanError(
                .rootFingerprint, "no root of this publication has the fingerprint \(roots.map(\.hex).sorted().joined(separator: " or "))")
        }
        self.anchors = anchors
    }

    /// Requires that a CRL is the issuer's, and has the number and times that the manifest says.
    func verify(_ list: CertificateListFile.Ending, of issuer: PublicationManifest.Issuer) throws {
        try verifySignature(list, of: issuer)
        guard let expected = issuer.lists.last, try list.crlNumber?.value == UInt64(clamping: expected.number),
            list.header.thisUpdate == expected.thisUpdate.secondsSinceEpoch
        else {
            throw PlanError(.publicationWhole, "the CRL of \(issuer.title) is not the one that the manifest names")
        }
    }

    /// Requires that a CRL is the issuer's.
    func verifySignature(_ list: CertificateListFile.Ending, of issuer: PublicationManifest.Issuer) throws {
        guard let certificate = certificates[issuer.name] else {
            throw PlanError(.rootFingerprint, "\(issuer.name) does not lead to a root whose fingerprint was given")
        }
        try list.verifyIssued(by: certificate)
    }

    /// What a device of this store does with a bundle.
    func verifier(_ bundle: PublicationManifest.Bundle, minimumSequence: Int64? = nil) -> BundleVerifier {
        BundleVerifier(
            anchors: anchors, storeID: bundle.store, environment: bundle.environment,
            minimumSequence: UInt64(clamping: minimumSequence ?? bundle.sequence))
    }
}
