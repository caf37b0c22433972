import Groundwork
import PKIX

/// A certificate that may sign bundles: an end entity with a P-256 key for digital signatures, without extendedKeyUsage,
/// and nothing above that.
///
/// The root's own key never signs a bundle; a signer that could issue certificates would be a second root in disguise.
struct BundleSigner {
    let certificate: Certificate
    let keyIdentifier: [UInt8]

    /// Critical extensions whose meaning is taken into account, or has none for a bundle's signer.
    private static let understood: Set<OID> = [
        BasicConstraints.identifier, KeyUsage.identifier, SubjectAlternativeName.identifier,
        CertificatePolicies.identifier,
    ]

    init(_ certificate: Certificate) throws(BundleError) {
        self.certificate = certificate
        do {
            keyIdentifier = try Self.check(certificate)
        } catch let error as BundleError {
            throw error
        } catch {
            throw BundleError(.signer, "The signer's certificate cannot be judged: \(error)")
        }
    }

    /// The certificate's subjectKeyIdentifier.
    private static func check(_ certificate: Certificate) throws -> [UInt8] {
        let tbs = certificate.tbs
        guard try tbs.basicConstraints?.isCA != true else {
            throw error(tbs, "is that of a CA", advice: "Sign with the bundle signer's certificate.")
        }
        guard let usage = try tbs.keyUsage, usage.contains(.digitalSignature) else {
            throw error(tbs, "does not allow digital signatures (keyUsage)")
        }
        guard usage.isDisjoint(with: [.keyCertSign, .cRLSign]) else {
            throw error(tbs, "has the usages of a CA (\(usage))")
        }
        // Other keys that a root certifies, the record key above all, are told apart by having one.
        guard tbs.extensions.first(ExtendedKeyUsage.identifier) == nil else {
            throw error(tbs, "has an extendedKeyUsage, so it is for something else than bundles")
        }
        for element in tbs.extensions where element.isCritical && !understood.contains(element.identifier) {
            throw error(tbs, "has the critical extension \(element.name), which is not understood here")
        }
        let key = try tbs.publicKey()
        guard key.kind == .ecP256 else {
            throw error(tbs, "holds a key of kind \(key.kind), and bundles are signed with \(KeyKind.ecP256)")
        }
        guard let keyIdentifier = try tbs.subjectKeyIdentifier else {
            throw error(tbs, "has no subjectKeyIdentifier")
        }
        return keyIdentifier
    }

    /// The anchor that issued the certificate. Throws when none of them did.
    func issuer(among anchors: [Certificate]) throws(BundleError) -> Certificate {
        let tbs = certificate.tbs
        let named = anchors.filter { $0.tbs.subject == tbs.issuer }
        guard !named.isEmpty else {
            throw Self.error(
                tbs, "was issued by \(tbs.issuer), which is none of the current anchors",
                advice: "Give the anchors that the device has now.")
        }
        var problem = ""
        for anchor in named {
            do {
                try Self.checkAuthority(anchor)
                try certificate.verifyIssued(by: anchor)
                return anchor
            } catch {
                problem = "\(error)"
            }
        }
        throw BundleError(.signer, "The signer was not issued by a current anchor: \(problem)")
    }

    private static func checkAuthority(_ anchor: Certificate) throws {
        guard try anchor.tbs.basicConstraints?.isCA == true else {
            throw error(anchor.tbs, "is not that of a CA")
        }
        if let usage = try anchor.tbs.keyUsage, !usage.contains(.keyCertSign) {
            throw error(anchor.tbs, "does not allow issuing certificates (keyUsage)")
        }
    }

    func checkValidity(at time: Timestamp) throws(BundleError) {
        let tbs = certificate.tbs
        let now = time.secondsSinceEpoch
        guard now >= tbs.notBefore else { throw Self.error(tbs, "is not valid yet at \(time)") }
        guard now <= tbs.notAfter else {
            throw Self.error(tbs, "has expired by \(time)", advice: "Have a bundle signed by a newer signer.")
        }
    }

    /// Refuses a signer that the device has been told to refuse.
    func check(denied: [DeniedCertificate], issuer: Certificate) throws(BundleError) {
        let tbs = certificate.tbs
        let authority = (try? issuer.tbs.subjectKeyIdentifier) ?? nil
        for entry in denied where entry.serial == tbs.serialNumber && entry.issuerKeyIdentifier == authority {
            throw Self.error(tbs, "is on the deny list of the bundle before")
        }
    }

    private static func error(_ tbs: TBSCertificate, _ problem: String, advice: String? = nil) -> BundleError {
        BundleError(.signer, "The certificate of \(tbs.subject) \(problem).", advice: advice)
    }
}
