import PKIX

extension NamedCertificate {
    /// The certificate, read. Throws `BUNDLE-RENDERINGS`.
    func certificate() throws(BundleError) -> Certificate {
        do {
            return try Certificate(derEncoded: derBytes)
        } catch {
            throw BundleError(.renderings, "The certificate \(fileName) cannot be rendered: \(error)")
        }
    }

    /// The certificate's key, read. Throws `BUNDLE-RENDERINGS`.
    func publicKey() throws(BundleError) -> SubjectPublicKeyInfo {
        do {
            return try certificate().tbs.publicKey()
        } catch {
            throw BundleError(.renderings, "The key of the certificate \(fileName) cannot be rendered: \(error)")
        }
    }

    /// The subject, for a comment in C.
    var titleInC: String {
        get throws(BundleError) { CIdentifier.comment(try certificate().tbs.subject.description) }
    }
}
